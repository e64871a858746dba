import assert from "node:assert/strict";
import { createAnthropic } from "@ai-sdk/anthropic";
import { createGoogleGenerativeAI } from "@ai-sdk/google";
import { createGroq } from "@ai-sdk/groq";
import { createMistral } from "@ai-sdk/mistral";
import { createOpenAI } from "@ai-sdk/openai";
import { generateText, streamText } from "ai";
import { GREETING } from "./support/models.ts";
import { setUp } from "./support/scene.ts";

const { onEveryRuntime } = setUp();

const apiKey = "key";
const hi = { prompt: "Hi", maxRetries: 0 } as const;

onEveryRuntime("the AI SDK generates text with openai", async (scene) => {
  const openai = createOpenAI({ apiKey, baseURL: scene.base("openai") });
  const { text } = await generateText({ model: openai.chat("gpt-4o"), ...hi });
  assert.equal(text, GREETING);
  assert.deepEqual(scene.reached(), ["POST /v1/chat/completions"]);
});

onEveryRuntime("the AI SDK generates text with openai's responses", async (scene) => {
  const openai = createOpenAI({ apiKey, baseURL: scene.base("openai") });
  const { text } = await generateText({ model: openai.responses("gpt-4o"), ...hi });
  assert.equal(text, GREETING);
  assert.deepEqual(scene.reached(), ["POST /v1/responses"]);
});

onEveryRuntime("the AI SDK streams text with anthropic", async (scene) => {
  const anthropic = createAnthropic({ apiKey, baseURL: `${scene.base("anthropic")}/v1` });
  const { text } = streamText({ model: anthropic("claude-sonnet-4-0"), ...hi });
  assert.equal(await text, GREETING);
  assert.deepEqual(scene.reached(), ["POST /v1/messages"]);
  assert.equal(scene.sightings()[0]?.headers["x-api-key"], apiKey);
});

onEveryRuntime("the AI SDK generates text with google", async (scene) => {
  const google = createGoogleGenerativeAI({ apiKey, baseURL: `${scene.base("google-ai-studio")}/v1beta` });
  const { text } = await generateText({ model: google("gemini-2.0-flash"), ...hi });
  assert.equal(text, GREETING);
  assert.deepEqual(scene.reached(), ["POST /v1beta/models/gemini-2.0-flash:generateContent"]);
});

onEveryRuntime("the AI SDK generates text with groq", async (scene) => {
  const groq = createGroq({ apiKey, baseURL: scene.base("groq") });
  const { text } = await generateText({ model: groq("llama-3.3-70b-versatile"), ...hi });
  assert.equal(text, GREETING);
  assert.deepEqual(scene.reached(), ["POST /openai/v1/chat/completions"]);
});

onEveryRuntime("the AI SDK generates text with mistral", async (scene) => {
  const mistral = createMistral({ apiKey, baseURL: scene.base("mistral") });
  const { text } = await generateText({ model: mistral("mistral-small-latest"), ...hi });
  assert.equal(text, GREETING);
  assert.deepEqual(scene.reached(), ["POST /mistral/v1/chat/completions"]);
});
