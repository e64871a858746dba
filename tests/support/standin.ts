import assert from "node:assert/strict";
import { type Upstream, upstream } from "./upstream.ts";

/** A provider that answers in OpenAI's words, and streams on when the test says so. */
export interface Standin extends Upstream {
  readonly streamOn: () => void;
}

const question = { model: "llama3.2", messages: [{ role: "user", content: "Hi" }] };
/** What it streams before and after the test says so. */
export const first = 'data: {"choices":[{"delta":{"content":"One"}}]}\n\n';
export const rest = 'data: {"choices":[{"delta":{"content":", two"}}]}\n\ndata: [DONE]\n\n';

/** How a request gets to a gateway. */
export type Send = (request: Request) => Promise<Response>;

/** An answer passes through as it is. */
export async function checkPlain(url: string, provider: Standin, send: Send = fetch): Promise<void> {
  const answer = await send(post(url, question));
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("cf-aig-step"), "0");
  assert.match(answer.headers.get("waygate-trail") ?? "", /^ollama;step=0;status=200;ms=\d+$/);
  assert.equal((await answer.json()).choices[0].message.content, "Hello");
  await checkSeen(provider, question);
}

/** The first event must be here before the provider writes the second: nothing on the way may collect them. */
export async function checkStream(url: string, provider: Standin, send: Send = fetch): Promise<void> {
  const answer = await send(post(url, { ...question, stream: true }));
  assert.equal(answer.headers.get("content-type"), "text/event-stream");
  let text = "";
  for await (const piece of answer.body!.pipeThrough(new TextDecoderStream())) {
    text += piece;
    if (text === first) provider.streamOn();
  }
  assert.equal(text, first + rest);
  await checkSeen(provider, { ...question, stream: true });
}

/** The same answer comes without the provider. */
export async function checkKept(url: string, provider: Standin): Promise<void> {
  const asked = provider.seen.length;
  const answer = await fetch(post(url, question));
  assert.equal(answer.headers.get("cf-aig-cache-status"), "HIT");
  assert.equal((await answer.json()).choices[0].message.content, "Hello");
  assert.equal(provider.seen.length, asked);
}

async function checkSeen(provider: Standin, body: unknown): Promise<void> {
  const { method, path, headers, body: bytes } = provider.seen.at(-1)!;
  assert.equal(method, "POST");
  assert.equal(path, "/v1/chat/completions");
  assert.equal(headers.host, new URL(provider.url).host);
  assert.equal(headers.authorization, "Bearer key-of-ollama");
  assert.equal(headers["content-type"], "application/json");
  // `cf-worker` is what Workers' own network adds.
  const added = Object.keys(headers).filter((name) => name.startsWith("cf-") && name !== "cf-worker");
  assert.deepEqual(added, []);
  assert.equal((await bytes).toString(), JSON.stringify(body));
}

function post(url: string, body: unknown): Request {
  return new Request(`${url}/v1/me/my-gateway/ollama/chat/completions`, {
    method: "POST",
    headers: {
      "authorization": "Bearer key-of-ollama",
      "cf-aig-metadata": '{"who":"a test"}',
      "content-type": "application/json",
    },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  });
}

/** Starts such a provider. */
export async function standin(): Promise<Standin> {
  const { promise: goAhead, resolve: streamOn } = Promise.withResolvers<void>();
  const provider = await upstream(async (_, response, { body }) => {
    const { stream = false } = JSON.parse((await body).toString() || "{}");
    response.writeHead(200, { "content-type": stream ? "text/event-stream" : "application/json" });
    if (!stream) return response.end('{"choices":[{"message":{"role":"assistant","content":"Hello"}}]}');
    response.write(first);
    await goAhead;
    response.end(rest);
  });
  return { ...provider, streamOn };
}
