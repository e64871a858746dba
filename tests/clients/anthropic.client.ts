import assert from "node:assert/strict";
import Anthropic, { RateLimitError } from "@anthropic-ai/sdk";
import { GREETING, prompts } from "./support/models.ts";
import { type Scene, setUp } from "./support/scene.ts";

const { onEveryRuntime } = setUp();

const MESSAGES = "POST /v1/messages";

onEveryRuntime("anthropic gets a message", async (scene) => {
  const message = await connect(scene).messages.create(say("Hi"));
  assert.deepEqual(message.content.map((block) => block.type === "text" && block.text), [GREETING]);
  assert.deepEqual(scene.reached(), [MESSAGES]);
});

onEveryRuntime("anthropic streams a message", async (scene) => {
  const stream = connect(scene).messages.stream(say("Hi"));
  assert.equal(await stream.finalText(), GREETING);
  assert.deepEqual(scene.reached(), [MESSAGES]);
});

onEveryRuntime("anthropic gets a tool call", async (scene) => {
  const message = await connect(scene).messages.create({
    ...say(prompts.tool),
    tools: [{ name: "get_weather", input_schema: { type: "object" } }],
  });
  const call = message.content.find((block) => block.type === "tool_use");
  assert.equal(call?.name, "get_weather");
  assert.deepEqual(call.input, { city: "Lisbon" });
});

onEveryRuntime("anthropic knows a provider's 429 by its class", async (scene) => {
  await assert.rejects(connect(scene).messages.create(say(prompts.tooMany)), RateLimitError);
  assert.deepEqual(scene.reached(), [MESSAGES]);
});

onEveryRuntime("the provider sees anthropic's key, version and beta", async (scene) => {
  await connect(scene).messages.create(say("Hi"), { headers: { "anthropic-beta": "some-beta" } });
  const headers = scene.sightings()[0]?.headers ?? {};
  assert.equal(headers["x-api-key"] ?? headers["authorization"]?.replace("Bearer ", ""), "sk-ant-test");
  assert.match(String(headers["anthropic-version"]), /^\d{4}-\d\d-\d\d$/);
  assert.equal(headers["anthropic-beta"], "some-beta");
});

function connect(scene: Scene): Anthropic {
  return new Anthropic({ apiKey: "sk-ant-test", baseURL: scene.base("anthropic"), maxRetries: 0 });
}

function say(content: string): Anthropic.MessageCreateParamsNonStreaming {
  return { model: "claude-sonnet-4", max_tokens: 50, messages: [{ role: "user", content }] };
}
