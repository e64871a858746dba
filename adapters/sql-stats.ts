import type { StatsQuery, StatsRow } from "../src/index.ts";
import { type Bind, type SqlDialect, type SqlRow, type SqlStatement, statement } from "./sql-dialect.ts";
import { columnOf, conditionOf, labelOf } from "./sql-filters.ts";

/** What records come to, the first rows by bucket and group: each gets its place among those of its group, for the percentiles. */
export function statsStatement(
  { filters, bucket, by = [], limit = Infinity }: StatsQuery,
  dialect: SqlDialect,
): SqlStatement {
  const groups = by.map((_, index) => `group_${index}`);
  const keys = ["bucket", ...groups].join(", ");
  return statement(dialect, (bind) => `
    WITH chosen AS (
      SELECT ${bucketOf(bucket, bind)} AS bucket,
        ${by.map((key, index) => `${groupOf(key, dialect, bind)} AS group_${index},`).join(" ")}
        success, cached, tokens_in, tokens_out, cost, waste, duration, ttft
      FROM waygate_logs WHERE ${conditionOf({ ...filters && { filters } }, dialect, bind)}
    ), placed AS (
      SELECT chosen.*,
        row_number() OVER (PARTITION BY ${keys} ORDER BY duration) AS duration_place,
        count(duration) OVER (PARTITION BY ${keys}) AS duration_places,
        row_number() OVER (PARTITION BY ${keys} ORDER BY ttft NULLS LAST) AS ttft_place,
        count(ttft) OVER (PARTITION BY ${keys}) AS ttft_places
      FROM chosen
    )
    SELECT ${keys}, count(*) AS requests, sum(1 - success) AS errors, sum(cached) AS cached,
      ${["tokens_in", "tokens_out", "cost", "waste"].map((name) => `sum(${name}) AS ${name}`).join(", ")},
      ${[50, 90, 99].map((percent) => `${percentile("duration", percent)} AS p${percent}`).join(", ")},
      ${[50, 90].map((percent) => `${percentile("ttft", percent)} AS ttft_p${percent}`).join(", ")}
    FROM placed GROUP BY ${keys}
    ORDER BY ${["bucket", ...groups.map((name) => `${name} NULLS FIRST`)].join(", ")}
    LIMIT ${bind(Math.min(Math.max(0, limit), Number.MAX_SAFE_INTEGER))}
  `);
}

/** A row of the answer, whose numbers may have come as texts. */
export function statsRowOf(row: SqlRow, by: NonNullable<StatsQuery["by"]> = []): StatsRow {
  const number = (name: string) => Number(row[name]);
  const known = (name: string) => row[name] === null ? null : Number(row[name]);
  // Without what binary fractions leave behind.
  const dollars = (name: string) => row[name] === null ? null : Number(Number(row[name]).toFixed(12));
  return {
    bucket: known("bucket"),
    group: Object.fromEntries(by.map((key, index) => [key, row[`group_${index}`] as string | null])),
    requests: number("requests"),
    errors: number("errors"),
    cached: number("cached"),
    tokens_in: known("tokens_in"),
    tokens_out: known("tokens_out"),
    cost: dollars("cost"),
    waste: dollars("waste"),
    p50: known("p50"),
    p90: known("p90"),
    p99: known("p99"),
    ttft_p50: known("ttft_p50"),
    ttft_p90: known("ttft_p90"),
  };
}

function bucketOf(length: number | undefined, bind: Bind): string {
  return length === undefined
    ? "CAST(NULL AS BIGINT)"
    : `created - created % CAST(${bind(length)} AS BIGINT)`;
}

function groupOf(key: string, dialect: SqlDialect, bind: Bind): string {
  return key.startsWith("metadata.") ? labelOf(key, dialect, bind) : columnOf(key);
}

function percentile(column: string, percent: number): string {
  return `min(CASE WHEN ${column}_place * 100 >= ${percent} * ${column}_places THEN ${column} END)`;
}
