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
/** How late whoever brings entries may be until he is taken for gone, in ms. */
const LATE = 1000;

/** Takes what is to be logged, and brings it to its store in its own time. */
export interface Journal {
  /**
   * Settles when nothing of what this call has begun is left to do; it never rejects. Most entries are brought by what
   * another call has begun, so that only a few calls have something to do.
   */
  write(entry: LogEntry): Promise<void>;
  /** Settles when all that was written is kept, or the store has failed once more. */
  flush(): Promise<void>;
}

/** An entry that waits. */
interface Waiting {
  readonly entry: LogEntry;
  readonly bytes: number;
}

/** What somebody does who brings entries. */
interface Work {
  batch: readonly Waiting[];
  /** When the store has to have answered, by the monotonic clock, in ms. */
  due: number;
  over: Promise<void>;
}

/**
 * A journal that is empty. A store that is slow or gone delays nobody: entries wait for it, up to a bound.
 *
 * On Workers, timers and calls of a request end with it, whatever waits for them: so whoever has begun to wait or to
 * bring entries is kept until that is over, and who is late all the same is taken for gone.
 *
 * @param warn is told when entries are dropped or the store fails, and how many were dropped when that is over
 * @param bounds what gateway ids keep at most, where they say so
 * @param now the clock, in ms
 */
export function createJournal(
  store: LogStore,
  warn: (message: string) => void,
  bounds: ReadonlyMap<string, GatewayRetention> = new Map(),
  now: () => number = () => performance.now(),
): Journal {
  let queue: Waiting[] = [];
  let bytes = 0;
  let dropped = 0;
  let failures = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Lets go of whoever waits for the timer. */
  let wake: () => void = nobody;
  /** When the timer has to go off, by the monotonic clock, in ms. */
  let due = Infinity;
  let working: Work | undefined;

  async function write(entry: LogEntry): Promise<void> {
    const size = (entry.request?.byteLength ?? 0) + (entry.response?.byteLength ?? 0);
    queue.push({ entry, bytes: size });
    bytes += size;
    while (queue.length > MOST_ENTRIES || (bytes > MOST_BYTES && queue.length > 0)) drop();
    const full = queue.length >= BATCH && failures === 0;
    await (full || now() > due + LATE ? work() : rest());
  }

  function drop(): void {
    if (dropped++ === 0) warn("waygate: the log store cannot keep up; the oldest requests are not logged");
    bytes -= queue.shift()!.bytes;
  }

  /** Goes on after a while; the more often the store has failed, the later. */
  function rest(): Promise<void> | undefined {
    if (timer !== undefined) return undefined;
    const pause = Math.min(PAUSE * 2 ** failures, LONGEST_REST);
    due = now() + pause;
    return new Promise((resolve) => {
      wake = resolve;
      timer = setTimeout(() => {
        // One request cannot clear another's timer.
        if (wake !== resolve) return;
        wake = nobody;
        resolve(work());
      }, pause);
    });
  }

  /** Begins to bring what waits, unless somebody does. */
  function work(): Promise<void> | undefined {
    clearTimeout(timer);
    timer = undefined;
    due = Infinity;
    wake();
    wake = nobody;
    if (working && now() <= working.due + LATE) return undefined;
    if (working) queue = [...working.batch, ...queue];
    const own: Work = { batch: [], due: Infinity, over: Promise.resolve() };
    working = own;
    own.over = carry(own);
    return own.over.then(() => queue.length > 0 ? rest() : undefined);
  }

  /** Brings batch after batch, until what is left fills none, or the store fails, or somebody else has taken over. */
  async function carry(own: Work): Promise<void> {
    do {
      own.batch = queue.splice(0, BATCH);
      own.due = now() + PATIENCE;
      const entries = own.batch.map(({ entry }) => entry);
      const kept = await within(PATIENCE, (async () => await store.append(entries, bounds))())
        .then(() => true, () => false);
      if (working !== own) return;
      if (!kept) {
        queue = [...own.batch, ...queue];
        if (failures++ === 0) warn("waygate: the log store fails; what is to be logged waits for it");
        break;
      }
      for (const one of own.batch) bytes -= one.bytes;
      recover();
    } while (queue.length >= BATCH);
    working = undefined;
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
      void work();
      await working?.over;
    }
  }

  return { write, flush };
}

function nobody(): void {}
