import type { GatewayRetention, LogEntry, LogStore } from "./logs.ts";
import { within } from "./patience.ts";

/** How a store failed. */
export interface Failing {
  /** Whether it gave no answer in time. */
  readonly late: boolean;
  /** What the error is called; its message is not told, which may hold a password. */
  readonly cause: string;
}

/**
 * Brings entries to their store. It never rejects.
 *
 * @param patience how long it waits, in ms
 * @returns undefined when they are kept
 */
export async function bring(
  entries: readonly LogEntry[],
  store: LogStore,
  bounds: ReadonlyMap<string, GatewayRetention>,
  patience: number,
): Promise<Failing | undefined> {
  const answer = (async () => await store.append(entries, bounds))().then(
    () => undefined,
    (error: unknown): Failing => ({ late: false, cause: nameOf(error) }),
  );
  return await within(patience, answer).catch(() => ({ late: true, cause: "no answer in time" }));
}

function nameOf(error: unknown): string {
  const { name, code } = Object(error) as { readonly name?: unknown; readonly code?: unknown };
  const words = [name, code].filter((word) => typeof word === "string" && /^\w{1,50}$/.test(word));
  return words.length > 0 ? words.join(" ") : "unknown";
}
