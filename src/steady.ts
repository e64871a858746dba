import { Silence, within } from "./patience.ts";
import type { Counter, Store } from "./store.ts";

/** How long a store is waited for and left alone, in ms. */
interface Pace {
  /** Longest wait for what it is asked. @default 1000 */
  readonly patience?: number;
  /** How long it is asked nothing after it has kept silent. @default 1000 */
  readonly rest?: number;
  /** How long it has to be well to be called so. @default 10000 */
  readonly recovery?: number;
}

/**
 * A stranger's store that rejects when it throws or keeps silent, and for a while after a silence at once, so that one
 * that is gone costs one call a second its patience. The operator is told when it begins to fail and when that is over.
 */
export function steady<Kind extends Store & Partial<Counter>>(
  store: Kind,
  warn: (message: string) => void,
  { patience = 1000, rest = 1000, recovery = 10_000 }: Pace = {},
): Kind {
  let failing = false;
  let failed = -Infinity;
  let silentUntil = -Infinity;

  async function attempt<Value>(work: () => Promise<Value>): Promise<Value> {
    if (performance.now() < silentUntil) throw new Error("The store keeps silent");
    try {
      const value = await within(patience, (async () => await work())());
      if (failing && performance.now() - failed > recovery) tell(false);
      return value;
    } catch (error) {
      failed = performance.now();
      if (error instanceof Silence) silentUntil = failed + rest;
      if (!failing) tell(true);
      throw error;
    }
  }

  /** What the store itself says may hold its password. */
  function tell(fails: boolean): void {
    failing = fails;
    warn(fails ? "waygate: the store fails; calls go on without it" : "waygate: the store is well again");
  }

  const add = store.add?.bind(store);
  return {
    get: (key) => attempt(() => store.get(key)),
    set: (key, value, ttl) => attempt(() => store.set(key, value, ttl)),
    delete: (key) => attempt(() => store.delete(key)),
    ...(add && { add: (key, amount, window) => attempt(() => add(key, amount, window)) }),
  } satisfies Store & Partial<Counter> as Kind;
}
