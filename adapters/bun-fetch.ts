import type { Fetch } from "../src/types.ts";

/** `fetch` that decodes nothing and waits as long as the gateway's own clocks allow. */
export const fetch: Fetch = async (url, init) => {
  const response = await globalThis.fetch(url, { ...init, decompress: false, timeout: false } as RequestInit);
  if (!url.includes("?") || !response.body) return response; // To ask for a body makes it a slower one.
  return new Response(anonymous(response.body), response);
};

/** Bun prints why a body broke, with the URL and any key in its query; an error of our own it keeps to itself. */
function anonymous(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch {
        controller.error(new Error("the provider broke off"));
      }
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
}
