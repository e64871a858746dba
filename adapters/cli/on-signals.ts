import process from "node:process";

/** How long after the first a signal is the same one, in ms: a terminal and npm both send it, a supervisor to all at once. */
const ECHO = 1000;

/** Does one thing on the first signal that asks the program to end, and another on each later one. */
export function onSignals(first: () => void, later: () => void): void {
  let began: number | undefined;

  function take(): void {
    if (began === undefined) {
      began = performance.now();
      first();
    } else if (performance.now() - began > ECHO) later();
  }

  // A handler that is gone would leave the next signal to the runtime, which ends at once.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, take);
}
