/** What filters of the API mean, worked out from what is known of the traffic in the plainest way. */
import type { LogListParams } from "cloudflare/resources/ai-gateway/logs";
import type { Known } from "./traffic.ts";

/** A filter as the client takes it. */
export type Filter = NonNullable<LogListParams["filters"]>[number];
export type Key = Filter["key"];
type Value = Filter["value"][number];

/** A request of the traffic, and what only its log knows. */
export interface Told extends Known {
  readonly created_at: string;
  readonly duration: number;
}

type Kind = "text" | "number" | "flag" | "time" | "metadata";

interface Member {
  readonly kind: Kind;
  /** The values that a record has; none where it is unknown. */
  of(record: Told): readonly (string | number | boolean | null)[];
}

const text = (of: (record: Told) => string | null): Member => ({ kind: "text", of: (one) => [of(one)] });
const number = (of: (record: Told) => number | null): Member => ({ kind: "number", of: (one) => [of(one)] });
const flag = (of: (record: Told) => boolean): Member => ({ kind: "flag", of: (one) => [of(one)] });
const unknown = text(() => null);

/** Every key that the client's types know. */
export const members: Readonly<Record<Key, Member>> = {
  "id": text(({ id }) => id),
  "created_at": { kind: "time", of: ({ created_at }) => [created_at] },
  "request_content_type": text(({ request_content_type }) => request_content_type),
  "response_content_type": text(({ response_content_type }) => response_content_type),
  "request_type": unknown,
  "success": flag(({ success }) => success),
  "cached": flag(({ cached }) => cached),
  "provider": text(({ provider }) => provider),
  "model": text(({ model }) => model),
  "model_type": unknown,
  "cost": number(({ cost }) => cost),
  "tokens": number(({ tokens_in: sent, tokens_out: got }) =>
    sent === null && got === null ? null : (sent ?? 0) + (got ?? 0)
  ),
  "tokens_in": number(({ tokens_in }) => tokens_in),
  "tokens_out": number(({ tokens_out }) => tokens_out),
  "duration": number(({ duration }) => duration),
  "feedback": number(({ feedback }) => feedback),
  "event_id": text(({ event_id }) => event_id),
  "metadata.key": { kind: "text", of: ({ metadata }) => Object.keys(metadata ?? {}) },
  "metadata.value": { kind: "metadata", of: ({ metadata }) => Object.values(metadata ?? {}) },
  "authentication": flag(({ authentication }) => authentication),
  "wholesale": flag(() => false),
  "compatibilityMode": flag(() => false),
  "dlp_action": unknown,
  "user_agent": text(({ user_agent }) => user_agent),
};

/** What a filter finds; undefined where it has to be refused. */
export function found(records: readonly Told[], filter: Filter): readonly Told[] | undefined {
  if (!makesSense(filter)) return undefined;
  return records.filter((record) => meets(record, filter));
}

function makesSense({ key, operator, value }: Filter): boolean {
  const { kind } = members[key];
  const ordering = operator === "lt" || operator === "gt";
  const named = value.filter((one) => one !== null);
  if (operator !== "neq" && named.length < value.length) return false;
  if (ordering && (value.length > 1 || kind === "flag")) return false;
  if (operator === "contains" && (kind === "flag" || kind === "number")) return false;
  if (key === "authentication" && !isWhetherKnown(operator, value)) return false;
  return named.every((one) => kind !== "number" || Number.isFinite(Number(one)));
}

/** Whether somebody is known who asked is all that can be asked of callers. */
function isWhetherKnown(operator: Filter["operator"], value: readonly Value[]): boolean {
  return value.length === 1 && value[0] === (operator === "eq");
}

function meets(record: Told, { key, operator, value }: Filter): boolean {
  const { kind, of } = members[key];
  const own = of(record).filter((one) => one !== null);
  const named = value.filter((one) => one !== null);
  const matches = (operator: string) =>
    named.some((wanted) => own.some((one) => compare(kind, operator, one, wanted)));
  if (operator !== "neq") return matches(operator);
  return !matches("eq") && (named.length === value.length || own.length > 0);
}

function compare(
  kind: Kind,
  operator: string,
  own: string | number | boolean,
  wanted: NonNullable<Value>,
): boolean {
  if (operator === "contains") return fold(own).includes(fold(wanted));
  const [one, other] = comparable(kind, operator, own, wanted);
  if (one === undefined || other === undefined) return false;
  if (operator === "eq") return one === other;
  return operator === "lt" ? one < other : one > other;
}

/** Only letters of ASCII have a case here. */
function fold(value: string | number | boolean): string {
  return String(value).replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

type Comparable = readonly [own: string | number | undefined, wanted: string | number | undefined];

function comparable(kind: Kind, operator: string, own: Value, wanted: NonNullable<Value>): Comparable {
  if (kind === "time") return [Date.parse(String(own)), Date.parse(String(wanted))];
  if (kind === "number") return [Number(own), Number(wanted)];
  const isNumber = Number.isFinite(Number(wanted));
  if (kind === "metadata" && operator !== "eq" && isNumber) {
    return [typeof own === "number" ? own : undefined, Number(wanted)];
  }
  return [String(own), String(wanted)];
}

/** Records in an order of the API's; of equals the lesser id comes first. */
export function ordered(
  records: readonly Told[],
  by: NonNullable<LogListParams["order_by"]>,
  direction: "asc" | "desc",
): readonly Told[] {
  const valueOf = (record: Told): string | number =>
    by === "model_type" || by === "created_at"
      ? Date.parse(record.created_at)
      : by === "model"
      ? record.model ?? ""
      : by === "provider"
      ? record.provider
      : Number(record[by]);
  const sign = direction === "asc" ? 1 : -1;
  const before = (one: string | number, other: string | number) => one < other ? -1 : Number(one > other);
  return records.toSorted((one, other) =>
    sign * (before(valueOf(one), valueOf(other)) || before(one.id, other.id))
  );
}

/** Filters of every key with every operator over values that are there, that are not, and that make no sense. */
export function filtersOf(records: readonly Told[]): readonly Filter[] {
  return (Object.keys(members) as Key[]).flatMap((key) => {
    const there = [...new Set(records.flatMap((one) => members[key].of(one)))].filter((one) => one !== null);
    const some = there.filter((_, index) => index % Math.ceil(there.length / 4) === 0);
    const parts = some.map((one) => String(one).slice(0, 7).toUpperCase());
    const absent = {
      text: "Nowhere",
      metadata: "nowhere",
      flag: false,
      number: 6.5,
      time: "2020-01-01T00:00:00Z",
    };
    const lists: Value[][] = [...some.map((one) => [one]), some, [absent[members[key].kind]], [null], [
      null,
      ...some,
    ]];
    const operators = ["eq", "neq", "lt", "gt"] as const;
    return [
      ...operators.flatMap((operator) => lists.map((value): Filter => ({ key, operator, value }))),
      ...[...parts.map((part) => [part]), parts, ["no such text"]].map((value): Filter => ({
        key,
        operator: "contains",
        value,
      })),
    ].filter(({ value }) => value.length > 0);
  });
}
