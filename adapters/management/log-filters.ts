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

/**
 * What a key's values are. `unknown`: no record of waygate's says such a thing. `never`: waygate does no such thing, so
 * it is false of all.
 */
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

/** Filters as a query or a body tells them. */
export const filtersSchema: Schema<readonly Filter[]> = v.pipe(
  v.array(v.strictObject({
    key: v.union(
      [v.picklist(Object.keys(kinds)), v.pipe(v.string(), v.regex(/^metadata\../))],
      'Expected a key of logs, or a name such as "metadata.user"',
    ),
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
  const told = filters.map(translate);
  return told.includes(false) ? undefined : told.filter((one) => typeof one === "object");
}

/** A filter of a store; or a boolean, where all records meet it, or none. */
function translate(filter: Filter): LogFilter | boolean {
  const { key, operator, value } = filter;
  const kind = kinds[key] ?? "any";
  const ordering = operator === "lt" || operator === "gt";
  if (ordering && value.length > 1) refuse(key, "Expected one value");
  if (kind === "unknown") return operator === "neq";
  if (kind === "never") {
    return operator === "neq" ? !says(value, false) : operator === "eq" && says(value, false);
  }
  if (kind === "caller") return ofCaller(filter);
  if (kind === "flag" && (ordering || operator === "contains")) refuse(key, "Expected eq or neq");
  if (kind === "number" && operator === "contains") refuse(key, "Expected eq, neq, lt or gt");
  const cast = operator === "contains" ? [String] : casts[kind];
  const meanings = value.map((one) => cast.map((as) => as(one)).filter((meant) => meant !== undefined));
  if (meanings.some(({ length }) => length === 0)) {
    refuse(key, `Expected a ${kind === "time" ? "date" : kind}`);
  }
  const cases = meanings.flat();
  return { key: key as LogKey, operator, value: ordering ? cases.slice(-1) : cases };
}

const says = (value: readonly Scalar[], what: boolean) => value.some((one) => String(one) === String(what));

/** Whether somebody is known who asked: then any text is contained in the name. */
function ofCaller({ key, operator, value }: Filter): LogFilter | boolean {
  const [yes, no] = [says(value, true), says(value, false)];
  const known = operator === "eq" ? yes : operator === "neq" && no;
  if (!known || yes === no) refuse(key, "Expected eq true; who did not ask with a token cannot be found");
  return { key: "caller", operator: "contains", value: [""] };
}

type Cast = (value: Scalar) => Scalar | undefined;

/** A query has no null but an empty text. */
const isNull = (value: Scalar) => value === null || value === "";
const asText: Cast = (value) => isNull(value) ? null : String(value);
const asNumber: Cast = (value) =>
  isNull(value) ? null : Number.isFinite(Number(value)) ? Number(value) : undefined;
const asFlag: Cast = (value) => {
  if (isNull(value)) return null;
  return ["true", "false"].includes(String(value)) ? String(value) === "true" : undefined;
};
const asTime: Cast = (value) => {
  const date = new Date(typeof value === "boolean" || value === null ? NaN : value);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
};

/** What a text may stand for. */
const casts: Readonly<Record<"text" | "number" | "flag" | "time" | "any", readonly Cast[]>> = {
  text: [asText],
  number: [asNumber],
  flag: [asFlag],
  time: [asTime],
  any: [
    asText,
    (value) => isNull(value) ? undefined : asNumber(value),
    (value) => isNull(value) ? undefined : asFlag(value),
  ],
};

function refuse(key: string, message: string): never {
  throw new Refusal("invalid", [{ message: `filters: ${key}: ${message}`, path: ["query", "filters"] }]);
}
