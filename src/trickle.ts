/** Lets one more through, or not. */
export type Trickle = () => boolean;

/**
 * Lets so many through in a period, which begins with the first of them.
 *
 * @param period in ms
 * @param tell is told, when the next period begins, how many were held back
 * @param now the clock, in ms
 */
export function createTrickle(
  most: number,
  period: number,
  tell: (held: number) => void,
  now: () => number = () => performance.now(),
): Trickle {
  let ends = -Infinity;
  let count = 0;
  return () => {
    if (now() >= ends) {
      if (count > most) tell(count - most);
      ends = now() + period;
      count = 0;
    }
    return ++count <= most;
  };
}
