import type { Counter } from "./store.ts";
import type { Fields } from "./types.ts";

/** How windows follow each other. */
export type Technique = "fixed" | "sliding";

/** So much of something in so much time. */
export interface Rate {
  readonly limit: number;
  /** Length of a window, in ms. */
  readonly window: number;
  readonly technique: Technique;
}

/** How much is asked for, and when. */
interface Question {
  /** A whole number. @default 1 */
  readonly amount?: number;
  /** In ms since the epoch. @default now */
  readonly now?: number;
}

/** What came of asking for more. */
export interface Verdict {
  readonly granted: boolean;
  /** What may still be asked for now, never below 0. */
  readonly left: number;
  /** Ms until more may be asked for than now. */
  readonly resets: number;
  /** Puts what was used in the end in place of what was granted. */
  settle(used: number): Promise<void>;
}

/** What all steps of a request that count under one key were granted together. */
export interface Grant {
  readonly key: string;
  /** Undefined where the counter has failed. */
  readonly verdict: Promise<Verdict | undefined>;
  /** Steps that go by it. */
  holders: number;
}

/**
 * Asks for an amount under a key. Of any number that ask at once, no more is granted than the rate allows: who adds to a
 * counter is told the sum that is his alone. An amount above one is added only where it may fit.
 *
 * A fixed window begins at every multiple of its length since the epoch. A sliding one counts what this window has and,
 * for the part of it that is still to come, what the one before had.
 */
export async function ask(
  counter: Counter,
  key: string,
  rate: Rate,
  { amount = 1, now = Date.now() }: Question = {},
): Promise<Verdict> {
  const index = Math.floor(now / rate.window);
  const passed = now - index * rate.window;
  const weight = 1 - passed / rate.window;
  const add = async (index: number, amount: number) => {
    const { used } = await counter.add(`${key}:${index}`, amount, 2 * rate.window);
    if (Number.isFinite(used)) return used;
    throw new Error("The counter gives no sum");
  };
  const settle = async (used: number) => {
    if (used !== amount) await add(index, used - amount);
  };
  const before = rate.technique === "sliding" ? add(index - 1, 0) : Promise.resolve(0);
  before.catch(() => {}); // Told below, when the other sum is there.

  async function refuse(others: number): Promise<Verdict> {
    const resets = untilFree(rate, Math.min(others, rate.limit), await before, passed, amount);
    return { granted: false, left: Math.max(Math.floor(rate.limit - others), 0), resets, settle };
  }

  if (amount > 1) {
    const others = await add(index, 0);
    if (others + await before * weight + amount > rate.limit) return await refuse(others);
  }
  const own = await add(index, amount);
  const used = own + weight * await before.catch((error) => settle(0).then(() => Promise.reject(error)));
  if (used <= rate.limit) {
    return { granted: true, left: Math.floor(rate.limit - used), resets: rate.window - passed, settle };
  }
  await settle(0).catch(() => {});
  return await refuse(own - amount);
}

/**
 * Of questions that were asked together, the one that refuses all.
 *
 * @param verdicts undefined where the counter has failed
 * @param failClosed whether a failure refuses, too
 * @returns its index, -1 where none refuses
 */
export function refusalIn(verdicts: readonly (Verdict | undefined)[], failClosed: boolean): number {
  return verdicts.findIndex((verdict) => verdict ? !verdict.granted : failClosed);
}

/** Nothing of what was granted will be used. */
export async function giveBack(verdicts: readonly (Verdict | undefined)[]): Promise<void> {
  await Promise.all(verdicts.map((verdict) => verdict?.granted && verdict.settle(0).catch(() => {})));
}

/** Ms until an amount fits into a sliding window that holds `own` and a part of `before`; into a fixed one, its rest. */
function untilFree(
  { limit, window, technique }: Rate,
  own: number,
  before: number,
  passed: number,
  amount: number,
): number {
  const rest = window - passed;
  if (technique === "fixed") return rest;
  const room = limit - amount - own;
  if (room >= 0) return Math.max(window * (1 - room / before) - passed, 0);
  return rest + window * (1 - Math.max(limit - amount, 0) / own);
}

/**
 * What tells a client of a limit that it has reached.
 *
 * @param name the limit's
 * @param unit what it counts, where that is not requests
 * @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
 */
export function fieldsOf(name: string, { limit, window }: Rate, verdict: Verdict, unit?: string): Fields {
  const seconds = Math.max(Math.ceil(verdict.resets / 1000), 1);
  const counted = unit === undefined ? "" : `;qu="${unit}"`;
  return {
    "retry-after": String(seconds),
    "ratelimit": `"${name}";r=${verdict.left};t=${seconds}`,
    "ratelimit-policy": `"${name}";q=${limit}${counted};w=${window / 1000}`,
  };
}
