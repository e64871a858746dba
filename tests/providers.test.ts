import assert from "node:assert/strict";
import { test } from "node:test";
import { type Call, createGateway, type Provider } from "../src/index.ts";
import { table } from "../src/providers/table.ts";
import { readError, script } from "./support/script.ts";

/** Where a path below a gateway leads; the account is `acc`. */
async function lead(
  path: string,
  providers: Record<string, Provider> = {},
  headers: Record<string, string> = {},
) {
  const { fetch, calls } = script(new Response(""));
  const request = new Request(`http://waygate.test/v1/acc/g/${path}`, { headers });
  const response = await createGateway({ fetch, providers }).handle(request);
  return calls[0]?.url ?? (await readError(response)).message;
}

const cf = "https://api.cloudflare.com/client/v4/accounts/acc/ai";
const leads: readonly (readonly [path: string, url: string])[] = [
  ["openai/chat/completions", "https://api.openai.com/v1/chat/completions"],
  ["openai/v1/chat/completions", "https://api.openai.com/v1/chat/completions"],
  ["openai/v1", "https://api.openai.com/v1"],
  ["openai/v10/x", "https://api.openai.com/v1/v10/x"],
  ["anthropic/v1/messages", "https://api.anthropic.com/v1/messages"],
  ["anthropic/messages?beta=true", "https://api.anthropic.com/v1/messages?beta=true"],
  ["workers-ai/@cf/meta/llama-3.1-8b-instruct", `${cf}/run/@cf/meta/llama-3.1-8b-instruct`],
  ["workers-ai/run/@cf/meta/llama", `${cf}/run/@cf/meta/llama`],
  ["workers-ai/v1/chat/completions", `${cf}/v1/chat/completions`],
  ["huggingface/org/model", "https://router.huggingface.co/hf-inference/models/org/model"],
  ["huggingface/v1/chat/completions", "https://router.huggingface.co/v1/chat/completions"],
  ["replicate/predictions", "https://api.replicate.com/v1/predictions"],
  ["replicate/v1/predictions/1", "https://api.replicate.com/v1/predictions/1"],
  [
    "google-ai-studio/v1beta/models/g:generateContent?key=1",
    "https://generativelanguage.googleapis.com/v1beta/models/g:generateContent?key=1",
  ],
  [
    "google-vertex-ai/v1/projects/p/locations/us-central1/publishers/google/models/g:generateContent",
    "https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/us-central1/publishers/google/models/g:generateContent",
  ],
  [
    "google-vertex-ai/v1/projects/p/locations/global/publishers/google/models/g:predict",
    "https://aiplatform.googleapis.com/v1/projects/p/locations/global/publishers/google/models/g:predict",
  ],
  [
    "azure-openai/res/dep/chat/completions?api-version=2024-10-21",
    "https://res.openai.azure.com/openai/deployments/dep/chat/completions?api-version=2024-10-21",
  ],
  [
    "azure-openai/res/openai/deployments/dep/chat/completions",
    "https://res.openai.azure.com/openai/deployments/dep/chat/completions",
  ],
  ["azure/res/anthropic/v1/messages", "https://res.services.ai.azure.com/anthropic/v1/messages"],
  [
    "aws-bedrock/bedrock-runtime/us-east-1/model/anthropic.claude-v2%3A1/invoke",
    "https://bedrock-runtime.us-east-1.amazonaws.com/model/anthropic.claude-v2%3A1/invoke",
  ],
  [
    "aws-bedrock/bedrock-mantle/eu-west-1/anthropic/v1/messages",
    "https://bedrock-mantle.eu-west-1.api.aws/anthropic/v1/messages",
  ],
  ["groq/chat/completions", "https://api.groq.com/openai/v1/chat/completions"],
  ["groq/v1/chat/completions", "https://api.groq.com/openai/v1/chat/completions"],
  ["groq/openai/v1/chat/completions", "https://api.groq.com/openai/v1/chat/completions"],
  ["mistral/v1/chat/completions", "https://api.mistral.ai/v1/chat/completions"],
  ["mistral/chat/completions", "https://api.mistral.ai/v1/chat/completions"],
  ["cohere/v1/chat", "https://api.cohere.com/v1/chat"],
  ["cohere/chat", "https://api.cohere.com/v1/chat"],
  ["cohere/v2/chat", "https://api.cohere.com/v2/chat"],
  ["perplexity-ai/chat/completions", "https://api.perplexity.ai/chat/completions"],
  ["deepseek/chat/completions", "https://api.deepseek.com/chat/completions"],
  ["deepseek/v1/chat/completions", "https://api.deepseek.com/v1/chat/completions"],
  ["cerebras/v1/chat/completions", "https://api.cerebras.ai/v1/chat/completions"],
  ["grok/v1/chat/completions", "https://api.x.ai/v1/chat/completions"],
  ["grok/chat/completions", "https://api.x.ai/v1/chat/completions"],
  ["openrouter/chat/completions", "https://openrouter.ai/api/v1/chat/completions"],
  ["openrouter/v1/chat/completions", "https://openrouter.ai/api/v1/chat/completions"],
  ["openrouter/api/v1/chat/completions", "https://openrouter.ai/api/v1/chat/completions"],
  ["baseten/v1/chat/completions", "https://inference.baseten.co/v1/chat/completions"],
  ["baseten/model/abc123", "https://model-abc123.api.baseten.co/production/predict"],
  ["baseten/model/abc123/development/predict", "https://model-abc123.api.baseten.co/development/predict"],
  ["parallel/v1/tasks/runs", "https://api.parallel.ai/v1/tasks/runs"],
  ["fal/fal-ai/flux/schnell", "https://fal.run/fal-ai/flux/schnell"],
  [
    "elevenlabs/v1/text-to-speech/v?output_format=mp3",
    "https://api.elevenlabs.io/v1/text-to-speech/v?output_format=mp3",
  ],
  ["deepgram/v1/listen?model=nova-3", "https://api.deepgram.com/v1/listen?model=nova-3"],
  ["cartesia/tts/bytes", "https://api.cartesia.ai/tts/bytes"],
  ["ideogram/v1/ideogram-v3/generate", "https://api.ideogram.ai/v1/ideogram-v3/generate"],
  ["fireworks/chat/completions", "https://api.fireworks.ai/inference/v1/chat/completions"],
  ["openai", "https://api.openai.com/v1"],
  ["openai//models", "https://api.openai.com/v1/models"],
  ["openai/models?next=/a/b://c", "https://api.openai.com/v1/models?next=/a/b://c"],
];
for (const [path, url] of leads) {
  test(`${path} leads to ${url}`, async () => assert.equal(await lead(path), url));
}

