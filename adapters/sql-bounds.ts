import type { GatewayRetention, LogEntry } from "../src/index.ts";
import { type Bind, type SqlDialect, type SqlStatement, statement } from "./sql-dialect.ts";

/** How many records there may be of a gateway. */
export interface Bound {
  readonly gateway: string;
  readonly most: number;
  /** Whether no more are taken then; otherwise the oldest go. */
  readonly stops: boolean;
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
  if (bounds.size === 0) return [];
  const gateways = new Set(entries.map(({ record }) => record.gateway));
  return [...gateways].flatMap((gateway) => {
    const { entries = Infinity, strategy } = bounds.get(gateway) ?? {};
    return entries < most ? [{ gateway, most: entries, stops: strategy === "STOP_INSERTING" }] : [];
  });
}

/** A table with the number of a gateway's records as `entries`, or with 0, where there cannot be too many. */
export function heldBy({ gateway, most }: Bound, bind: Bind): string {
  return `(
    SELECT CASE
      WHEN (SELECT entries FROM waygate_logs_state) <= ${bind(most)} THEN 0
      ELSE (SELECT count(*) FROM waygate_logs WHERE gateway = ${bind(gateway)})
    END AS entries
  ) AS held`;
}

/** Asks how many records gateways have, as `held`. */
export function heldStatement(dialect: SqlDialect, bounds: readonly Bound[]): SqlStatement {
  const gateways = JSON.stringify(bounds.map(({ gateway }) => gateway));
  return statement(dialect, (bind) => `
    SELECT gateway, count(*) AS held FROM waygate_logs
    WHERE gateway IN (SELECT wanted.value FROM ${dialect.wanted(bind(gateways))}) GROUP BY gateway
  `);
}
