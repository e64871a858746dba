import * as v from "valibot";
import type { LogFilter, LogKey } from "../../src/index.ts";
import type { Schema } from "./check.ts";
import { Refusal } from "./refusal.ts";

type Scalar = string | number | boolean | null;

/** A filter in Cloudflare's words, whose values may be texts of what they mean. */
export interface Filter {
  readonly key: string;
  readonly operator: LogFilter["operator"];
  readonly value: readonly Scalar[];
}

/** What a key's values are. `unknown`: no record says such a thing; `never`: it is false of all. */
type Kind = "text" | "number" | "flag" | "time" | "any" | "caller" | "unknown" | "never";

const kinds: Readonly<Record<string, Kind>> = {
  "id": "text",
  "created_at": "time",
  "request_content_type": "text",
  "response_content_type": "text",
  "request_type": "unknown",
  "success": "flag",
  "cached": "flag",
  "provider": "text",
  "model": "text",
  "model_type": "unknown",
  "cost": "number",
  "tokens": "number",
  "tokens_in": "number",
  "tokens_out": "number",
  "duration": "number",
  "feedback": "number",
  "event_id": "text",
  "metadata.key": "text",
  "metadata.value": "any",
  "authentication": "caller",
  "wholesale": "never",
  "compatibilityMode": "never",
  "dlp_action": "unknown",
  "user_agent": "text",
  "path": "text",
  "status_code": "number",
  "caller": "text",
  "ending": "text",
};

const KEY = 'Expected a key of logs, or a name such as "metadata.user"';

/** Filters as a query or a body tells them. */
export const filtersSchema: Schema<readonly Filter[]> = v.pipe(
  v.array(v.strictObject({
    key: v.union([v.picklist(Object.keys(kinds)), v.pipe(v.string(), v.regex(/^metadata\../, KEY))], KEY),
    operator: v.picklist(["eq", "neq", "contains", "lt", "gt"]),
    value: v.pipe(
      v.array(v.union([v.string(), v.number(), v.boolean(), v.null()])),
      v.minLength(1, "Expected at least one value"),
      v.maxLength(100, "Expected at most 100 values"),
    ),
  })),
  v.maxLength(20, "Expected at most 20 filters"),
) as Schema<readonly Filter[]>;

/**
 * The filters of a store.
 *
 * @returns undefined, where no record can meet them
 * @throws {Refusal} where a value is none for its key
 */
export function toLogFilters(filters: readonly Filter[]): readonly LogFilter[] | undefined {
  const found = filters.map(translate);
  return found.includes(undefined) ? undefined : found.flatMap((some) => some ?? []);
}

type Told = readonly LogFilter[] | undefined;

/** None where all records meet it; undefined where no record can. */
function translate(filter: Filter): Told {
  const { key, operator, value } = filter;
  const kind = kinds[key] ?? "any";
  if (kind === "caller") return ofCaller(filter);
  const ordering = operator === "lt" || operator === "gt";
  if (ordering && value.length > 1) refuse(key, "Expected one value");
  if (isFlag(kind) && (ordering || operator === "contains")) refuse(key, "Expected eq or neq");
  if (kind === "number" && operator === "contains") refuse(key, "Expected eq, neq, lt or gt");
  const named = value.filter((one) => one !== null && one !== "");
  const someUnknown = named.length < value.length;
  if (someUnknown && operator !== "neq") refuse(key, "Expected a value; what is unknown cannot be found");
  if (kind === "unknown") return operator === "neq" && !someUnknown ? [] : undefined;
  const cast = operator === "contains" ? String : ordering && kind === "any" ? asOrdered : casts[kind];
  const cases = named.map((one) => cast(one) ?? refuse(key, `Expected ${told[kind]}`));
  if (kind === "never") return cases.includes(false) === (operator === "eq") ? [] : undefined;
  const own = { key: key as LogKey, operator, value: cases };
  return [...someUnknown ? isKnown(own.key, kind) : [], ...cases.length > 0 ? [own] : []];
}

const isFlag = (kind: Kind) => kind === "flag" || kind === "never";
const says = (value: readonly Scalar[], what: boolean) => value.some((one) => String(one) === String(what));

/** Whether somebody is known who asked. */
function ofCaller({ key, operator, value }: Filter): Told {
  const [yes, no] = [says(value, true), says(value, false)];
  if (yes === no || (operator === "eq" ? !yes : operator !== "neq" || !no)) {
    refuse(key, "Expected eq true; who asked without a token cannot be found");
  }
  return isKnown("caller", "text");
}

/** Any text contains an empty one, any number is greater than the least; what nobody knows is neither. */
function isKnown(key: LogKey, kind: Kind): readonly LogFilter[] {
  if (kind === "flag" || kind === "time") return [];
  if (kind === "number") return [{ key, operator: "gt", value: [-Number.MAX_VALUE] }];
  return [{ key, operator: "contains", value: [""] }];
}

type Cast = (value: Scalar) => Scalar | undefined;

const asNumber: Cast = (value) => Number.isFinite(Number(value)) ? Number(value) : undefined;
const asOrdered: Cast = (value) => asNumber(value) ?? String(value);
const asFlag: Cast = (value) =>
  ["true", "false"].includes(String(value)) ? String(value) === "true" : undefined;
const asTime: Cast = (value) => {
  const date = new Date(typeof value === "boolean" || value === null ? NaN : value);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
};

/** What a text stands for. */
const casts: Readonly<Record<Exclude<Kind, "caller" | "unknown">, Cast>> = {
  text: String,
  number: asNumber,
  flag: asFlag,
  never: asFlag,
  time: asTime,
  any: String,
};
/** What is expected where a text stands for nothing of its kind. */
const told: Readonly<Partial<Record<Kind, string>>> = {
  number: "a number",
  flag: "true or false",
  never: "true or false",
  time: "a date",
};

function refuse(key: string, message: string): never {
  throw new Refusal("invalid", [{ message: `filters: ${key}: ${message}`, path: ["query", "filters"] }]);
}
