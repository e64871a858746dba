import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { ServerResponse } from "node:http";
import OpenAI, {
  APIError,
  AzureOpenAI,
  BadRequestError,
  type ClientOptions,
  RateLimitError,
  toFile,
} from "openai";
import { AUDIO, GREETING, LONG, prompts, UNICODE } from "./support/models.ts";
import { type Scene, setUp } from "./support/scene.ts";

const { onEveryRuntime } = setUp();

const CHAT = "POST /v1/chat/completions";

onEveryRuntime("openai gets a chat completion", async (scene) => {
  const completion = await connect(scene).chat.completions.create(chat("Hi"));
  assert.equal(completion.choices[0]?.message.content, GREETING);
  assert.deepEqual(scene.reached(), [CHAT]);
});

onEveryRuntime("openai may have /v1 in its base URL", async (scene) => {
  const client = connect(scene, { baseURL: `${scene.base("openai")}/v1` });
  const completion = await client.chat.completions.create(chat("Hi"));
  assert.equal(completion.choices[0]?.message.content, GREETING);
  assert.deepEqual(scene.reached(), [CHAT]);
});

onEveryRuntime("openai streams a chat completion, usage included", async (scene) => {
  const stream = await connect(scene).chat.completions.create({
    ...chat("Hi"),
    stream: true,
    stream_options: { include_usage: true },
  });
  let text = "";
  let tokens = 0;
  for await (const { choices, usage } of stream) {
    text += choices[0]?.delta.content ?? "";
    tokens += usage?.total_tokens ?? 0;
  }
  assert.equal(text, GREETING);
  assert.ok(tokens > 0);
  assert.deepEqual(scene.reached(), [CHAT]);
});

onEveryRuntime("openai streams characters of every length unharmed", async (scene) => {
  const stream = await connect(scene).chat.completions.create({ ...chat(prompts.unicode), stream: true });
  let text = "";
  for await (const { choices } of stream) text += choices[0]?.delta.content ?? "";
  assert.equal(text, UNICODE);
});

onEveryRuntime("openai reads each event while the provider still holds back the next", async (scene) => {
  const words = ["alpha", "beta", "gamma"];
  const turns = words.map(() => Promise.withResolvers<void>());
  scene.script(async (_request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const [index, word] of words.entries()) {
      response.write(`data: {"choices":[{"index":0,"delta":{"content":"${word}"}}]}\n\n`);
      await turns[index]?.promise;
    }
    response.end("data: [DONE]\n\n");
  });
  const client = connect(scene, { baseURL: scene.base("scripted") });
  const read: (string | null | undefined)[] = [];
  for await (const { choices } of await client.chat.completions.create({ ...chat("Hi"), stream: true })) {
    read.push(choices[0]?.delta.content);
    turns[read.length - 1]?.resolve();
  }
  assert.deepEqual(read, words);
});

onEveryRuntime("openai gets a tool call", async (scene) => {
  const completion = await connect(scene).chat.completions.create({
    ...chat(prompts.tool),
    tools: [{ type: "function", function: { name: "get_weather", parameters: { type: "object" } } }],
  });
  const call = completion.choices[0]?.message.tool_calls?.[0];
  assert.equal(call?.type, "function");
  assert.deepEqual(call.function, { name: "get_weather", arguments: '{"city":"Lisbon"}' });
});

onEveryRuntime("openai gets a chat completion of 320 kB whole", async (scene) => {
  const completion = await connect(scene).chat.completions.create(chat(prompts.long));
  assert.equal(completion.choices[0]?.message.content?.length, LONG);
});

onEveryRuntime("openai gets a response", async (scene) => {
  const response = await connect(scene).responses.create({ model: "gpt-4o", input: "Hi" });
  assert.equal(response.output_text, GREETING);
  assert.deepEqual(scene.reached(), ["POST /v1/responses"]);
});

onEveryRuntime("openai gets embeddings, which it asks for in base64", async (scene) => {
  scene.script(async (_request, response, seen) => {
    const asked = JSON.parse((await seen.body).toString());
    const embedding = Buffer.from(Float32Array.of(0.125, 0.25, 0.5).buffer).toString(asked.encoding_format);
    send(response, { data: asked.input.map(() => ({ embedding })) });
  });
  const { data } = await connect(scene, { baseURL: scene.base("scripted") }).embeddings.create({
    model: "text-embedding-3-small",
    input: ["a", "b"],
  });
  assert.deepEqual(data.map(({ embedding }) => embedding), [[0.125, 0.25, 0.5], [0.125, 0.25, 0.5]]);
});

