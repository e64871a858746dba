import type { Journal } from "./journal.ts";
import type { LogEntry, LogRecord, RequestNote } from "./logs.ts";
import type { Price } from "./public.ts";

/** Who wants to know of a gateway id's requests, and what of them. */
export interface Ears {
  readonly journal: Journal | undefined;
  readonly price: Price;
  /** Changes what is logged; undefined for nothing of it. */
  readonly redact: ((entry: LogEntry) => LogEntry | undefined) | undefined;
  readonly onRequest: ((request: RequestNote) => void) | undefined;
  readonly onEnd: ((record: LogRecord) => Promise<unknown>) | undefined;
  readonly warn: (message: string) => void;
}

/**
 * Tells of a request that is over.
 *
 * @param wanted whether it is to be logged, where there are logs
 */
export async function report(entry: LogEntry, wanted: boolean, ears: Ears): Promise<void> {
  const { journal, redact, onEnd } = ears;
  const heard = onEnd?.(entry.record);
  const kept = wanted && journal ? (redact ? redact(entry) : entry) : undefined;
  await Promise.all([heard, kept && journal!.write(kept)]);
}

/** Keeps a runtime from stopping before somebody was told; what goes wrong there reaches no client. */
export function settled(told: Promise<void>, { warn }: Ears): Promise<void> {
  return told.catch(() => warn("waygate: a request could not be logged"));
}
