/** Calls something later, and gives what prevents it. */
export type After = (ms: number, run: () => void) => () => void;

/** When something is sent. */
export interface Schedule {
  /** Longest that it waits, in ms. */
  readonly interval: number;
  /** The clock, in ms since the epoch. */
  readonly now: () => number;
  readonly after: After;
  /** Whether there is anything to send. */
  readonly waits: () => boolean;
  /** Whether there is so much that it does not wait. */
  readonly full: () => boolean;
  /**
   * Sends what waits when it begins. It must not reject.
   *
   * @param extend says for how many ms more it may be silent without being given up
   */
  readonly work: (extend: (ms: number) => void) => Promise<void>;
}

/** Sends one thing after the other, later or now. */
export interface Channel {
  /** Sees to it that what waits is sent. */
  soon(): void;
  /** Resolves when what waits now was sent, or could not be. */
  flush(): Promise<void>;
}

/**
 * How late a timer or a call may be, in ms, before it is taken for dead: on Workers both die with the request that they
 * were made in, and nobody is told.
 */
const GRACE = 5000;

/** A channel that has a timer only while something waits. */
export function createChannel({ interval, now, after, waits, full, work }: Schedule): Channel {
  let due: number | undefined;
  let cancel = () => {};
  let busy: { until: number; done: Promise<void> } | undefined;

  function soon(): void {
    if (full()) return void send();
    if (due !== undefined) return now() < due + GRACE ? undefined : void send();
    due = now() + interval;
    cancel = after(interval, () => void send());
  }

  function send(): Promise<void> {
    cancel();
    due = undefined;
    if (busy && now() <= busy.until) return busy.done;
    const run = { until: Infinity, done: Promise.resolve() };
    busy = run;
    run.done = work((ms) => run.until = now() + ms + GRACE).then(() => {
      if (busy !== run) return;
      busy = undefined;
      if (waits()) soon();
    });
    return run.done;
  }

  return {
    soon,
    async flush() {
      if (busy && now() <= busy.until) await busy.done;
      await send();
    },
  };
}
