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

async function uncopyable({ body, headers, signal }: RequestInit): Promise<BodyInit | null> {
  // An empty Blob, and a stream of any length, would be sent in chunks.
  if (body instanceof Uint8Array) {
    return body.byteLength > 0 ? new Blob([body as Uint8Array<ArrayBuffer>]) : null;
  }
  if (!(body instanceof ReadableStream)) return null;
  return Number((headers as Record<string, string>)["content-length"]) > COPYABLE
    ? body
    : await feed(body, signal!);
}

/** The same stream through a script's hands; null where there is nothing in it. */
async function feed(body: ReadableStream<Uint8Array>, signal: AbortSignal): Promise<BodyInit | null> {
  const reader = body.getReader();
  const first = await readFirst(reader, signal);
  if (!first) return null;
  return new ReadableStream({
    start: (controller) => controller.enqueue(first),
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

/** The first bytes, unless the signal ends the wait: as long as `fetch` has not begun, nobody else follows it. */
async function readFirst(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  const leave = () => void reader.cancel(signal.reason).catch(() => {});
  if (signal.aborted) leave();
  signal.addEventListener("abort", leave);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      signal.throwIfAborted();
      if (done || value.byteLength > 0) return value;
    }
  } finally {
    signal.removeEventListener("abort", leave);
  }
}
