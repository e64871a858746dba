/** Chance that can be repeated: equal seeds draw equal things. */
export interface Draw {
  /** A whole number from `least` to `most`. */
  between(least: number, most: number): number;
  /** One of some things. */
  of<Value>(values: readonly Value[]): Value;
  /** True so often. */
  chance(share: number): boolean;
}

/** Draws by mulberry32. */
export function createDraw(seed: number): Draw {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));
  return {
    between,
    of: (values) => values[between(0, values.length - 1)]!,
    chance: (share) => next() < share,
  };
}
