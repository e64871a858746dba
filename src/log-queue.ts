import type { LogEntry } from "./logs.ts";

/** Most entries that go at once. */
const BATCH = 100;
/** Most bytes that go at once, unless one entry has more. */
const BATCH_BYTES = 8 * 1024 * 1024;
/** Most that wait, in entries and in bytes. */
const MOST_ENTRIES = 10_000;
const MOST_BYTES = 64 * 1024 * 1024;

/** How often an entry fails alone, while others are kept between, until it is dropped. */
const MOST_FAILURES = 3;

/** An entry that waits. */
export interface Waiting {
  readonly entry: LogEntry;
  /** Of its bodies and texts. */
  readonly bytes: number;
  /** How often it has failed alone, while others were kept between. */
  failures: number;
  /** How many batches have to be kept until it comes again. */
  due: number;
  /** Whether it may come at once. */
  renewed: boolean;
}

/** Entries that wait for their store, the oldest first. */
export interface LogQueue {
  /** Whether they fill a batch. */
  full(): boolean;
  size(): number;
  /** Whether something has not failed alone, or may come again. */
  fresh(): boolean;
  /** @returns how many of the oldest had to be dropped for it */
  add(entry: LogEntry): number;
  /** Lets all that has failed alone come once more; that it fails again does not count. */
  renew(): void;
  /** Takes what is to be brought next. */
  take(): readonly Waiting[];
  /** Takes back what could not be brought. */
  restore(batch: readonly Waiting[]): void;
  /** Is told that a batch is kept. */
  kept(batch: readonly Waiting[]): void;
  /**
   * Is told that the store refuses a batch.
   *
   * @returns what became of it: `dropped`, because the store refuses this entry again and again, and keeps others; `alone`,
   * because it was the only one, which may be its own fault or the store's; `again`, because that was so before; `split`,
   * because there are smaller ones to be tried
   */
  refused(batch: readonly Waiting[]): "dropped" | "alone" | "again" | "split";
}

/** A queue that is empty. */
export function createLogQueue(): LogQueue {
  let queue: Waiting[] = [];
  let bytes = 0;
  /** How many batches were kept. */
  let successes = 0;
  /** Most entries of a batch: after one was refused, it grows from 1 again. */
  let most = BATCH;

  /** Who failed alone comes again, alone, when others were kept since, or when nobody else is left. */
  function take(): readonly Waiting[] {
    const again = queue.findIndex((one) => one.failures > 0 && mayCome(one));
    if (again >= 0) return queue.splice(again, 1);
    const batch: Waiting[] = [];
    let size = 0;
    for (const one of queue) {
      if (one.failures > 0) continue;
      if (batch.length === most || (batch.length > 0 && size + one.bytes > BATCH_BYTES)) break;
      batch.push(one);
      size += one.bytes;
    }
    if (batch.length === 0) return queue.splice(0, 1);
    const taken = new Set(batch);
    queue = queue.filter((one) => !taken.has(one));
    return batch;
  }

  function mayCome({ due, renewed }: Waiting): boolean {
    return due <= successes || renewed;
  }

  function restore(batch: readonly Waiting[]): void {
    queue = [...batch, ...queue];
  }

  function forget(batch: readonly Waiting[]): void {
    for (const one of batch) bytes -= one.bytes;
  }

  return {
    full: () => queue.length >= BATCH,
    size: () => queue.length,
    fresh: () => queue.some(mayCome),
    add(entry) {
      const size = sizeOf(entry);
      queue.push({ entry, bytes: size, failures: 0, due: 0, renewed: false });
      bytes += size;
      let dropped = 0;
      for (; queue.length > MOST_ENTRIES || (bytes > MOST_BYTES && queue.length > 0); dropped++) {
        forget([queue.shift()!]);
      }
      return dropped;
    },
    renew() {
      for (const one of queue) one.renewed = one.failures > 0;
    },
    take,
    restore,
    kept(batch) {
      forget(batch);
      successes++;
      most = Math.min(2 * most, BATCH);
    },
    refused(batch) {
      most = 1;
      const [one] = batch;
      one!.renewed = false;
      const isAgain = one!.failures > 0;
      if (batch.length === 1 && one!.due <= successes) {
        if (++one!.failures > MOST_FAILURES) {
          forget(batch);
          return "dropped";
        }
        // Ever later, so that a store that fails now and then does not always meet the same one.
        one!.due = successes + one!.failures;
      }
      restore(batch);
      return batch.length > 1 ? "split" : isAgain ? "again" : "alone";
    },
  };
}

/** Bytes of its bodies, and characters of its texts. */
function sizeOf({ record, request, response }: LogEntry): number {
  let size = (request?.byteLength ?? 0) + (response?.byteLength ?? 0);
  for (const texts of [record, record.metadata ?? {}]) {
    for (const value of Object.values(texts)) if (typeof value === "string") size += value.length;
  }
  return size;
}