test("every provider of the table has a case above", () => {
  const covered = new Set(leads.map(([path]) => path.split("/")[0]));
  assert.deepEqual(Object.keys(table).filter((slug) => !covered.has(slug)), []);
});

test("a base that the user gives stands in for a known provider's, whose paths are still understood", async () => {
  const base = "http://127.0.0.1:4310/mock";
  const providers = Object.fromEntries(Object.keys(table).map((slug) => [slug, { base }]));
  assert.equal(await lead("openai/chat/completions", providers), `${base}/chat/completions`);
  assert.equal(await lead("azure-openai/res/dep/x", providers), `${base}/dep/x`);
  assert.equal(
    await lead("aws-bedrock/bedrock-runtime/us-east-1/model/m/invoke", providers),
    `${base}/model/m/invoke`,
  );
  assert.equal(await lead("aws-bedrock/bedrock-mantle/us-east-1/v1/x", providers), `${base}/v1/x`);
  assert.equal(await lead("workers-ai/@cf/m", providers), `${base}/run/@cf/m`);
  assert.equal(await lead("huggingface/v1/chat/completions", providers), `${base}/v1/chat/completions`);
  assert.equal(await lead("baseten/model/m", providers), `${base}/model/m`);
});

test("a provider of one's own is reached by its name and as custom-{slug}", async () => {
  const providers = { neon: { base: "https://neon.example/api/v1/" } };
  assert.equal(await lead("neon/chat", providers), "https://neon.example/api/v1/chat");
  assert.equal(await lead("custom-neon/v1/chat", providers), "https://neon.example/api/v1/chat");
  assert.equal(await lead("custom-neon/api/v1/chat", providers), "https://neon.example/api/v1/chat");
});

