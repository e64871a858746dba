import type { GatewayRetention, LogEntry } from "../src/index.ts";
import { type Bind, type SqlDialect, type SqlRow, type SqlStatement, statement } from "./sql-dialect.ts";

/** How many records there may be. */
export interface Bound {
  readonly most: number;
  /** Whether no more are taken then; otherwise the oldest go. */
  readonly stops: boolean;
  /** Whose records are counted. @default all */
  readonly gateway?: string;
}

/**
 * The bounds of the gateways that some entries are of.
 *
 * @param most records of all gateways together: who may have as many needs no bound of its own
 */
export function boundsOf(
  entries: readonly LogEntry[],
  bounds: ReadonlyMap<string, GatewayRetention>,
  most: number,
): readonly Bound[] {
  const gateways = new Set(entries.map(({ record }) => record.gateway));
  return [...gateways].flatMap((gateway) => {
    const { entries = Infinity, strategy } = bounds.get(gateway) ?? {};
    return entries < most ? [{ gateway, most: entries, stops: strategy === "STOP_INSERTING" }] : [];
  });
}

/** Where the number of records stands that a bound is about, as `entries`. */
export function heldBy({ gateway, most }: Bound, bind: Bind): string {
  if (gateway === undefined) return "waygate_logs_state";
  // An index tells how many a gateway has, but goes through all of them; so it is asked only where there may be too many.
  return `(
    SELECT CASE
      WHEN (SELECT entries FROM waygate_logs_state) <= ${bind(most)} THEN 0
      ELSE (SELECT count(*) FROM waygate_logs WHERE gateway = ${bind(gateway)})
    END AS entries
  ) AS held`;
}

/** Asks how many records gateways have. */
export function heldStatement(dialect: SqlDialect, bounds: readonly Bound[]): SqlStatement {
  const gateways = JSON.stringify(bounds.map(({ gateway }) => gateway));
  return statement(dialect, (bind) => `
    SELECT gateway, count(*) AS held FROM waygate_logs
    WHERE gateway IN (SELECT wanted.value FROM ${dialect.wanted(bind(gateways))}) GROUP BY gateway
  `);
}

/** The gateways that take no more, by the answer to {@linkcode heldStatement}. */
export function fullBy(rows: readonly SqlRow[], bounds: readonly Bound[]): ReadonlySet<string> {
  const held = new Map(rows.map(({ gateway, held }) => [gateway, Number(held)]));
  return new Set(
    bounds.flatMap(({ gateway, most }) =>
      gateway !== undefined && (held.get(gateway) ?? 0) >= most ? [gateway] : []
    ),
  );
}
