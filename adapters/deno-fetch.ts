import type { Fetch } from "../src/types.ts";

/** Largest body that Deno might be able to copy, in bytes. */
export const COPYABLE: number = 64 * 1024;

/**
 * Deno sends a request again by itself when a pooled connection breaks before the answer, if it can copy the body.
 * It copies neither a Blob nor a stream that a script feeds, nor what is too large to be there at once.
 *
 * @see https://github.com/denoland/deno/pull/36415
 */
export const fetch: Fetch = async (url, init) => {
  return await globalThis.fetch(url, { ...init, body: await uncopyable(init) });
};

async function uncopyable({ body, headers }: RequestInit): Promise<BodyInit | null> {
  // An empty Blob, and a stream of any length, would be sent in chunks.
  if (body instanceof Uint8Array) {
    return body.byteLength > 0 ? new Blob([body as Uint8Array<ArrayBuffer>]) : null;
  }
  if (!(body instanceof ReadableStream)) return null;
  return Number((headers as Record<string, string>)["content-length"]) > COPYABLE ? body : await feed(body);
}

/** The same stream through a script's hands; null where there is nothing in it. */
async function feed(body: ReadableStream<Uint8Array>): Promise<BodyInit | null> {
  const reader = body.getReader();
  let first = await reader.read();
  while (first.value?.byteLength === 0) first = await reader.read();
  if (first.done) return null;
  return new ReadableStream({
    start: (controller) => controller.enqueue(first.value),
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
