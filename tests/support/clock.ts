/** Time that passes only when a test says so. */
export interface Clock {
  /** In ms since the epoch. */
  readonly now: () => number;
  readonly after: (ms: number, run: () => void) => () => void;
  /** Times at which something is still to be called, in ms from now. */
  readonly ahead: readonly number[];
  /** Lets time pass, and calls what is due in it; with `dead`, calls nothing and forgets it. */
  pass(ms: number, timers?: "dead"): void;
}

/** @param began in ms since the epoch */
export function createClock(began: number): Clock {
  let now = began;
  let timers: { readonly at: number; readonly run: () => void }[] = [];
  return {
    now: () => now,
    after(ms, run) {
      const timer = { at: now + ms, run };
      timers.push(timer);
      return () => timers = timers.filter((other) => other !== timer);
    },
    get ahead() {
      return timers.map(({ at }) => at - now);
    },
    pass(ms, fate) {
      now += ms;
      const due = timers.filter(({ at }) => at <= now);
      timers = timers.filter(({ at }) => at > now);
      if (fate !== "dead") { for (const { run } of due) run(); }
    },
  };
}
