import type { LogFilter, LogQuery, LogRecord } from "./logs.ts";

type Member = string | number | boolean;
/** The one value of a member, or those of all metadata; what is null has none. */
type Members = readonly (Member | null | undefined)[];

/** Whether a record is one of those that a query asks for. */
export function isAsked(
  record: LogRecord,
  { filters = [], search = "" }: Pick<LogQuery, "filters" | "search">,
): boolean {
  return filters.every((filter) => meets(record, filter)) && contains(record, fold(search));
}

/** The order of a query; what is null comes before all else, and of equals the lesser id. */
export function orderOf(
  { orderBy = "created_at", direction = "desc" }: Pick<LogQuery, "orderBy" | "direction">,
): (one: LogRecord, other: LogRecord) => number {
  const sign = direction === "asc" ? 1 : -1;
  const value = (record: LogRecord) =>
    orderBy === "created_at" ? Date.parse(record.created_at) : record[orderBy];
  return (one, other) => sign * (compare(value(one), value(other)) || compare(one.id, other.id));
}

/** Compares values of one kind; texts by code points, as databases do, and null is less than all else. */
export function compare<Value extends Member | null>(one: Value, other: Value): number {
  if (one === other) return 0;
  if (one === null) return -1;
  if (other === null) return 1;
  if (typeof one === "string" && typeof other === "string") return compareTexts(one, other);
  return one < other ? -1 : 1;
}

/** A value of metadata, as it is compared and grouped. */
export function textOf(value: Member | null | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}

function meets(record: LogRecord, { key, operator, value }: LogFilter): boolean {
  if (operator === "neq") return !meets(record, { key, operator: "eq", value });
  const wanted = operator === "lt" || operator === "gt" ? value.slice(0, 1) : value;
  const members = membersOf(record, key).filter(isKnown);
  const compared = key === "created_at" && operator !== "contains"
    ? comparisonOfTimes(operator)
    : key.startsWith("metadata.")
    ? comparisonsOfMetadata[operator]
    : comparisons[operator];
  return members.some((member) => wanted.some((one) => isKnown(one) && compared(member, one)));
}

function membersOf(record: LogRecord, key: LogFilter["key"]): Members {
  if (key === "metadata.key") return Object.keys(record.metadata ?? {});
  if (key === "metadata.value") return Object.values(record.metadata ?? {});
  if (key.startsWith("metadata.")) {
    const name = key.slice("metadata.".length), { metadata } = record;
    return metadata !== null && Object.hasOwn(metadata, name) ? [metadata[name]] : [];
  }
  if (key === "tokens") {
    const { tokens_in, tokens_out } = record;
    return [tokens_in === null && tokens_out === null ? null : (tokens_in ?? 0) + (tokens_out ?? 0)];
  }
  return [record[key as Exclude<keyof LogRecord, "metadata" | "attempts" | "trace">]];
}

function isKnown(value: Member | null | undefined): value is Member {
  return value !== null && value !== undefined;
}

type Comparison = (member: Member, wanted: Member) => boolean;
type Compared = Exclude<LogFilter["operator"], "neq">;

/** Values of different kinds are neither equal nor is one less. */
const comparisons: Readonly<Record<Compared, Comparison>> = {
  eq: (member, wanted) => member === wanted,
  contains: (member, wanted) =>
    typeof member === "string" && typeof wanted === "string" && fold(member).includes(fold(wanted)),
  lt: (member, wanted) => isOrdered(member, wanted) && compare(member, wanted) < 0,
  gt: (member, wanted) => isOrdered(member, wanted) && compare(member, wanted) > 0,
};

/** Of metadata nobody knows whether it was meant as a text, so that all but the order of numbers is a text's. */
const comparisonsOfMetadata: typeof comparisons = {
  eq: (member, wanted) => String(member) === String(wanted),
  contains: (member, wanted) => comparisons.contains(String(member), String(wanted)),
  lt: (member, wanted) =>
    typeof wanted === "number" ? comparisons.lt(member, wanted) : precedes(member, wanted),
  gt: (member, wanted) =>
    typeof wanted === "number" ? comparisons.gt(member, wanted) : precedes(wanted, member),
};

function precedes(one: Member, other: Member): boolean {
  return compareTexts(String(one), String(other)) < 0;
}

function comparisonOfTimes(operator: Compared): Comparison {
  const ms = (value: Member) => typeof value === "string" ? Date.parse(value) : NaN;
  return (member, wanted) => comparisons[operator](ms(member), ms(wanted));
}

function isOrdered(one: Member, other: Member): boolean {
  return typeof one === typeof other && typeof one !== "boolean" && one === one && other === other;
}

/** @param text folded already */
function contains({ id, model, provider, path, event_id, metadata }: LogRecord, text: string): boolean {
  if ([id, model, provider, path, event_id].some((one) => one !== null && fold(one).includes(text))) {
    return true;
  }
  return metadata !== null && fold(JSON.stringify(metadata)).includes(JSON.stringify(text).slice(1, -1));
}

/** The same in lower case, as far as it is ASCII. */
function fold(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function compareTexts(one: string, other: string): number {
  const length = Math.min(one.length, other.length);
  for (let at = 0; at < length; at++) {
    const difference = rankOf(one.charCodeAt(at)) - rankOf(other.charCodeAt(at));
    if (difference !== 0) return difference;
  }
  return one.length - other.length;
}

/** Puts surrogates, which stand for the highest code points, behind all other units. */
function rankOf(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
