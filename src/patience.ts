/** Who was asked has not answered in time. */
export class Silence extends Error {}

/**
 * Waits for a promise, but not for ever.
 *
 * @param ms how long
 * @throws {Silence} when the time is over
 */
export function within<Value>(ms: number, promise: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Silence(`No answer within ${ms} ms`)), ms);
    Promise.resolve(promise).then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
