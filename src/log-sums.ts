import { compare, textOf } from "./log-match.ts";
import type { LogRange, LogRecord, StatsQuery, StatsRow } from "./logs.ts";

/** Least and most of what records have. */
export function rangeOf(records: readonly LogRecord[]): LogRange {
  const least = (member: Measured) => extremeOf(records, member, -1);
  const most = (member: Measured) => extremeOf(records, member, 1);
  return {
    min_cost: least("cost"),
    max_cost: most("cost"),
    min_duration: least("duration"),
    max_duration: most("duration"),
    min_tokens_in: least("tokens_in"),
    max_tokens_in: most("tokens_in"),
    min_tokens_out: least("tokens_out"),
    max_tokens_out: most("tokens_out"),
  };
}

/** What records come to, by bucket and group: the first rows of them. */
export function statsOf(
  records: readonly LogRecord[],
  { bucket, by = [], limit = Infinity }: Omit<StatsQuery, "filters">,
): readonly StatsRow[] {
  const groups = new Map<string, { readonly row: Place; readonly records: LogRecord[] }>();
  for (const record of records) {
    const row: Place = {
      bucket: bucket === undefined ? null : Math.floor(Date.parse(record.created_at) / bucket) * bucket,
      values: by.map((key) => groupOf(record, key)),
    };
    const key = JSON.stringify(row);
    const group = groups.get(key) ?? { row, records: [] };
    groups.set(key, group);
    group.records.push(record);
  }
  return [...groups.values()]
    .sort((one, other) => comparePlaces(one.row, other.row))
    .slice(0, Math.max(0, limit))
    .map(({ row, records }) => sumUp(records, row.bucket, by.map((key, at) => [key, row.values[at]!])));
}

type Measured = "cost" | "duration" | "tokens_in" | "tokens_out";

/** Where a row belongs. */
interface Place {
  readonly bucket: number | null;
  readonly values: readonly (string | null)[];
}

function extremeOf(records: readonly LogRecord[], member: Measured, sign: 1 | -1): number | null {
  let extreme: number | null = null;
  for (const { [member]: value } of records) {
    if (value !== null && (extreme === null || sign * (value - extreme) > 0)) extreme = value;
  }
  return extreme;
}

function groupOf(record: LogRecord, key: NonNullable<StatsQuery["by"]>[number]): string | null {
  if (key === "gateway" || key === "provider" || key === "model" || key === "caller") return record[key];
  const name = key.slice("metadata.".length), { metadata } = record;
  return metadata !== null && Object.hasOwn(metadata, name) ? textOf(metadata[name]) : null;
}

function comparePlaces(one: Place, other: Place): number {
  const byBucket = compare(one.bucket, other.bucket);
  const differing = one.values.findIndex((value, at) => value !== other.values[at]);
  return byBucket || (differing < 0 ? 0 : compare(one.values[differing]!, other.values[differing]!));
}

function sumUp(
  records: readonly LogRecord[],
  bucket: number | null,
  group: readonly (readonly [string, string | null])[],
): StatsRow {
  const count = (counts: (record: LogRecord) => boolean) => records.filter(counts).length;
  const durations = ascending(records.map(({ duration }) => duration));
  const ttfts = ascending(records.map(({ ttft }) => ttft).filter((ttft) => ttft !== null));
  return {
    bucket,
    group: Object.fromEntries(group),
    requests: records.length,
    errors: count(({ success }) => !success),
    cached: count(({ cached }) => cached),
    tokens_in: sum(records.map(({ tokens_in }) => tokens_in)),
    tokens_out: sum(records.map(({ tokens_out }) => tokens_out)),
    cost: sum(records.map(({ cost }) => cost)),
    waste: sum(records.map(({ waste }) => waste)),
    p50: percentile(durations, 50),
    p90: percentile(durations, 90),
    p99: percentile(durations, 99),
    ttft_p50: percentile(ttfts, 50),
    ttft_p90: percentile(ttfts, 90),
  };
}

/** Without what binary fractions leave behind; null where nothing is known. */
function sum(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Number(known.reduce((total, value) => total + value, 0).toFixed(12));
}

function ascending(values: number[]): readonly number[] {
  return values.sort((one, other) => one - other);
}

/** The smallest value of which at least so many percent of the values are not greater. */
function percentile(sorted: readonly number[], percent: number): number | null {
  return sorted[Math.ceil(percent * sorted.length / 100) - 1] ?? null;
}
