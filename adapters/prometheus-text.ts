import type { Histogram } from "./histogram.ts";

/** Labels of a sample, in order. */
export type Labels = Readonly<Record<string, string>>;

/** What is counted under one set of labels. */
export interface Sample {
  readonly labels: Labels;
  readonly histogram: Histogram;
}

/** One metric, and all of its samples. */
export interface Family {
  readonly name: string;
  readonly help: string;
  /** Upper bounds of a histogram's buckets; what has none is a counter. */
  readonly bounds?: readonly number[];
  readonly samples: Iterable<Sample>;
}

/** The media type of what `expose` gives. */
export const TEXT = "text/plain; version=0.0.4; charset=utf-8";

/**
 * Metrics as text.
 *
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */
export function expose(families: readonly Family[]): string {
  return families.flatMap((family) => [...linesOf(family)]).map((line) => `${line}\n`).join("");
}

function* linesOf({ name, help, bounds, samples }: Family): Iterable<string> {
  yield `# HELP ${name} ${help}`;
  yield `# TYPE ${name} ${bounds ? "histogram" : "counter"}`;
  for (const { labels, histogram } of samples) {
    if (!bounds) yield line(name, labels, histogram.sum);
    else yield* buckets(name, labels, bounds, histogram);
  }
}

function* buckets(
  name: string,
  labels: Labels,
  bounds: readonly number[],
  histogram: Histogram,
): Iterable<string> {
  let sum = 0;
  for (const [place, bound] of bounds.entries()) {
    sum += histogram.counts[place]!;
    yield line(`${name}_bucket`, { ...labels, le: String(bound) }, sum);
  }
  yield line(`${name}_bucket`, { ...labels, le: "+Inf" }, histogram.count);
  yield line(`${name}_sum`, labels, histogram.sum);
  yield line(`${name}_count`, labels, histogram.count);
}

function line(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escape(text)}"`);
  return `${name}{${pairs.join(",")}} ${value}`;
}

function escape(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
