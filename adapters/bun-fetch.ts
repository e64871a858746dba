import type { Fetch } from "../src/types.ts";

/** `fetch` that decodes nothing and waits as long as the gateway's own clocks allow. */
export const fetch: Fetch = async (url, init) => {
  const response = await globalThis.fetch(url, { ...init, decompress: false, timeout: false } as RequestInit);
  // Whose body nobody has asked for may reach the client as a whole answer though the provider broke it off.
  return response.body && url.includes("?") ? new Response(anonymous(response.body), response) : response;
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