onEveryRuntime("openai gets embeddings as numbers", async (scene) => {
  const { data } = await connect(scene).embeddings.create({
    model: "text-embedding-3-small",
    input: "a",
    encoding_format: "float",
  });
  assert.deepEqual(data[0]?.embedding, [0.125, 0.25, 0.5]);
  assert.deepEqual(scene.reached(), ["POST /v1/embeddings"]);
});

onEveryRuntime("openai gets an image", async (scene) => {
  const { data } = await connect(scene).images.generate({ model: "gpt-image-1", prompt: "a cat" });
  assert.equal(data?.[0]?.b64_json, btoa("a picture"));
  assert.deepEqual(scene.reached(), ["POST /v1/images/generations"]);
});

onEveryRuntime("openai gets speech as bytes", async (scene) => {
  const speech = await connect(scene).audio.speech.create({ model: "tts-1", voice: "alloy", input: "Hi" });
  assert.equal(await speech.text(), AUDIO);
  assert.deepEqual(scene.reached(), ["POST /v1/audio/speech"]);
});

onEveryRuntime("openai uploads a multipart form", async (scene) => {
  const { text } = await connect(scene).audio.transcriptions.create({
    model: "whisper-1",
    file: await toFile(Buffer.alloc(200_000, 0xfe), "speech.wav"),
  });
  assert.equal(text, "hello from audio");
  assert.deepEqual(scene.reached(), ["POST /v1/audio/transcriptions"]);
});

onEveryRuntime("openai lists models with a GET", async (scene) => {
  const { data } = await connect(scene).models.list();
  assert.ok(data.some(({ id }) => id === "gpt-4"));
  assert.deepEqual(scene.reached(), ["GET /v1/models"]);
});

onEveryRuntime("openai gets a moderation", async (scene) => {
  const { results } = await connect(scene).moderations.create({ input: "Ouch" });
  assert.equal(results[0]?.flagged, true);
  assert.deepEqual(scene.reached(), ["POST /v1/moderations"]);
});

onEveryRuntime("openai knows a provider's 400 by its class and code", async (scene) => {
  await assert.rejects(connect(scene).chat.completions.create(chat(prompts.badRequest)), (error) => {
    assert.ok(error instanceof BadRequestError);
    assert.equal(error.code, "bad_input");
    return true;
  });
});

onEveryRuntime("openai sees retry-after beside a provider's 429", async (scene) => {
  await assert.rejects(connect(scene).chat.completions.create(chat(prompts.tooMany)), (error) => {
    assert.ok(error instanceof RateLimitError);
    assert.equal(error.headers.get("retry-after"), "1");
    return true;
  });
  assert.deepEqual(scene.reached(), [CHAT]);
});

onEveryRuntime("openai sees the provider's header fields and the gateway's", async (scene) => {
  const { response } = await connect(scene).chat.completions.create(chat("Hi")).withResponse();
  assert.ok(response.headers.get("x-request-id"));
  assert.equal(response.headers.get("cf-aig-step"), "0");
  assert.match(response.headers.get("cf-aig-log-id") ?? "", /^[0-9a-f-]{36}$/);
});

onEveryRuntime("openai tries again by itself after the pause in retry-after-ms", async (scene) => {
  let calls = 0;
  scene.script((_request, response) => {
    if (++calls > 1) return send(response, { choices: [{ message: { content: "done" } }] });
    response.writeHead(429, { "content-type": "application/json", "retry-after-ms": "20" });
    response.end('{"error":{"message":"slow down"}}');
  });
  const client = connect(scene, { baseURL: scene.base("scripted"), maxRetries: 2 });
  const completion = await client.chat.completions.create(chat("Hi"));
  assert.equal(completion.choices[0]?.message.content, "done");
  assert.deepEqual(scene.reached(), ["POST /chat/completions", "POST /chat/completions"]);
});

onEveryRuntime("openai gets 502 when the provider resets the connection", async (scene) => {
  scene.script((request) => request.socket.resetAndDestroy());
  const client = connect(scene, { baseURL: scene.base("scripted") });
  await assert.rejects(client.chat.completions.create(chat("Hi")), { status: 502 });
});

onEveryRuntime("openai gets 502 when the provider hangs up without a word", async (scene) => {
  const client = connect(scene, { defaultHeaders: { "x-aimock-chaos-disconnect": "1" } });
  await assert.rejects(client.chat.completions.create(chat("Hi")), { status: 502 });
});

