import assert from "node:assert/strict";
import { test } from "node:test";
import { price } from "../adapters/prices.ts";
import type { Usage } from "../src/index.ts";
import { table } from "../src/providers/table.ts";

type Reckoned = readonly [what: string, provider: string, model: string, usage: Usage, usd: number];

/** Prices that were reckoned by hand, in USD, from the prices of a million tokens. */
const reckoned: readonly Reckoned[] = [
  // 1.25, cached 0.125, answer 10
  [
    "cached tokens",
    "openai",
    "gpt-5",
    { input: 10_000, cacheRead: 4_000, output: 500 },
    0.0075 + 0.0005 + 0.005,
  ],
  ["a dated model", "openai", "gpt-5-2025-08-07", { input: 10_000, output: 500 }, 0.0125 + 0.005],
  ["an answer alone", "openai", "gpt-5", { output: 500 }, 0.005],
  ["an answer and what was cached", "openai", "gpt-5", { cacheRead: 4_000, output: 500 }, 0.0005 + 0.005],
  ["nothing", "openai", "gpt-5", { input: 0, output: 0 }, 0],
  // 3, answer 15
  ["up to 200,000 tokens", "anthropic", "claude-sonnet-4-5", { input: 200_000, output: 1_000 }, 0.6 + 0.015],
  // 6, cached 0.6, written into the cache 7.5, answer 22.5
  [
    "beyond 200,000 tokens",
    "anthropic",
    "claude-sonnet-4-5",
    { input: 300_000, cacheRead: 100_000, cacheWrite: 50_000, output: 1_000 },
    0.9 + 0.06 + 0.375 + 0.0225,
  ],
  // 2.5, cached 0.25, answer 15
  [
    "beyond 200,000 tokens of another's",
    "google-ai-studio",
    "gemini-2.5-pro",
    { input: 250_000, cacheRead: 50_000, output: 2_000 },
    0.5 + 0.0125 + 0.03,
  ],
  // 0.59, answer 0.79, and nothing else that is known
  [
    "cached tokens without a price of their own",
    "groq",
    "llama-3.3-70b-versatile",
    { input: 1_000, cacheRead: 500, cacheWrite: 100, output: 100 },
    0.00059 + 0.000079,
  ],
  // 0.02
  ["an embedding, which has no answer", "openai", "text-embedding-3-small", { input: 1_000 }, 0.00002],
  // 1, answer 1, a thousand requests 12
  ["a fee for the request", "perplexity-ai", "sonar", { input: 1_000, output: 100 }, 0.001 + 0.0001 + 0.012],
];

const close = (one: number | undefined, other: number) => one !== undefined && Math.abs(one - other) < 1e-12;

for (const [what, provider, model, usage, usd] of reckoned) {
  test(`what it costs, as reckoned by hand: ${what}`, () => {
    const told = price(provider, model, usage);
    assert.ok(close(told, usd), `${told} is not ${usd}`);
  });
}

