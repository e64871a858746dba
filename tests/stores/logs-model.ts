/** What a store of logs has to answer, worked out from the records in the plainest way. */
import type { LogFilter, LogQuery, LogRange, LogRecord, StatsQuery, StatsRow } from "../../src/index.ts";

/** The records of a query, in its order, however many. */
export function asked(records: readonly LogRecord[], query: LogQuery): readonly LogRecord[] {
  const { filters = [], search = "", orderBy = "created_at", direction = "desc" } = query;
  const found = records.filter((record) => filters.every((filter) => meets(record, filter)))
    .filter((record) => search === "" || isFound(record, lower(search)))
    .sort((one, other) => before(one[orderBy], other[orderBy]) || before(one.id, other.id));
  return direction === "asc" ? found : found.reverse();
}

/** Least and most of records. */
export function rangeOf(records: readonly LogRecord[]): LogRange {
  const members = ["cost", "duration", "tokens_in", "tokens_out"] as const;
  return Object.fromEntries(members.flatMap((name) => {
    const values = records.map((record) => record[name]).filter((value) => value !== null);
    const none = values.length === 0;
    return [[`min_${name}`, none ? null : Math.min(...values)], [
      `max_${name}`,
      none ? null : Math.max(...values),
    ]];
  })) as unknown as LogRange;
}

/** The rows of a question for sums. */
export function statsOf(
  all: readonly LogRecord[],
  { filters = [], bucket, by = [], limit = Infinity }: StatsQuery,
): StatsRow[] {
  const records = asked(all, { filters });
  const places = records.map((record) => ({
    record,
    bucket: bucket === undefined ? null : Math.floor(Date.parse(record.created_at) / bucket) * bucket,
    group: by.map((key) => key.startsWith("metadata.") ? labelOf(record, key) : record[key as "model"]),
  }));
  const names = [...new Set(places.map(({ bucket, group }) => JSON.stringify([bucket, ...group])))];
  return names.map((name) => {
    const own = places.filter(({ bucket, group }) => JSON.stringify([bucket, ...group]) === name);
    return { ...own[0]!, records: own.map(({ record }) => record) };
  }).sort((one, other) =>
    before(one.bucket, other.bucket) ||
    one.group.reduce((sign, value, index) => sign || before(value, other.group[index]!), 0)
  ).slice(0, limit).map(({ bucket, group, records }) =>
    rowOf(bucket, by.map((key, index) => [key, group[index]!]), records)
  );
}

/** The smallest value of which at least so large a share is not greater. */
export function percentile(values: readonly (number | null)[], percent: number): number | null {
  const known = values.filter((value) => value !== null);
  const candidates = known.filter((value) =>
    known.filter((other) => other <= value).length * 100 >= percent * known.length
  );
  return known.length === 0 ? null : Math.min(...candidates);
}

function rowOf(
  bucket: number | null,
  group: [string, string | null][],
  records: readonly LogRecord[],
): StatsRow {
  const sum = (values: (number | null)[]) => {
    const total = values.reduce<number>((total, value) => total + (value ?? 0), 0);
    return values.every((value) => value === null) ? null : parseFloat(total.toFixed(12));
  };
  const durations = records.map(({ duration }) => duration), ttfts = records.map(({ ttft }) => ttft);
  return {
    bucket,
    group: Object.fromEntries(group),
    requests: records.length,
    errors: records.filter(({ success }) => !success).length,
    cached: records.filter(({ cached }) => cached).length,
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

function meets(record: LogRecord, { key, operator, value }: LogFilter): boolean {
  if (operator === "neq") return !meets(record, { key, operator: "eq", value });
  if (key.startsWith("metadata.")) {
    const values = operator === "lt" || operator === "gt" ? value.slice(0, 1) : value;
    return values.some((wanted) =>
      metadataOf(record, key).some((one) => matches(one, operator, wanted, true))
    );
  }
  const { tokens_in, tokens_out } = record;
  const tokens = tokens_in ?? tokens_out ?? null;
  const members = { ...record, tokens: tokens === null ? null : (tokens_in ?? 0) + (tokens_out ?? 0) };
  const member = members[key as "tokens"] as unknown;
  if (operator === "lt" || operator === "gt") {
    return matches(asTime(key, member), operator, asTime(key, value[0]), false);
  }
  if (operator === "contains") return value.some((wanted) => matches(member, operator, wanted, false));
  return value.some((wanted) => matches(asTime(key, member), operator, asTime(key, wanted), false));
}

function asTime(key: string, value: unknown): unknown {
  if (key !== "created_at") return value;
  return typeof value === "string" ? Date.parse(value) : NaN;
}

function metadataOf({ metadata }: LogRecord, key: string): unknown[] {
  const entries = Object.entries(metadata ?? {});
  if (key === "metadata.key") return entries.map(([name]) => name);
  return entries.filter(([name]) => key === "metadata.value" || `metadata.${name}` === key).map((one) =>
    one[1]
  );
}

function matches(member: unknown, operator: string, wanted: unknown, isMetadata: boolean): boolean {
  if (member === null || wanted === null || wanted === undefined) return false;
  const isOrder = operator === "lt" || operator === "gt";
  if (isMetadata && !(isOrder && typeof wanted === "number")) {
    return matches(String(member), operator, String(wanted), false);
  }
  if (typeof member !== typeof wanted) return false;
  if (operator === "eq") return member === wanted;
  if (operator === "contains") {
    return typeof member === "string" && lower(member).includes(lower(wanted as string));
  }
  if (typeof member === "boolean") return false;
  if (typeof member === "number" && Number.isNaN(member + (wanted as number))) return false;
  return operator === "lt" ? before(member, wanted) < 0 : before(member, wanted) > 0;
}

function isFound(record: LogRecord, search: string): boolean {
  const { id, model, provider, path, event_id, metadata } = record;
  const inside = JSON.stringify(search).slice(1, -1);
  return [id, model ?? "", provider, path, event_id].some((text) => lower(text).includes(search)) ||
    (metadata !== null && lower(JSON.stringify(metadata)).includes(inside));
}

function labelOf({ metadata }: LogRecord, key: string): string | null {
  const found = Object.entries(metadata ?? {}).find(([name]) => `metadata.${name}` === key);
  return found === undefined || found[1] === null ? null : String(found[1]);
}

/** Null, then the rest in its order; texts by their bytes in UTF-8. */
function before(one: unknown, other: unknown): number {
  if (one === other) return 0;
  if (one === null || other === null) return one === null ? -1 : 1;
  if (typeof one === "string") return beforeInBytes(one, other as string);
  return (one as number) < (other as number) ? -1 : 1;
}

function beforeInBytes(one: string, other: string): number {
  const [bytes, others] = [one, other].map((text) => new TextEncoder().encode(text)) as [
    Uint8Array,
    Uint8Array,
  ];
  for (let at = 0; at < Math.min(bytes.length, others.length); at++) {
    if (bytes[at] !== others[at]) return bytes[at]! - others[at]!;
  }
  return bytes.length - others.length;
}

function lower(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
