/** How far ahead a timer is armed at most, in ms: one that is forgotten does not keep a process alive for long. */
const REACH = 1000;

/** A clock that is set and put to rest again and again, at the cost of one timer. Times are monotonic, in ms. */
export interface Alarm {
  /** Rings at this time unless it is put to rest before. */
  set(at: number): void;
  rest(): void;
  /** Puts it to rest for good. */
  stop(): void;
}

/** Makes an alarm; moving it to a later time, the usual case, does not touch its timer. */
export function createAlarm(ring: () => void): Alarm {
  let due = Infinity;
  let armed = Infinity;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function arm(): void {
    clearTimeout(timer);
    armed = Math.min(due, performance.now() + REACH);
    timer = setTimeout(fire, Math.max(armed - performance.now(), 0));
  }

  function fire(): void {
    armed = Infinity;
    if (performance.now() >= due) ring();
    else if (due !== Infinity) arm();
  }

  return {
    set(at) {
      due = at;
      if (at < armed) arm();
    },
    rest() {
      due = Infinity;
    },
    stop() {
      due = Infinity;
      armed = Infinity;
      clearTimeout(timer);
    },
  };
}
