import type { Count, Counter } from "../src/index.ts";
import type { Kv, KvKey } from "./deno-kv.ts";

/** An addition that waits for its turn, and whoever waits for it. */
interface Addition {
  readonly amount: number;
  readonly window: number;
  resolve(count: Count): void;
  reject(error: unknown): void;
}

/** What lies under the key of a count. */
interface Sum {
  readonly used: number;
  /** By the wall clock, in ms. */
  readonly ends: number;
}

/** Most tries to commit before others. */
const TRIES = 40;
/** Longest pause between two tries, in ms. */
const PAUSE = 100;

/**
 * Adds by comparing and setting. What comes while a key is busy waits and then goes together, so that a key that all
 * ask for costs one commit after the other and not one for each who asks.
 */
export function createAdder(kv: Kv, placeOf: (key: string) => KvKey, now: () => number): Counter["add"] {
  const waiting = new Map<string, Addition[]>();

  async function work(key: string): Promise<void> {
    for (let additions = waiting.get(key); additions?.length; additions = waiting.get(key)) {
      waiting.set(key, []);
      await commit(placeOf(key), additions);
    }
    waiting.delete(key);
  }

  async function commit(place: KvKey, additions: readonly Addition[]): Promise<void> {
    try {
      const counts = await addAll(place, additions);
      for (const [index, { resolve }] of additions.entries()) resolve(counts[index]!);
    } catch (error) {
      for (const { reject } of additions) reject(error);
    }
  }

  async function addAll(place: KvKey, additions: readonly Addition[]): Promise<Count[]> {
    for (let tried = 0; tried < TRIES; tried++) {
      if (tried > 0) await pause(tried);
      const { value, versionstamp } = await kv.get(place);
      const at = now();
      const known = value as Sum | null;
      const { used, ends } = known && known.ends > at ? known : { used: 0, ends: at + additions[0]!.window };
      let sum = used;
      const counts = additions.map(({ amount }) => ({ used: sum += amount, resets: ends - at }));
      const changes = kv.atomic().check({ key: place, versionstamp })
        .set(place, { used: sum, ends } satisfies Sum, { expireIn: Math.ceil(ends - at) });
      if ((await changes.commit()).ok) return counts;
    }
    throw new Error("Too many add to the same count at once");
  }

  return (key, amount, window) =>
    new Promise((resolve, reject) => {
      const addition: Addition = { amount, window, resolve, reject };
      const queue = waiting.get(key);
      if (queue) return void queue.push(addition);
      waiting.set(key, [addition]);
      work(key);
    });
}

/** Longer with every try, and never the same for two. */
function pause(tried: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(2 ** tried, PAUSE)));
}
