import { bring } from "./bring.ts";
import { createComplaints } from "./log-complaints.ts";
import { createLogQueue, type Waiting } from "./log-queue.ts";
import type { GatewayRetention, LogEntry, LogStore } from "./logs.ts";
import { holdersOf } from "./unwritten.ts";

/** Longest that an entry waits for others, in ms. */
const PAUSE = 1000;
/** Longest wait for the store, in ms. */
const PATIENCE = 10_000;
/** Longest pause after it has failed, in ms. */
const LONGEST_REST = 30_000;
/** How many that fail alone, one after another, tell of a store that fails. */
const TRIES = 2;
/** Most that failed alone before and are tried in a row. */
const MOST_AGAIN = 8;
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

/** What somebody does who brings entries. */
interface Work {
  batch: readonly Waiting[];
  /** When the store has to have answered, by the monotonic clock, in ms. */
  due: number;
  over: Promise<void>;
}

/**
 * A journal that is empty. A store that is slow or gone delays nobody: entries wait for it, up to a bound. One
 * that the store refuses though it keeps others is dropped.
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
  const queue = createLogQueue();
  const holders = holdersOf(store);
  const complaints = createComplaints(warn, now);
  let failures = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Lets go of whoever waits for the timer. */
  let wake: () => void = nobody;
  /** When the timer has to go off, by the monotonic clock, in ms. */
  let due = Infinity;
  let working: Work | undefined;

  async function write(entry: LogEntry): Promise<void> {
    holders.add(journal);
    complaints.dropped(queue.add(entry));
    const isDue = (queue.full() && failures === 0) || now() > due + LATE;
    await (isDue ? work() : rest());
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
      // A store that fails, or is closed, keeps no process from ending.
      if (failures > 0) (timer as { readonly unref?: () => void }).unref?.();
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
    if (working) queue.restore(working.batch);
    const own: Work = { batch: [], due: Infinity, over: Promise.resolve() };
    working = own;
    own.over = carry(own);
    return own.over.then(() => queue.size() > 0 ? rest() : undefined);
  }

  /** Brings batch after batch, until what is left fills none, or the store fails, or somebody else has taken over. */
  async function carry(own: Work): Promise<void> {
    let alone = 0, again = 0, hasFailed = false;
    do {
      own.batch = queue.take();
      own.due = now() + PATIENCE;
      const failing = await bring(own.batch.map(({ entry }) => entry), store, bounds, PATIENCE);
      if (working !== own) return;
      if (!failing) {
        queue.kept(own.batch);
        alone = 0;
        failures = 0;
        complaints.kept(queue.full());
        continue;
      }
      hasFailed = true;
      const fate = queue.refused(own.batch);
      if (fate === "dropped") complaints.refuses(failing.cause);
      if (fate === "alone") alone++;
      if (fate === "again") again++;
      const isOver = failing.late || alone >= (failures === 0 ? TRIES : 1) || again >= MOST_AGAIN ||
        !queue.fresh();
      if (!isOver) continue;
      failures++;
      if (fate !== "again" && fate !== "dropped") complaints.fails(failing.cause);
      break;
    } while (queue.full() || (hasFailed && queue.size() > 0));
    working = undefined;
    if (queue.size() === 0) holders.delete(journal);
  }

  async function flush(): Promise<void> {
    const before = failures;
    queue.renew();
    while ((working || queue.size() > 0) && failures <= before) {
      void work();
      await working?.over;
      if (!working && !queue.fresh()) return;
    }
  }

  const journal: Journal = { write, flush };
  return journal;
}

function nobody(): void {}
