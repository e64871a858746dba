import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { createOpenAiChat, type OpenAiGatewayConfig } from "@cloudflare/tanstack-ai";
import { chat } from "@tanstack/ai";
import { generateText, streamText } from "ai";
import {
  type AiGateway,
  type AiGatewayAPISettings,
  AiGatewayDoesNotExist,
  AiGatewayUnauthorizedError,
  createAiGateway,
} from "ai-gateway-provider";
import { createAnthropic } from "ai-gateway-provider/providers/anthropic";
import { createGroq } from "ai-gateway-provider/providers/groq";
import { createMistral } from "ai-gateway-provider/providers/mistral";
import { createOpenAI } from "ai-gateway-provider/providers/openai";
import { createWorkersAI } from "workers-ai-provider";
import { createGateway } from "../../src/index.ts";
import { GREETING, prompts } from "./support/models.ts";
import { type LocalScene, type Scene, setUp } from "./support/scene.ts";

const { onEveryRuntime, inThisProcess } = setUp();

const gpt = createOpenAI({ apiKey: "openai-key" }).chat("gpt-4o");
const claude = createAnthropic({ apiKey: "anthropic-key" })("claude-sonnet-4-0");
const llama = createGroq({ apiKey: "groq-key" })("llama-3.3-70b-versatile");
const mistral = createMistral({ apiKey: "mistral-key" })("mistral-small-latest");

const CHAT = "POST /v1/chat/completions";
const hi = { prompt: "Hi", maxRetries: 0 } as const;

onEveryRuntime("ai-gateway-provider generates text", async (scene, test) => {
  const gateway = connect(scene, test);
  const { text } = await generateText({ model: gateway(gpt), ...hi });
  assert.equal(text, GREETING);
  assert.deepEqual(scene.reached(), [CHAT]);
  assert.equal(scene.sightings()[0]?.headers["authorization"], "Bearer openai-key");
});

onEveryRuntime("ai-gateway-provider streams text", async (scene, test) => {
  const gateway = connect(scene, test);
  const { text } = streamText({ model: gateway(gpt), ...hi });
  assert.equal(await text, GREETING);
  assert.deepEqual(scene.reached(), [CHAT]);
});

onEveryRuntime(
  "ai-gateway-provider generates text with groq, whose prefix it has cut off",
  async (scene, test) => {
    const gateway = connect(scene, test);
    const { text } = await generateText({ model: gateway(llama), ...hi });
    assert.equal(text, GREETING);
    assert.deepEqual(scene.reached(), ["POST /openai/v1/chat/completions"]);
  },
);

onEveryRuntime("ai-gateway-provider generates text with mistral", async (scene, test) => {
  const gateway = connect(scene, test);
  const { text } = await generateText({ model: gateway(mistral), ...hi });
  assert.equal(text, GREETING);
  assert.deepEqual(scene.reached(), ["POST /mistral/v1/chat/completions"]);
});

onEveryRuntime("ai-gateway-provider falls back to anthropic, whose answer it reads", async (scene, test) => {
  const gateway = connect(scene, test);
  const { text, response } = await generateText({
    model: gateway([gpt, claude]),
    prompt: prompts.gptBroken,
    maxRetries: 0,
  });
  assert.equal(text, GREETING);
  assert.equal(response.headers?.["cf-aig-step"], "1");
  assert.deepEqual(scene.reached(), [CHAT, "POST /v1/messages"]);
});

onEveryRuntime("ai-gateway-provider reads the last error when all models fail", async (scene, test) => {
  const model = connect(scene, test)([gpt, claude]);
  await assert.rejects(generateText({ model, prompt: prompts.broken, maxRetries: 0 }), {
    name: "AI_APICallError",
    message: "out of order",
    statusCode: 500,
  });
  assert.deepEqual(scene.reached(), [CHAT, "POST /v1/messages"]);
});

onEveryRuntime("ai-gateway-provider's options reach the gateway and no provider", async (scene, test) => {
  const gateway = connect(scene, test, {
    options: {
      cacheTtl: 60,
      skipCache: true,
      cacheKey: "key",
      metadata: { user: 1, trial: true },
      collectLog: false,
      eventId: "my-event",
      requestTimeoutMs: 5000,
      retries: { maxAttempts: 2, retryDelayMs: 10, backoff: "linear" },
    },
  });
  const { response } = await generateText({
    model: gateway([gpt, claude]),
    prompt: prompts.gptBroken,
    maxRetries: 0,
  });
  assert.equal(response.headers?.["cf-aig-event-id"], "my-event");
  assertRetriedOnceUnknobbed(scene);
});

onEveryRuntime("ai-gateway-provider knows a wrong token", async (scene, test) => {
  const gateway = connect(scene, test, { gateway: "locked", apiKey: "wrong" });
  await assert.rejects(generateText({ model: gateway(gpt), ...hi }), AiGatewayUnauthorizedError);
  assert.deepEqual(scene.reached(), []);
});

onEveryRuntime("ai-gateway-provider knows an unknown gateway", async (scene, test) => {
  const gateway = connect(scene, test, { gateway: "unknown" });
  await assert.rejects(generateText({ model: gateway(gpt), ...hi }), AiGatewayDoesNotExist);
  assert.deepEqual(scene.reached(), []);
});

