import type { LogPatch, LogQuery, LogRange, LogStore, Retention } from "../src/index.ts";
import { createAppend, MOST } from "./sql-append.ts";
import { createCensus } from "./sql-census.ts";
import { type Bind, type SqlDialect, type SqlRow, type SqlStatement, statement } from "./sql-dialect.ts";
import { columnOf, conditionOf } from "./sql-filters.ts";
import { metadataColumns, plain, readColumns, recordOf } from "./sql-records.ts";
import { statsRowOf, statsStatement } from "./sql-stats.ts";

/** A database that takes the statements of one dialect. */
export interface SqlDriver {
  readonly dialect: SqlDialect;
  /** Most bytes of a body; a larger one is not kept. */
  readonly largest: number;
  read(statement: SqlStatement): Promise<readonly SqlRow[]>;
  /**
   * Does all of them, in order, or none.
   *
   * @returns how many rows the first one changed by itself
   */
  write(statements: readonly SqlStatement[]): Promise<number>;
}

/** What the records of a query are measured by. */
const MEASURES = ["cost", "duration", "tokens_in", "tokens_out"];
const RANGE = MEASURES.flatMap((name) => [`min(${name}) AS min_${name}`, `max(${name}) AS max_${name}`]).join(
  ", ",
);
/** What records may not tell, of that by which they are ordered. */
const UNKNOWN: ReadonlySet<string> = new Set(["model", "cost", "tokens_in", "tokens_out", "feedback"]);
const READ = readColumns.join(", ");

/**
 * Logs in a database.
 *
 * @param now the clock, in ms since the epoch
 */
export function sqlLogs(
  { dialect, largest, read, write }: SqlDriver,
  retention: Retention,
  now: () => number,
): LogStore {
  const appending = createAppend(dialect, largest, retention, now);
  const census = createCensus(dialect, read, retention.entries ?? MOST, now);
  const ask = (words: (bind: Bind) => string) => read(statement(dialect, words));
  const change = (words: (bind: Bind) => string) => write([statement(dialect, words)]);
  const where = (query: Pick<LogQuery, "filters" | "search">, bind: Bind) =>
    `WHERE ${conditionOf(query, dialect, bind)}`;

  async function patch(id: string, { feedback, score, metadata }: LogPatch): Promise<boolean> {
    const given = { feedback, score, ...metadata !== undefined && metadataColumns(metadata) };
    const sets = Object.entries(given).flatMap(([name, value]) =>
      value === undefined ? [] : [{ name, value }]
    );
    if (sets.length === 0) {
      return (await ask((bind) => `SELECT id FROM waygate_logs WHERE id = ${bind(plain(id))}`)).length > 0;
    }
    return await change((bind) => {
      const values = sets.map(({ name, value }) => `${name} = ${bind(value)}`).join(", ");
      return `UPDATE waygate_logs SET ${values} WHERE id = ${bind(plain(id))}`;
    }) > 0;
  }

  return {
    async append(entries, bounds = new Map()) {
      if (entries.length === 0) return;
      const { wanted, due } = await census.reckon(entries, bounds);
      // Even where nothing is wanted: what is too old goes, and makes room.
      await write(appending(wanted, due));
    },
    async list({ limit = 20, offset = 0, ...query }) {
      const [records, [count]] = await Promise.all([
        ask((bind) => `
          SELECT ${READ} FROM waygate_logs ${where(query, bind)}
          ORDER BY ${orderOf(query)} LIMIT ${bind(bounded(limit))} OFFSET ${bind(bounded(offset))}
        `),
        ask((bind) => `SELECT count(*) AS total FROM waygate_logs ${where(query, bind)}`),
      ]);
      return { records: records.map(recordOf), total: Number(count!.total) };
    },
    async range(query) {
      const [row] = await ask((bind) => `SELECT ${RANGE} FROM waygate_logs ${where(query, bind)}`);
      return { ...row } as unknown as LogRange;
    },
    async get(id) {
      const [row] = await ask((bind) => `SELECT ${READ} FROM waygate_logs WHERE id = ${bind(plain(id))}`);
      return row && recordOf(row);
    },
    async body(id, of) {
      const [row] = await ask((bind) => `
        SELECT bytes FROM waygate_logs_bodies WHERE id = ${bind(plain(id))} AND part = ${bind(of)}
      `);
      return row && new Uint8Array(row.bytes as ArrayLike<number>);
    },
    patch,
    delete({ limit, ...query }) {
      return change((bind) => {
        if (limit === undefined) return `DELETE FROM waygate_logs ${where(query, bind)}`;
        return `
          DELETE FROM waygate_logs WHERE id IN (
            SELECT id FROM waygate_logs ${where(query, bind)}
            ORDER BY ${orderOf(query)} LIMIT ${bind(bounded(limit))}
          )
        `;
      }).finally(census.forget); // Not before: who counts meanwhile counts rows that go.
    },
    async stats(query) {
      const rows = await read(statsStatement(query, dialect));
      return rows.map((row) => statsRowOf(row, query.by));
    },
  };
}

/** Only what may be unknown is told where to put it, because an index would not be used otherwise. */
function orderOf(
  { orderBy = "created_at", direction = "desc" }: Pick<LogQuery, "orderBy" | "direction">,
): string {
  const isRising = direction === "asc";
  const way = isRising ? "ASC" : "DESC";
  const nulls = !UNKNOWN.has(orderBy) ? "" : isRising ? " NULLS FIRST" : " NULLS LAST";
  return `${columnOf(orderBy)} ${way}${nulls}, id ${way}`;
}

/** A number of rows that every database takes. */
function bounded(rows: number): number {
  return Math.min(Math.max(0, rows), Number.MAX_SAFE_INTEGER);
}
