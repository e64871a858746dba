import assert from "node:assert/strict";
import { ElevenLabsClient } from "@elevenlabs/elevenlabs-js";
import { createFalClient } from "@fal-ai/client";
import { AUDIO } from "./support/models.ts";
import { setUp } from "./support/scene.ts";

const { onEveryRuntime } = setUp();

onEveryRuntime("elevenlabs gets speech as bytes, with its query string kept", async (scene) => {
  const client = new ElevenLabsClient({ apiKey: "key", baseUrl: scene.base("elevenlabs") });
  const speech = await client.textToSpeech.convert("voice", { text: "Hi", outputFormat: "mp3_44100_128" });
  assert.equal(await new Response(speech).text(), AUDIO);
  assert.deepEqual(scene.reached(), ["POST /v1/text-to-speech/voice?output_format=mp3_44100_128"]);
  assert.equal(scene.sightings()[0]?.headers["xi-api-key"], "key");
});

onEveryRuntime("fal runs an app", async (scene) => {
  const client = createFalClient({
    credentials: "key",
    requestMiddleware: (request) =>
      Promise.resolve({ ...request, url: request.url.replace("https://fal.run", scene.base("fal")) }),
  });
  const input = {
    prompt:
      "black forest gateau cake spelling out the words FLUX SCHNELL, tasty, food photography, dynamic shot",
    response_format: "base64",
  };
  const { data } = await client.run("fal-ai/flux/schnell", { input });
  assert.equal(data.images[0]?.url, "https://fal.media/files/lion/diFpxNG0A6E45szVv6Zee.png");
  assert.deepEqual(scene.reached(), ["POST /fal.run/fal-ai/flux/schnell"]);
  assert.equal(scene.sightings()[0]?.headers["authorization"], "Key key");
});