onEveryRuntime("ai-gateway-provider takes a binding that posts to the gateway", async (scene) => {
  const binding = {
    run: (data: unknown, { signal = null }: { signal?: AbortSignal | null } = {}) =>
      fetch(scene.base(), { method: "POST", body: JSON.stringify(data), signal }),
  };
  const gateway = createAiGateway({ binding, options: { skipCache: true } });
  const { text } = await generateText({ model: gateway(gpt), ...hi });
  assert.equal(text, GREETING);
  assert.deepEqual(scene.reached(), [CHAT]);
});

onEveryRuntime("workers-ai-provider generates text through the gateway", async (scene, test) => {
  redirect(scene, test);
  const workersAi = createWorkersAI({
    accountId: "acct",
    apiKey: "cloudflare-key",
    gateway: { id: "gw", skipCache: true, cacheTtl: 60, metadata: { user: 1 } },
  });
  const { text } = await generateText({ model: workersAi("@cf/meta/llama-3.1-8b-instruct"), ...hi });
  assert.equal(text, GREETING);
  assert.deepEqual(scene.reached(), [
    "POST /client/v4/accounts/acct/ai/run/@cf/meta/llama-3.1-8b-instruct",
  ]);
  assert.equal(scene.sightings()[0]?.headers["authorization"], "Bearer cloudflare-key");
});

onEveryRuntime(
  "tanstack-ai, which posts a step that stands in no array, streams text",
  async (scene, test) => {
    redirect(scene, test);
    const config = { accountId: "acct", gatewayId: "gw", apiKey: "openai-key", cfApiKey: "token" };
    assert.equal(await chatWith(config), GREETING);
    assert.deepEqual(scene.reached(), ["POST /v1/responses"]);
    assert.equal(scene.sightings()[0]?.headers["authorization"], "Bearer openai-key");
  },
);

inThisProcess("ai-gateway-provider takes a gateway as its binding", async (scene) => {
  const model = createAiGateway({ binding: createGateway(scene.settings) })([gpt, claude]);
  const { text, response } = await generateText({ model, prompt: prompts.gptBroken, maxRetries: 0 });
  assert.equal(text, GREETING);
  assert.equal(response.headers?.["cf-aig-step"], "1");
  assert.deepEqual(scene.reached(), [CHAT, "POST /v1/messages"]);
});

inThisProcess("ai-gateway-provider streams from a gateway that is its binding", async (scene) => {
  const binding = createGateway(scene.settings);
  const { text } = streamText({ model: createAiGateway({ binding })(gpt), ...hi });
  assert.equal(await text, GREETING);
  assert.deepEqual(scene.reached(), [CHAT]);
});

inThisProcess(
  "ai-gateway-provider's options to a binding reach the gateway and no provider",
  async (scene) => {
    const gateway = createAiGateway({
      binding: createGateway(scene.settings),
      options: { eventId: "my-event", skipCache: true, retries: { maxAttempts: 2, retryDelayMs: 10 } },
    });
    const { response } = await generateText({
      model: gateway([gpt, claude]),
      prompt: prompts.gptBroken,
      maxRetries: 0,
    });
    assert.equal(response.headers?.["cf-aig-event-id"], "my-event");
    assertRetriedOnceUnknobbed(scene);
  },
);

inThisProcess("tanstack-ai takes a gateway as its binding", async (scene) => {
  const text = await chatWith({ binding: createGateway(scene.settings), apiKey: "openai-key" });
  assert.equal(text, GREETING);
  assert.deepEqual(scene.reached(), ["POST /v1/responses"]);
});

/** The REST mode of Cloudflare's provider. */
function connect(scene: Scene, test: TestContext, settings: Partial<AiGatewayAPISettings> = {}): AiGateway {
  redirect(scene, test);
  return createAiGateway({ accountId: "acct", gateway: "gw", apiKey: "token", ...settings });
}

/** Makes `fetch` go to our gateway instead of Cloudflare's, whose host these clients let nobody change. */
function redirect(scene: Scene, test: TestContext): void {
  const direct = globalThis.fetch;
  test.mock.method(globalThis, "fetch", (url: string, init?: RequestInit) => {
    assert.match(url, /^https:\/\/gateway\.ai\.cloudflare\.com\//);
    return direct(url.replace("https://gateway.ai.cloudflare.com", scene.origin), init);
  });
}

async function chatWith(config: OpenAiGatewayConfig): Promise<string> {
  const adapter = createOpenAiChat("gpt-4o", config);
  let text = "";
  for await (const event of chat({ adapter, messages: [{ role: "user", content: "Hi" }] })) {
    assert.notEqual(event.type, "RUN_ERROR", JSON.stringify(event));
    if (event.type === "TEXT_MESSAGE_CONTENT") text += event.delta;
  }
  return text;
}

/** Two attempts with one model and one with the next, none of which tells the provider of the gateway. */
function assertRetriedOnceUnknobbed(scene: LocalScene): void {
  assert.deepEqual(scene.reached(), [CHAT, CHAT, "POST /v1/messages"]);
  const names = scene.sightings().flatMap(({ headers }) => Object.keys(headers));
  assert.deepEqual(names.filter((name) => name.startsWith("cf-")), []);
}
