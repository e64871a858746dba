import * as v from "valibot";
import type { LogQuery } from "../../src/index.ts";
import { flag, moment, numeral, type Schema, whole } from "./check.ts";
import { type Filter, filtersSchema, toLogFilters } from "./log-filters.ts";
import { type Paging, pagingEntries } from "./paging.ts";

/** Records of `model_type` are all alike: waygate does not know it. */
const order = v.picklist([
  "created_at",
  "provider",
  "model",
  "model_type",
  "success",
  "cached",
  "cost",
  "duration",
  "tokens_in",
  "tokens_out",
  "feedback",
]);
const direction = v.optional(v.picklist(["asc", "desc"]));
const text = v.optional(v.string());
const number = v.optional(numeral());

interface Order {
  readonly filters?: readonly Filter[];
  readonly order_by?: NonNullable<LogQuery["orderBy"]> | "model_type";
  readonly order_by_direction?: "asc" | "desc";
}

/** What a list of logs may be asked for; besides, what clients said before there were filters. */
export interface LogListQuery extends Paging, Order {
  readonly search?: string;
  readonly meta_info?: boolean;
  readonly direction?: "asc" | "desc";
  readonly [older: string]: unknown;
}

/** What shall be deleted. */
export interface LogDeleteQuery extends Order {
  readonly limit?: number;
}

/** Members by their own names; of bounds, both ends are within. */
const older = {
  cached: v.optional(flag),
  success: v.optional(flag),
  provider: text,
  model: text,
  model_type: text,
  request_content_type: text,
  response_content_type: text,
  feedback: v.optional(numeral(v.picklist([0, 1, -1]) as Schema<number>)),
  start_date: v.optional(moment),
  end_date: v.optional(moment),
  min_cost: number,
  max_cost: number,
  min_duration: number,
  max_duration: number,
  min_tokens_in: number,
  max_tokens_in: number,
  min_tokens_out: number,
  max_tokens_out: number,
  min_total_tokens: number,
  max_total_tokens: number,
};

/** The query of a list. */
export const logListQuery: Schema<LogListQuery> = v.strictObject({
  ...pagingEntries,
  filters: v.optional(filtersSchema),
  order_by: v.optional(order),
  order_by_direction: direction,
  search: text,
  meta_info: v.optional(flag),
  direction,
  ...older,
}) as Schema<unknown> as Schema<LogListQuery>;

/** The query that deletes. */
export const logDeleteQuery: Schema<LogDeleteQuery> = v.strictObject({
  filters: v.optional(filtersSchema),
  limit: v.optional(numeral(whole(1))),
  order_by: v.optional(order),
  order_by_direction: direction,
}) as Schema<unknown> as Schema<LogDeleteQuery>;

/** The query of a store, of which no filter leads out of a gateway; undefined where nothing can be found. */
export function toLogQuery(gateway: string, query: LogListQuery): LogQuery | undefined {
  const { page = 1, per_page = 20, search, direction } = query;
  const found = inOrder(gateway, query, ofOlder(query));
  return found && {
    ...(direction && { direction }),
    ...found,
    ...(search && { search }),
    limit: per_page,
    offset: (page - 1) * per_page,
  };
}

/** What shall be deleted of a gateway's logs; undefined where nothing can be found. */
export function toDeletion(gateway: string, query: LogDeleteQuery): LogQuery | undefined {
  const found = inOrder(gateway, query, []);
  return found && { ...found, ...(query.limit !== undefined && { limit: query.limit }) };
}

function inOrder(
  gateway: string,
  { filters = [], order_by, order_by_direction }: Order,
  more: readonly Filter[],
): LogQuery | undefined {
  const found = toLogFilters([...more, ...filters]);
  const own = { key: "gateway", operator: "eq", value: [gateway] } as const;
  return found && {
    filters: [own, ...found],
    ...(order_by && order_by !== "model_type" && { orderBy: order_by }),
    ...(order_by_direction && { direction: order_by_direction }),
  };
}

/** The same as filters. */
function ofOlder(query: Readonly<Record<string, unknown>>): readonly Filter[] {
  return Object.keys(older).flatMap((name): Filter[] => {
    const value = query[name];
    if (value === undefined) return [];
    if (name === "feedback") {
      return [{ key: name, operator: "eq", value: [value === 0 ? -1 : Number(value)] }];
    }
    const bound = /^(min|max|start|end)_(.+)$/.exec(name);
    if (!bound) return [{ key: name, operator: "eq", value: [value as string | boolean] }];
    const [, end, what = ""] = bound;
    return [end === "min" || end === "start" ? above(key(what), value) : below(key(what), value)];
  });
}

const key = (name: string) => ({ date: "created_at", total_tokens: "tokens" })[name] ?? name;

/** Stores know only what lies beyond a value; the one before it leaves the value within. */
function above(key: string, value: unknown): Filter {
  return { key, operator: "gt", value: [typeof value === "number" ? next(value, -1) : nextDate(value, -1)] };
}

function below(key: string, value: unknown): Filter {
  return { key, operator: "lt", value: [typeof value === "number" ? next(value, 1) : nextDate(value, 1)] };
}

function next(value: number, direction: 1 | -1): number {
  return value + direction * Math.max(Math.abs(value) * Number.EPSILON, Number.MIN_VALUE);
}

function nextDate(value: unknown, direction: 1 | -1): string {
  return new Date(Date.parse(String(value)) + direction).toISOString();
}
