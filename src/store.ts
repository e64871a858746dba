import { createShelf, type Shelf } from "./shelf.ts";

/**
 * Values that outlive a request, for all who share them. Keys are text of at most 512 characters, values are JSON, or bytes as one `Uint8Array`. Who
 * reads a value may find what another has just replaced.
 */
export interface Store {
  /** What was set, or undefined when nothing was or its time is over. */
  get(key: string): Promise<unknown>;
  /** @param ttl how long it is kept, in ms */
  set(key: string, value: unknown, ttl: number): Promise<void>;
  delete(key: string): Promise<void>;
}

/** What has been counted under a key. */
export interface Count {
  /** The sum of this window, the latest addition included. */
  readonly used: number;
  /** How long the window still lasts, in ms. */
  readonly resets: number;
}

/** Counts for all who share them; an addition and what it gives are one step, so that two never get the same sum. */
export interface Counter {
  /**
   * Adds to the count of a key.
   *
   * @param amount an integer, also a negative one
   * @param window how long it is counted, in ms, from the first addition; then the count starts anew
   */
  add(key: string, amount: number, window: number): Promise<Count>;
}

/** How much a store in memory holds; beyond it what was used longest ago is forgotten. */
export interface MemoryLimits {
  /** Most values, most counts of each limit, and most of all circuits together. @default 10000 */
  readonly entries?: number;
  /** Most bytes of values that are bytes. @default 67108864 */
  readonly bytes?: number;
}

/**
 * A store in memory, for one program.
 *
 * @param now the clock, in ms
 */
export function memoryStore(
  { entries = 10_000, bytes = 64 * 1024 * 1024 }: MemoryLimits = {},
  now: () => number = () => performance.now(),
): Store & Counter {
  const values = createShelf<unknown>(entries, bytes, now);
  /** By what is counted, such as a limit: what comes in masses there must not drive out what is counted elsewhere. */
  const counts = new Map<string, Shelf<number>>();
  const shelfOf = (key: string): Shelf<number> => {
    const kind = kindOf(key);
    const shelf = counts.get(kind) ?? createShelf<number>(entries, Infinity, now);
    counts.set(kind, shelf);
    return shelf;
  };
  return {
    get: (key) => Promise.resolve(values.get(key)?.value),
    set: (key, value, ttl) => Promise.resolve(values.set(key, { value, ends: now() + ttl })),
    delete: (key) => Promise.resolve(values.delete(key)),
    add(key, amount, window) {
      const shelf = shelfOf(key);
      const { value, ends } = shelf.get(key) ?? { value: 0, ends: now() + window };
      const used = value + amount;
      shelf.set(key, { value: used, ends });
      return Promise.resolve({ used, resets: ends - now() });
    },
  };
}

/**
 * What a key counts: of a circuit, what stands before its first slash; of a limit, all but its last two parts, which are
 * whose count it is and when. Nothing that clients can invent is in it, so that there are not ever more of them.
 */
function kindOf(key: string): string {
  return /^[^:/]*\//.exec(key)?.[0] ?? /^(.*?)(?::[^:]*){1,2}$/.exec(key)?.[1] ?? "";
}
