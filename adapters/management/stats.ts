import * as v from "valibot";
import type { LogFilter, LogStore, StatsQuery } from "../../src/index.ts";
import { moment, numeral, type Schema, whole } from "./check.ts";
import { type Filter, filtersSchema, toLogFilters } from "./log-filters.ts";
import { Refusal } from "./refusal.ts";
import { type Route, route } from "./route.ts";

interface Asked {
  readonly gateway?: string;
  readonly start_date?: string;
  readonly end_date?: string;
  readonly bucket?: number;
  readonly by: NonNullable<StatsQuery["by"]>;
  readonly filters: readonly Filter[];
}

const group = v.pipe(
  v.string(),
  v.regex(
    /^(gateway|provider|model|caller|metadata\..+)$/,
    "Expected gateway, provider, model, caller or a name such as metadata.user",
  ),
);
const asked = v.strictObject({
  gateway: v.optional(v.string()),
  start_date: v.optional(moment),
  end_date: v.optional(moment),
  bucket: v.optional(numeral(whole(1000))),
  by: v.optional(
    v.pipe(
      v.unknown(),
      v.transform((value) => [value].flat().flatMap((one) => typeof one === "string" ? one.split(",") : one)),
      v.array(group),
      v.maxLength(4, "Expected at most 4 groups"),
    ),
    [],
  ),
  filters: v.optional(filtersSchema, []),
}) as Schema<unknown> as Schema<Asked>;

/** Most rows of an answer. */
const MOST = 10_000;

const count = v.number();
const known = v.nullable(v.number());
const row: Schema<unknown> = v.strictObject({
  bucket: v.nullable(v.number()),
  group: v.record(v.string(), v.nullable(v.string())),
  requests: count,
  errors: count,
  cached: count,
  tokens_in: known,
  tokens_out: known,
  cost: known,
  waste: known,
  p50: known,
  p90: known,
  p99: known,
  ttft_p50: known,
  ttft_p90: known,
});

const TOO_MANY = `More than ${MOST} rows: Expected fewer groups, longer buckets or a shorter time`;

/** Adds up what was logged. */
export function statsRoutes(logs: LogStore | undefined): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/waygate/stats",
      summary:
        "Adds up logs by bucket of time, in ms, and by group; of dates, the first is within, the last is not",
      query: asked,
      result: v.array(row),
      async answer({ query }) {
        if (!logs) throw new Refusal("missing", "Nothing is logged here");
        const { gateway, start_date, end_date, bucket, by, filters } = query;
        const found = toLogFilters(filters);
        if (!found) return { result: [] };
        const own: LogFilter[] = [];
        if (gateway !== undefined) own.push({ key: "gateway", operator: "eq", value: [gateway] });
        if (start_date !== undefined) {
          own.push({ key: "created_at", operator: "gt", value: [before(start_date)] });
        }
        if (end_date !== undefined) own.push({ key: "created_at", operator: "lt", value: [end_date] });
        const asked = { filters: [...own, ...found], by, ...(bucket !== undefined && { bucket }) };
        const result = await logs.stats({ ...asked, limit: MOST + 1 });
        if (result.length > MOST) throw new Refusal("invalid", TOO_MANY);
        return { result };
      },
    }),
  ];
}

function before(date: string): string {
  return new Date(Date.parse(date) - 1).toISOString();
}