/** A model of each provider of which the table knows one, and what a million tokens cost, of prompt and answer. */
const known: Readonly<Record<string, readonly (readonly [model: string, input: number, output: number])[]>> =
  {
    "openai": [["gpt-5", 1.25, 10]],
    "anthropic": [["claude-haiku-4-5-20251001", 1, 5]],
    "workers-ai": [["@cf/openai/gpt-oss-120b", 0.35, 0.75]],
    "huggingface": [["openai/gpt-oss-120b:groq", 0.15, 0.75]],
    "google-ai-studio": [["gemini-2.5-flash", 0.3, 2.5], ["models/gemini-2.5-flash", 0.3, 2.5]],
    "google-vertex-ai": [["google/gemini-2.5-flash", 0.3, 2.5], ["claude-3-5-haiku@20241022", 0.8, 4]],
    "azure-openai": [["gpt-4o", 2.5, 10]],
    "azure": [["phi-4", 0.07, 0.14]],
    "aws-bedrock": [
      ["us.anthropic.claude-sonnet-4-5-20250929-v1:0", 3.3, 16.5],
      ["global.anthropic.claude-sonnet-4-5-20250929-v1:0", 3, 15],
      ["arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-haiku-4-5-20251001-v1:0", 1.1, 5.5],
      ["apac.amazon.nova-lite-v1:0", 0.06, 0.24],
    ],
    "groq": [["llama-3.3-70b-versatile", 0.59, 0.79]],
    "mistral": [["mistral-large-latest", 2, 6]],
    "cohere": [["command-a-03-2025", 2.5, 10]],
    "perplexity-ai": [["sonar-deep-research", 2, 8]],
    "deepseek": [["deepseek-v3.2-exp", 0.27, 0.41]],
    "cerebras": [["gpt-oss-120b", 0.35, 0.75]],
    "grok": [["grok-4", 3, 15]],
    "openrouter": [["openai/gpt-5", 1.25, 10]],
    "baseten": [["openai/gpt-oss-120b", 0.1, 0.5]],
    "fireworks": [["accounts/fireworks/models/gpt-oss-120b", 0.15, 0.6]],
  };
const unpriced = ["replicate", "parallel", "fal", "elevenlabs", "deepgram", "cartesia", "ideogram"];

for (const [provider, models] of Object.entries(known)) {
  test(`the table knows the models of ${provider} by the names that they have there`, () => {
    for (const [model, input, output] of models) {
      for (const slug of [provider, `custom-${provider}`]) {
        const told = price(slug, model, { input: 1_000, output: 100 });
        assert.ok(close(told, (1_000 * input + 100 * output) / 1e6), `${model}: ${told}`);
      }
    }
  });
}

test("every provider has prices, or is known to have none", () => {
  assert.deepEqual([...Object.keys(known), ...unpriced].sort(), Object.keys(table).sort());
});

test("a provider of one's own has the prices of whom it is called after", () => {
  assert.ok(
    close(
      price("together", "meta-llama/Llama-3.3-70B-Instruct-Turbo", { input: 1_000, output: 100 }),
      0.000968,
    ),
  );
});

for (
  const [provider, model] of [
    ["openai", "gpt-nobody-knows"],
    ["azure-openai", "our-deployment"],
    ["azure-openai", "prod-gpt-4o"],
    ["huggingface", "openai/gpt-oss-120b"],
    ["openrouter", "openai/gpt-5:nitro"],
    ["aws-bedrock", "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3"],
    ["google-ai-studio", "gemma-3-27b-it"],
    ["groq", "whisper-large-v3"],
    ["replicate", "gpt-5"],
    ["my-openai", "gpt-5"],
    ["litellm", "openai/gpt-5"],
    ["__proto__", "gpt-5"],
    ["constructor", "gpt-5"],
    ["", "gpt-5"],
    ["openai", ""],
    ["deepseek", `deepseek-v4-pro${"-".repeat(512)}`],
  ] as const
) {
  test(`where no price is known, none is told: ${provider || "no provider"}, ${model.slice(0, 80) || "no model"}`, () => {
    assert.equal(price(provider, model, { input: 1_000, output: 100 }), undefined);
  });
}

for (
  const usage of [
    {},
    { cacheRead: 10 },
    { input: -1, output: 1 },
    { input: NaN, output: 1 },
    { input: 5, cacheRead: 9, output: 1 },
  ]
) {
  test(`what was not used as it is told has no price: ${JSON.stringify(usage)}`, () => {
    assert.equal(price("openai", "gpt-5", usage), undefined);
  });
}

test("a model that is not paid by the token has no price, whatever it used", () => {
  assert.equal(price("groq", "whisper-large-v3", { input: 1_000 }), undefined);
  assert.equal(price("groq", "whisper-large-v3", { input: 0, output: 0 }), undefined);
});

test("an answer that the table cannot price makes the whole call unknown", () => {
  assert.equal(price("openai", "text-embedding-3-small", { input: 1_000, output: 5 }), undefined);
});
