import type { Counter, Store } from "./types.ts";

/** Something that is gone at a time of its own. */
interface Entry<Value> {
  readonly value: Value;
  /** By the store's clock, in ms. */
  readonly ends: number;
}

/**
 * A store in memory, for one program.
 *
 * @param limit most values, and most counts; beyond it what was written longest ago is forgotten
 * @param now the clock, in ms
 */
export function memoryStore(
  limit: number = 10_000,
  now: () => number = () => performance.now(),
): Store & Counter {
  const values = new Map<string, Entry<unknown>>();
  const counts = new Map<string, Entry<number>>();

  function read<Value>(entries: Map<string, Entry<Value>>, key: string): Entry<Value> | undefined {
    const entry = entries.get(key);
    if (!entry || now() < entry.ends) return entry;
    entries.delete(key);
    return undefined;
  }

  function write<Value>(entries: Map<string, Entry<Value>>, key: string, entry: Entry<Value>): void {
    entries.delete(key);
    entries.set(key, entry);
    if (entries.size <= limit) return;
    for (const [oldest] of entries) return void entries.delete(oldest);
  }

  return {
    get: (key) => Promise.resolve(read(values, key)?.value),
    set: (key, value, ttl) => Promise.resolve(write(values, key, { value, ends: now() + ttl })),
    delete: (key) => Promise.resolve(void values.delete(key)),
    add(key, amount, window) {
      const { value, ends } = read(counts, key) ?? { value: 0, ends: now() + window };
      const used = value + amount;
      write(counts, key, { value: used, ends });
      return Promise.resolve({ used, resets: ends - now() });
    },
  };
}
