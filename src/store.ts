/**
 * Values that outlive a request, for all who share them. Keys are text of at most 512 characters, values are JSON. Who
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

/** A stranger's store that fails when it keeps silent for longer than `patience` ms. */
export function impatient(store: Store & Counter, patience: number = 1000): Store & Counter {
  return {
    get: (key) => within(patience, store.get(key)),
    set: (key, value, ttl) => within(patience, store.set(key, value, ttl)),
    delete: (key) => within(patience, store.delete(key)),
    add: (key, amount, window) => within(patience, store.add(key, amount, window)),
  };
}

function within<Value>(ms: number, promise: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("The store is silent")), ms);
    Promise.resolve(promise).then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

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
