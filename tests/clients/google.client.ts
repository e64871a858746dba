import assert from "node:assert/strict";
import { GoogleGenAI } from "@google/genai";
import { GREETING } from "./support/models.ts";
import { type Scene, setUp } from "./support/scene.ts";

const { onEveryRuntime } = setUp();

const MODEL = "gemini-2.0-flash";

onEveryRuntime("google generates content", async (scene) => {
  const { text } = await connect(scene).models.generateContent({ model: MODEL, contents: "Hi" });
  assert.equal(text, GREETING);
  assert.deepEqual(scene.reached(), [`POST /v1beta/models/${MODEL}:generateContent`]);
  assert.equal(scene.sightings()[0]?.headers["x-goog-api-key"], "google-key");
});

onEveryRuntime("google streams content, with its query string kept", async (scene) => {
  let text = "";
  for await (
    const chunk of await connect(scene).models.generateContentStream({ model: MODEL, contents: "Hi" })
  ) {
    text += chunk.text ?? "";
  }
  assert.equal(text, GREETING);
  assert.deepEqual(scene.reached(), [`POST /v1beta/models/${MODEL}:streamGenerateContent?alt=sse`]);
});

function connect(scene: Scene): GoogleGenAI {
  return new GoogleGenAI({
    apiKey: "google-key",
    httpOptions: { baseUrl: scene.base("google-ai-studio") },
  });
}
