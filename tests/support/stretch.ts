/** Longest time that is tried, in ms. */
const LONGEST = 10_000;

/**
 * Proves what goes by the clock, within a time. What fails while the machine was late is tried again with four times as
 * long, at last with some seconds; what fails on a machine that kept time has failed.
 *
 * @param ms the time that is tried first
 */
export async function stretch(ms: number, prove: (ms: number) => Promise<void>): Promise<void> {
  for (let time = ms;; time *= 4) {
    const lateness = watchLateness();
    const failure = await prove(time).then(() => undefined, (error) => ({ error }));
    const late = lateness();
    if (!failure) return;
    if (late < time / 8 || time * 4 > LONGEST) throw failure.error;
  }
}

/** Watches how late the machine is, until it is asked: the most that a timer came too late by, in ms. */
function watchLateness(): () => number {
  let most = 0;
  let due = performance.now() + 1;
  const look = () => {
    const now = performance.now();
    most = Math.max(most, now - due);
    due = now + 1;
  };
  const timer = setInterval(look, 1);
  return () => {
    clearInterval(timer);
    look();
    return most;
  };
}