test("a provider of one's own may find its place by a function", async () => {
  const tenant: Provider = {
    base: "https://{tenant}.example",
    locate: (path) => ({ path: path.slice(path.indexOf("/") + 1), parts: { tenant: path.split("/")[0]! } }),
  };
  assert.equal(await lead("tenant/t1/x/y", { tenant }), "https://t1.example/x/y");
  assert.match(
    await lead("tenant/evil.example%2f/x", { tenant }),
    /^tenant: Expected letters, digits and hyphens$/,
  );
});

test("what stands in a host's place cannot leave the host", async () => {
  for (const part of ["evil.com%2f", "evil.com", "a%20b", "a@b", "a:1"]) {
    assert.match(await lead(`azure-openai/${part}/dep/x`), /Expected/, part);
    assert.match(await lead(`aws-bedrock/bedrock-runtime/${part}/x`), /Expected/, part);
    assert.match(await lead(`google-vertex-ai/v1/locations/${part}/x`), /Expected/, part);
  }
  assert.match(await lead("azure-openai/only"), /Expected \{resource\}/);
  assert.match(await lead("aws-bedrock/s3/us-east-1/x"), /Expected bedrock-runtime/);
});

test("an account that is no plain name leads nowhere where the base needs it", async () => {
  const { fetch, calls } = script();
  const request = new Request("http://waygate.test/v1/a%2f..%2fb/g/workers-ai/@cf/m");
  assert.equal((await createGateway({ fetch }).handle(request)).status, 400);
  const nobody = new Request("http://waygate.test/v1//g/workers-ai/@cf/m");
  assert.equal((await createGateway({ fetch }).handle(nobody)).status, 400);
  assert.equal(calls.length, 0);
});

test("x-fal-target-url is believed for fal's own hosts only", async () => {
  const target = (url: string) => lead("fal", {}, { "x-fal-target-url": url });
  assert.equal(await target("https://queue.fal.run/fal-ai/x?a=1"), "https://queue.fal.run/fal-ai/x?a=1");
  assert.equal(await target("https://rest.alpha.fal.ai/tokens/"), "https://rest.alpha.fal.ai/tokens/");
  const proxied = { fal: { base: "http://127.0.0.1:1/fal" } };
  const through = await lead("fal?x=1", proxied, { "x-fal-target-url": "https://queue.fal.run/a?b=2" });
  assert.equal(through, "http://127.0.0.1:1/fal/a?b=2");
  const strangers = [
    "https://evil.example/fal.run",
    "https://fal.run.evil.example/",
    "https://evilfal.run/",
    "http://fal.run/",
    "https://fal.run@evil.example/",
    "https://fal.run:8443/",
    "//fal.run",
    "nonsense",
  ];
  for (const url of strangers) assert.match(await target(url), /^x-fal-target-url: Expected/, url);
});

test("every row has a URL-safe slug and an https base without a trailing slash", () => {
  for (const [slug, { base }] of Object.entries(table)) {
    assert.match(slug, /^[a-z][a-z0-9-]*$/);
    assert.match(base, /^https:\/\/[^/]+(\/[^/]+)*$/, slug);
  }
});

test("every row says which header field carries a key", async () => {
  for (const [slug, { authorize }] of Object.entries(table)) {
    assert.ok(authorize, slug);
    const [[name, value] = ["", ""], ...others] = Object.entries(await authorize("k", {} as Call));
    assert.match(`${name}: ${value}`, /^(authorization: [A-Z][A-Za-z-]+ k|[a-z-]+-key: k)$/, slug);
    assert.deepEqual(others, [], slug);
  }
});
