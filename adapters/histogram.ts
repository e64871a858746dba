/** How many of the values fell where. */
export interface Histogram {
  /** Values up to each bound and above the one before; the last, those above all bounds. */
  readonly counts: number[];
  count: number;
  sum: number;
  min: number;
  max: number;
}

/** A histogram that has seen nothing. */
export function emptyHistogram(bounds: readonly number[]): Histogram {
  return { counts: [...bounds, 0].map(() => 0), count: 0, sum: 0, min: Infinity, max: -Infinity };
}

/** Adds a value; what is no finite number is left out. */
export function observe(histogram: Histogram, bounds: readonly number[], value: number): void {
  if (!Number.isFinite(value)) return;
  const place = bounds.findIndex((bound) => value <= bound);
  histogram.counts[place < 0 ? bounds.length : place]! += 1;
  histogram.count++;
  histogram.sum += value;
  histogram.min = Math.min(histogram.min, value);
  histogram.max = Math.max(histogram.max, value);
}
