import assert from "node:assert/strict";
import { ChatCloudflareWorkersAI } from "@langchain/cloudflare";
import { ChatOpenAI, OpenAIEmbeddings } from "@langchain/openai";
import { GREETING } from "./support/models.ts";
import { setUp } from "./support/scene.ts";

const { onEveryRuntime } = setUp();

onEveryRuntime("LangChain gets a chat completion", async (scene) => {
  const configuration = { baseURL: scene.base("openai") };
  const client = new ChatOpenAI({ apiKey: "key", model: "gpt-4o", maxRetries: 0, configuration });
  assert.equal((await client.invoke("Hi")).content, GREETING);
  assert.deepEqual(scene.reached(), ["POST /v1/chat/completions"]);
});

onEveryRuntime("LangChain gets embeddings", async (scene) => {
  const configuration = { baseURL: scene.base("openai") };
  const client = new OpenAIEmbeddings({
    apiKey: "key",
    maxRetries: 0,
    encodingFormat: "float",
    configuration,
  });
  assert.deepEqual(await client.embedDocuments(["a", "b"]), [[0.125, 0.25, 0.5], [0.125, 0.25, 0.5]]);
  assert.deepEqual(scene.reached(), ["POST /v1/embeddings"]);
});

onEveryRuntime("LangChain gets a chat message from Workers AI in its own dialect", async (scene) => {
  const client = new ChatCloudflareWorkersAI({
    model: "@cf/meta/llama-3.1-8b-instruct",
    cloudflareAccountId: "acct",
    cloudflareApiToken: "token",
    baseUrl: `${scene.base("workers-ai")}/`,
  });
  assert.equal((await client.invoke("Hi")).content, GREETING);
  assert.deepEqual(scene.reached(), [
    "POST /client/v4/accounts/acct/ai/run/@cf/meta/llama-3.1-8b-instruct",
  ]);
  assert.equal(scene.sightings()[0]?.headers["authorization"], "Bearer token");
});
