import { within } from "./patience.ts";
import type { Counter, Store } from "./store.ts";

/** How long a store is waited for and left alone, in ms. */
interface Pace {
  /** Longest wait for what it is asked. @default 1000 */
  readonly patience?: number;
  /** How long it is asked nothing after it has taken about so long to fail. @default 1000 */
  readonly rest?: number;
}

/** Tells the operator of a store's health. */
export interface Nurse {
  failed(error: unknown): void;
  worked(): void;
}

/**
 * A nurse who tells that a store fails when it begins to, and that it is well again when it works so long after its last
 * failure. What fails sooner belongs to the failure that was told.
 *
 * @param name what it is called
 * @param recovery how long, in ms
 */
export function createNurse(
  warn: (message: string) => void,
  name: "store" | "cache store" = "store",
  recovery: number = 10_000,
): Nurse {
  let failing = false;
  let workedSince = false;
  let last = -Infinity;
  const isLongAgo = () => performance.now() - last > recovery;
  return {
    failed(error) {
      if (!failing || (workedSince && isLongAgo())) warn(`waygate: the ${name} fails${reasonOf(error)}`);
      failing = true;
      workedSince = false;
      last = performance.now();
    },
    worked() {
      workedSince = true;
      if (!failing || !isLongAgo()) return;
      failing = false;
      warn(`waygate: the ${name} is well again`);
    },
  };
}

/** A word for what went wrong; a store's sentences may hold its password. */
function reasonOf(error: unknown): string {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  const word = /^[A-Z][A-Z0-9_]{2,40}/.exec(`${code ?? ""}`) ?? /^[A-Z]{3,20}\b/.exec(`${message ?? ""}`);
  return word ? ` (${word[0]})` : "";
}

/**
 * A stranger's store that rejects when it throws or keeps silent, and for a while after a silence at once, so that one
 * that is gone costs one call a second its patience. What is added after all when nobody waits any more is taken back.
 */
export function steady<Kind extends Store & Partial<Counter>>(
  store: Kind,
  nurse: Nurse,
  { patience = 1000, rest = 1000 }: Pace = {},
): Kind {
  let silentUntil = -Infinity;

  async function attempt<Value>(work: () => Promise<Value>, undo?: () => Promise<unknown>): Promise<Value> {
    const began = performance.now();
    if (began < silentUntil) throw new Error("The store keeps silent");
    const working = (async () => await work())();
    try {
      const value = await within(patience, working);
      nurse.worked();
      return value;
    } catch (error) {
      const now = performance.now();
      if (now - began >= 0.9 * patience) silentUntil = now + rest;
      if (undo) working.then(undo).catch(() => {});
      nurse.failed(error);
      throw error;
    }
  }

  const add = store.add?.bind(store);
  return {
    get: (key) => attempt(() => store.get(key)),
    set: (key, value, ttl) => attempt(() => store.set(key, value, ttl)),
    delete: (key) => attempt(() => store.delete(key)),
    ...(add && {
      add: (key, amount, window) => attempt(() => add(key, amount, window), () => add(key, -amount, window)),
    }),
  } satisfies Store & Partial<Counter> as Kind;
}
