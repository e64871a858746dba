import type { Counter } from "./store.ts";

/** How windows follow each other. */
export type Technique = "fixed" | "sliding";

/** So much of something in so much time. */
export interface Rate {
  readonly limit: number;
  /** Length of a window, in ms. */
  readonly window: number;
  readonly technique: Technique;
}

/** What came of asking for more. */
export interface Verdict {
  readonly granted: boolean;
  /** What may still be asked for now, never below 0. */
  readonly left: number;
  /** Ms until more may be asked for than now. */
  readonly resets: number;
}

/**
 * Asks for one more under a key. Of any number that ask at once, as many are granted as the rate allows: who adds to a
 * counter is told the sum that is his alone.
 *
 * A fixed window begins at every multiple of its length since the epoch. A sliding one counts what this window has and,
 * for the part of it that is still to come, what the one before had.
 *
 * @param now ms since the epoch
 */
export async function ask(
  counter: Counter,
  key: string,
  rate: Rate,
  now: number = Date.now(),
): Promise<Verdict> {
  const index = Math.floor(now / rate.window);
  const passed = now - index * rate.window;
  const add = async (index: number, amount: number) =>
    (await counter.add(`${key}:${index}`, amount, 2 * rate.window)).used;
  const own = await add(index, 1);
  const before = rate.technique === "sliding" ? await add(index - 1, 0) : 0;
  const weight = 1 - passed / rate.window;
  const used = own + before * weight;
  if (used <= rate.limit) {
    return { granted: true, left: Math.floor(rate.limit - used), resets: rate.window - passed };
  }
  await add(index, -1).catch(() => {});
  return { granted: false, left: 0, resets: untilFree(rate, Math.min(own - 1, rate.limit), before, passed) };
}

/** Ms until one more fits into a sliding window that holds `own` and a part of `before`; into a fixed one, its rest. */
function untilFree({ limit, window, technique }: Rate, own: number, before: number, passed: number): number {
  const rest = window - passed;
  if (technique === "fixed") return rest;
  const room = limit - 1 - own;
  if (room >= 0) return Math.max(window * (1 - room / before) - passed, 0);
  return rest + window * (1 - (limit - 1) / own);
}
