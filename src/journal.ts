import type { GatewayRetention, LogEntry, LogStore } from "./logs.ts";
import { within } from "./patience.ts";

/** Most entries that go at once. */
const BATCH = 100;
/** Longest that an entry waits for others, in ms. */
const PAUSE = 1000;
/** Most that wait, in entries and in bytes of their bodies; beyond it the oldest are dropped. */
const MOST_ENTRIES = 10_000;
const MOST_BYTES = 64 * 1024 * 1024;
/** Longest wait for the store, in ms. */
const PATIENCE = 10_000;
/** Longest pause after it has failed, in ms. */
const LONGEST_REST = 30_000;

/** Takes what is to be logged, and brings it to its store in its own time. */
export interface Journal {
  /** Settles when the entry is kept, or dropped; it never rejects. */
  write(entry: LogEntry): Promise<void>;
  /** Settles when all that was written is kept, or the store has failed once more. */
  flush(): Promise<void>;
}

/** An entry that waits. */
interface Waiting {
  readonly entry: LogEntry;
  readonly bytes: number;
  readonly done: () => void;
}

/**
 * A journal that is empty. A store that is slow or gone delays nobody: entries wait for it, up to a bound.
 *
 * @param warn is told when entries are dropped or the store fails, and how many were dropped when that is over
 * @param bounds what gateway ids keep at most, where they say so
 */
export function createJournal(
  store: LogStore,
  warn: (message: string) => void,
  bounds: ReadonlyMap<string, GatewayRetention>,
): Journal {
  let queue: Waiting[] = [];
  let bytes = 0;
  let dropped = 0;
  let failures = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let working: Promise<void> | undefined;

  function write(entry: LogEntry): Promise<void> {
    return new Promise((done) => {
      const size = (entry.request?.byteLength ?? 0) + (entry.response?.byteLength ?? 0);
      queue.push({ entry, bytes: size, done });
      bytes += size;
      while (queue.length > MOST_ENTRIES || (bytes > MOST_BYTES && queue.length > 0)) drop();
      if (queue.length >= BATCH && failures === 0) work();
      else rest();
    });
  }

  function drop(): void {
    if (dropped++ === 0) warn("waygate: the log store cannot keep up; the oldest requests are not logged");
    release(queue.shift()!);
  }

  function release({ bytes: size, done }: Waiting): void {
    bytes -= size;
    done();
  }

  /** Goes on after a while; the more often the store has failed, the later. */
  function rest(): void {
    timer ??= setTimeout(work, Math.min(PAUSE * 2 ** failures, LONGEST_REST));
  }

  function work(): void {
    clearTimeout(timer);
    timer = undefined;
    working ??= carry().finally(() => {
      working = undefined;
      if (queue.length > 0) rest();
    });
  }

  /** Brings batch after batch, until what is left fills none, or the store fails. */
  async function carry(): Promise<void> {
    do {
      const batch = queue.splice(0, BATCH);
      const entries = batch.map(({ entry }) => entry);
      try {
        await within(PATIENCE, (async () => await store.append(entries, bounds))());
      } catch {
        queue = [...batch, ...queue];
        if (failures++ === 0) warn("waygate: the log store fails; what is to be logged waits for it");
        return;
      }
      batch.forEach(release);
      recover();
    } while (queue.length >= BATCH);
  }

  function recover(): void {
    if (failures === 0 && (dropped === 0 || queue.length >= BATCH)) return;
    warn(`waygate: the log store is well again; ${dropped} requests were not logged`);
    failures = 0;
    dropped = 0;
  }

  async function flush(): Promise<void> {
    const before = failures;
    while ((working || queue.length > 0) && failures <= before) {
      work();
      await working;
    }
  }

  return { write, flush };
}
