/**
 * What a promise comes to; undefined when that takes too long.
 *
 * @param ms how long is too long
 * @throws the signal's reason as soon as it aborts
 */
export async function within<Value>(
  ms: number,
  signal: AbortSignal,
  promise: Promise<Value>,
): Promise<Value | undefined> {
  let stop = () => {};
  const over = new Promise<undefined>((resolve, reject) => {
    const leave = () => reject(signal.reason);
    const timer = setTimeout(() => resolve(undefined), ms);
    signal.addEventListener("abort", leave);
    stop = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", leave);
    };
    if (signal.aborted) leave();
  });
  try {
    return await Promise.race([promise, over]);
  } finally {
    stop();
  }
}
