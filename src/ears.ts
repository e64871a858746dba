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
  /** Is given what is being told. */
  readonly follow: (telling: Promise<unknown>) => void;
}

/** A request that is over. */
interface Told {
  readonly entry: LogEntry | Promise<LogEntry>;
  /** Whether it is to be logged, where there are logs. */
  readonly wanted: (entry: LogEntry) => boolean;
}

/**
 * Tells of a request that is over; what goes wrong there reaches no client.
 *
 * @returns settles when it is kept, or could not be
 */
export async function report(told: Told, ears: Ears): Promise<void> {
  const telling = tell(told, ears);
  ears.follow(telling);
  const { kept } = await telling;
  await kept;
}

/** Settles when everybody knows, which may be before it is kept. */
async function tell({ entry, wanted }: Told, { journal, redact, onEnd, warn }: Ears) {
  try {
    const ready = await entry;
    const heard = onEnd?.(ready.record);
    const said = wanted(ready) && journal ? (redact ? redact(ready) : ready) : undefined;
    const kept = said && journal!.write(said);
    await heard;
    return { kept };
  } catch {
    warn("waygate: a request could not be logged");
    return { kept: undefined };
  }
}
