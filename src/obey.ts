import type { Fetch } from "./types.ts";

/** A `fetch` that rejects when its signal aborts, whether the one it calls does or not; an answer that comes later is closed. */
export const obey = (fetch: Fetch): Fetch => async (url, init) => {
  const { signal } = init;
  if (!signal) return await fetch(url, init);
  signal.throwIfAborted();
  let leave = () => {};
  const left = new Promise<never>((_, reject) => leave = () => reject(signal.reason));
  signal.addEventListener("abort", leave);
  const answer = (async () => await fetch(url, init))();
  try {
    return await Promise.race([answer, left]);
  } finally {
    signal.removeEventListener("abort", leave);
    if (signal.aborted) answer.then(({ body }) => body?.cancel()).catch(() => {});
  }
};
