/** How long a refusal is told for all that follow, in ms. */
const QUIET = 60_000;

/** What an operator is told of logs that do not reach their store, and of no more than he has to know. */
export interface Complaints {
  /** So many entries had to make way for others. */
  dropped(entries: number): void;
  /** The store fails. */
  fails(cause: string): void;
  /** The store refuses one entry for good, and keeps others. */
  refuses(cause: string): void;
  /** A batch is kept; `behind` where others fill the next one. */
  kept(behind: boolean): void;
}

/**
 * @param warn is told
 * @param now the clock, in ms
 */
export function createComplaints(warn: (message: string) => void, now: () => number): Complaints {
  /** Entries that nobody was told of yet. */
  let lost = 0;
  let refused = 0;
  /** Whether it was told that the store fails. */
  let complained = false;
  /** Until when no further refusal is told. */
  let quiet = -Infinity;

  return {
    dropped(entries) {
      if (entries > 0 && lost === 0) {
        warn("waygate: the log store cannot keep up; the oldest requests are not logged");
      }
      lost += entries;
    },
    fails(cause) {
      if (!complained) warn(`waygate: the log store fails (${cause}); what is to be logged waits for it`);
      complained = true;
    },
    refuses(cause) {
      refused++;
      if (now() < quiet) return;
      warn(
        `waygate: the log store refuses what it cannot keep (${cause}); ${refused} requests were not logged`,
      );
      refused = 0;
      quiet = now() + QUIET;
    },
    kept(behind) {
      if (!complained && (lost === 0 || behind)) return;
      complained = false;
      warn(`waygate: the log store is well again; ${lost} requests were not logged`);
      lost = 0;
    },
  };
}