onEveryRuntime("openai's request is not sent again when a connection in use breaks", async (scene) => {
  const client = connect(scene, { baseURL: scene.base("scripted") });
  scene.script((_request, response) => send(response, { choices: [] }));
  await client.chat.completions.create(chat("Hi"));
  scene.script((request) => request.socket.destroy());
  await assert.rejects(client.chat.completions.create(chat("Hi")), { status: 502 });
  assert.deepEqual(scene.reached(), ["POST /chat/completions", "POST /chat/completions"]);
});

onEveryRuntime("openai gets an HTML error page as the provider sent it", async (scene) => {
  scene.script((_request, response) => {
    response.writeHead(503, { "content-type": "text/html" }).end("<h1>closed for lunch</h1>");
  });
  const client = connect(scene, { baseURL: scene.base("scripted") });
  await assert.rejects(client.chat.completions.create(chat("Hi")), (error) => {
    assert.ok(error instanceof APIError);
    assert.equal(error.status, 503);
    assert.match(error.message, /<h1>closed for lunch<\/h1>/);
    return true;
  });
});

onEveryRuntime("openai reaches an Azure deployment with a query and a key of its own", async (scene) => {
  const client = connect(scene, {
    baseURL: `${scene.base("azure-openai")}/resource/deployment`,
    defaultQuery: { "api-version": "2024-10-21" },
    defaultHeaders: { "api-key": "azure-key", authorization: null },
  });
  const completion = await client.chat.completions.create(chat("Hi"));
  assert.equal(completion.choices[0]?.message.content, GREETING);
  assert.deepEqual(scene.reached(), [
    "POST /resource/openai/deployments/deployment/chat/completions?api-version=2024-10-21",
  ]);
  const [seen] = scene.sightings();
  assert.equal(seen?.headers["api-key"], "azure-key");
  assert.equal(seen?.headers["authorization"], undefined);
});

onEveryRuntime("openai's client for Azure reaches the deployment that its model names", async (scene) => {
  const client = new AzureOpenAI({
    apiKey: "azure-key",
    apiVersion: "2024-10-21",
    baseURL: `${scene.base("azure-openai")}/resource`,
    maxRetries: 0,
  });
  const completion = await client.chat.completions.create(chat("Hi"));
  assert.equal(completion.choices[0]?.message.content, GREETING);
  assert.deepEqual(scene.reached(), [
    "POST /resource/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21",
  ]);
});

onEveryRuntime("openai gets a chat completion from Workers AI", async (scene) => {
  const client = connect(scene, { baseURL: `${scene.base("workers-ai")}/v1` });
  const completion = await client.chat.completions.create({
    ...chat("Hi"),
    model: "@cf/meta/llama-3.1-8b-instruct",
  });
  assert.equal(completion.choices[0]?.message.content, GREETING);
  assert.deepEqual(scene.reached(), ["POST /client/v4/accounts/acct/ai/v1/chat/completions"]);
});

onEveryRuntime("openai gets embeddings from Workers AI", async (scene) => {
  const client = connect(scene, { baseURL: `${scene.base("workers-ai")}/v1` });
  const { data } = await client.embeddings.create({
    model: "@cf/baai/bge-large-en-v1.5",
    input: "a",
    encoding_format: "float",
  });
  assert.deepEqual(data[0]?.embedding, [0.125, 0.25, 0.5]);
  assert.deepEqual(scene.reached(), ["POST /client/v4/accounts/acct/ai/v1/embeddings"]);
});

onEveryRuntime("the provider sees openai's own header fields and none of the gateway's", async (scene) => {
  const client = connect(scene, {
    defaultHeaders: {
      "cf-aig-authorization": "Bearer a-token-for-the-gateway",
      "cf-aig-skip-cache": "true",
      "cf-aig-metadata": '{"user":1}',
      "waygate-commit": "headers",
      "x-keep-me": "kept",
    },
  });
  await client.chat.completions.create(chat("Hi"));
  const headers = scene.sightings()[0]?.headers ?? {};
  assert.equal(headers["x-keep-me"], "kept");
  assert.equal(headers["authorization"], "Bearer sk-test");
  assert.equal(headers["x-stainless-lang"], "js");
  assert.deepEqual(Object.keys(headers).filter((name) => /^(cf-|waygate-|x-forwarded-)/.test(name)), []);
  assert.doesNotMatch(JSON.stringify(headers), /a-token-for-the-gateway/);
});

function connect(scene: Scene, options: ClientOptions = {}): OpenAI {
  return new OpenAI({ apiKey: "sk-test", baseURL: scene.base("openai"), maxRetries: 0, ...options });
}

function chat(content: string): { model: string; messages: { role: "user"; content: string }[] } {
  return { model: "gpt-4o", messages: [{ role: "user", content }] };
}

function send(response: ServerResponse, value: unknown): void {
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(value));
}
