import assert from "node:assert/strict";
import { Mistral } from "@mistralai/mistralai";
import { OpenRouter } from "@openrouter/sdk";
import { CohereClientV2 } from "cohere-ai";
import Groq from "groq-sdk";
import Together from "together-ai";
import { GREETING } from "./support/models.ts";
import { type Scene, setUp } from "./support/scene.ts";

const { onEveryRuntime } = setUp();

const messages: { role: "user"; content: string }[] = [{ role: "user", content: "Hi" }];

onEveryRuntime("groq gets a chat completion, although it brings /openai/v1 along", async (scene) => {
  const client = new Groq({ apiKey: "key", baseURL: scene.base("groq"), maxRetries: 0 });
  const completion = await client.chat.completions.create({ model: "llama-3.3-70b-versatile", messages });
  assert.equal(completion.choices[0]?.message.content, GREETING);
  assertReached(scene, "/openai/v1/chat/completions");
});

onEveryRuntime("mistral gets a chat completion", async (scene) => {
  const client = new Mistral({ apiKey: "key", serverURL: scene.base("mistral") });
  const completion = await client.chat.complete({ model: "mistral-small", messages });
  assert.equal(completion.choices[0]?.message?.content, GREETING);
  assertReached(scene, "/mistral/v1/chat/completions");
});

onEveryRuntime("cohere gets a chat message of its second version", async (scene) => {
  const client = new CohereClientV2({ token: "key", environment: scene.base("cohere") });
  const { message } = await client.chat({ model: "command-r", messages });
  assert.deepEqual(message.content?.map((part) => part.type === "text" && part.text), [GREETING]);
  assertReached(scene, "/v2/chat");
});

onEveryRuntime("openrouter gets a chat completion", async (scene) => {
  const client = new OpenRouter({ apiKey: "key", serverURL: scene.base("openrouter") });
  const completion = await client.chat.send({ chatRequest: { model: "openai/gpt-4o", messages } });
  assert.ok("choices" in completion);
  assert.equal(completion.choices[0]?.message.content, GREETING);
  assertReached(scene, "/api/v1/chat/completions");
});

onEveryRuntime("together, a provider of the user's own, gets a chat completion", async (scene) => {
  const client = new Together({ apiKey: "key", baseURL: scene.base("together"), maxRetries: 0 });
  const completion = await client.chat.completions.create({ model: "meta-llama/Llama-3-8b", messages });
  assert.equal(completion.choices[0]?.message?.content, GREETING);
  assertReached(scene, "/together/v1/chat/completions");
});

function assertReached(scene: Scene, path: string): void {
  assert.deepEqual(scene.reached(), [`POST ${path}`]);
  assert.equal(scene.sightings()[0]?.headers["authorization"], "Bearer key");
}
