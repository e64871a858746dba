/** Variables of which settings take secrets. */
export const env: Readonly<Record<string, string>> = {
  OPENAI_KEY: "sk-of-the-gateway-0d9e",
  BATCH_KEY: "sk-of-the-batch-77aa",
  ANN: "token-of-ann-5f1c",
};

/** A settings file that has something of everything. */
export const settings = `{
  "$schema": "./waygate.schema.json",
  "defaults": { "maxAttempts": 2, "requestTimeout": 20000 },
  "breaker": true,
  "gateways": {
    "prod": {
      "authentication": true,
      "tokens": [{ "name": "ann", "token": "\${ANN}" }],
      "keys": { "openai": ["\${OPENAI_KEY}", { "key": "\${BATCH_KEY}", "alias": "batch" }] },
      "maxAttempts": 3,
      "cache_ttl": 60, // in Cloudflare's words
      "rateLimit": [
        { "limit": 600, "interval": 60, "per": ["credential"] },
        { "limit": 100000, "interval": 60, "unit": "tokens", "technique": "sliding" }
      ],
      "budgets": [{ "name": "batches", "limit": 5, "interval": 3600, "providers": ["groq"] }]
    },
    "open": {}
  },
  "providers": {
    "mine": { "base": "http://127.0.0.1:9/one", "spread": [{ "key": "sk-of-the-row-91c4" }, { "base": "http://127.0.0.1:9/two", "weight": 3 }] }
  }
}
`;

/** What none of the command's words may hold. */
export const secrets: readonly string[] = [
  ...Object.values(env),
  "sk-of-the-row-91c4",
  "sk-of-the-client-3b2f",
  "sk-in-the-query-6e6e",
];

/** Requests to explain. */
export const requests = {
  native: `POST /v1/me/prod/openai/chat/completions?trace=1 HTTP/1.1
Host: localhost:8787
cf-aig-authorization: Bearer token-of-ann-5f1c
cf-aig-max-attempts: 5
authorization: Bearer sk-of-the-client-3b2f
content-type: application/json
x-own: 1

{"model":"gpt-4o-mini","max_tokens":100}
`,
  universal: `POST /v1/me/open HTTP/1.1

[
  {"provider":"openai","endpoint":"chat/completions","authorization":"Bearer sk-of-the-client-3b2f",
   "query":{"model":"gpt-4o-mini"},"config":{"fallbackOn":["5xx"],"hedgeAfter":2000}},
  {"provider":"mine","endpoint":"chat/completions","query":{"model":"m"}}
]
`,
  stranger: '{"url":"/v1/me/prod/openai/models?key=sk-in-the-query-6e6e"}',
  keyed: "GET /v1/me/open/google-ai-studio/v1beta/models?key=sk-in-the-query-6e6e&alt=sse\n",
} as const;
