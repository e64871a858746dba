import { Readable } from "node:stream";
import type { ReadableStream as NodeStream } from "node:stream/web";
import { Agent, request } from "undici";
import type { Fetch } from "../src/types.ts";

/** No clock of its own: the gateway has them all. */
const agent = new Agent({ headersTimeout: 0, bodyTimeout: 0, maxHeaderSize: 1024 * 1024 });

/**
 * `fetch` over undici's pool. Node's own decodes bodies, adds headers, takes a 407 for a network error, cuts after
 * 300 s, and costs several times as much.
 */
export const fetch: Fetch = async (url, { method, headers, body, signal }) => {
  const answer = await request(url, {
    dispatcher: agent,
    method: method as "POST",
    headers: headers as Record<string, string>,
    body: body instanceof ReadableStream
      ? Readable.fromWeb(body as unknown as NodeStream)
      : body as Uint8Array | null,
    signal: signal!,
  });
  try {
    const fields = Object.entries(answer.headers).flatMap(([name, value]): [string, string][] =>
      Array.isArray(value) ? value.map((one) => [name, one]) : [[name, value ?? ""]]
    );
    const bodiless = method === "HEAD" || [204, 205, 304].includes(answer.statusCode);
    if (bodiless) answer.body.resume();
    return new Response(bodiless ? null : toWeb(answer.body), {
      status: answer.statusCode,
      statusText: answer.statusText,
      headers: fields,
    });
  } catch (error) {
    answer.body.on("error", () => {}).destroy();
    throw error;
  }
};

/** A Node stream as a web stream. `Readable.toWeb` ends the process when the consumer cancels first. */
export function toWeb(readable: Readable): ReadableStream<Uint8Array<ArrayBuffer>> {
  const chunks = readable[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel() {
      readable.on("error", () => {}).destroy();
    },
  }, { highWaterMark: 0 });
}
