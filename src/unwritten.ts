import type { LogRecord, LogStore } from "./logs.ts";
import { within } from "./patience.ts";

/** Something that holds entries for a store. */
interface Holder {
  flush(): Promise<void>;
}

/** Longest wait for what is asked for, in ms. */
const PATIENCE = 2000;

/** By store, because a gateway that replaces another shares it. */
const holders = new WeakMap<LogStore, Set<Holder>>();

/** Those who hold entries for a store; each comes and goes by itself. */
export function holdersOf(store: LogStore): Set<Holder> {
  const own = holders.get(store) ?? new Set();
  holders.set(store, own);
  return own;
}

/** Settles when all that anybody holds for a store is kept, or the store has failed once more. */
export async function flushLogs(store: LogStore): Promise<void> {
  await Promise.all(Array.from(holdersOf(store), (holder) => holder.flush()));
}

/** A record, even one that has not reached its store yet. */
export async function findLog(store: LogStore, id: string): Promise<LogRecord | undefined> {
  const found = await store.get(id);
  if (found) return found;
  await untilTold();
  await within(PATIENCE, flushLogs(store)).catch(() => {});
  return await store.get(id);
}

/** Whoever read an answer to its end comes before its telling; a turn later it is told. */
export async function untilTold(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve));
}
