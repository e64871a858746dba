import type { Fetch } from "./types.ts";

/** Waits for work until a signal aborts. @throws the signal's reason as soon as it does */
export async function heed<Value>(signal: AbortSignal, work: Promise<Value>): Promise<Value> {
  let leave = () => {};
  const left = new Promise<never>((_, reject) => leave = () => reject(signal.reason));
  signal.addEventListener("abort", leave);
  if (signal.aborted) leave();
  try {
    return await Promise.race([work, left]);
  } finally {
    signal.removeEventListener("abort", leave);
  }
}

/**
 * A `fetch` that rejects when its signal aborts, whether the one it calls does or not; an answer that comes later is
 * closed.
 */
export const obey = (fetch: Fetch): Fetch => async (url, init) => {
  const { signal } = init;
  if (!signal) return await fetch(url, init);
  signal.throwIfAborted();
  const answer = (async () => await fetch(url, init))();
  try {
    return await heed(signal, answer);
  } finally {
    if (signal.aborted) answer.then(({ body }) => body?.cancel()).catch(() => {});
  }
};
