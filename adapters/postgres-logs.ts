import type { LogStore, Retention } from "../src/index.ts";
import { type PostgresQueries, postgresTables } from "./postgres-tables.ts";
import { postgres, type SqlRow, type SqlStatement } from "./sql-dialect.ts";
import { sqlLogs } from "./sql-logs.ts";

export type { PostgresQueries } from "./postgres-tables.ts";

/** A client of the package `postgres`: what `postgres(url)` gives. */
export interface PostgresClient extends PostgresQueries {
  begin(options: string, work: (queries: PostgresQueries) => Promise<number>): Promise<unknown>;
}

/** Most bytes of a body: the client writes bytes as a text of twice their length. */
const LARGEST = 200_000_000;
/** Statements must see what others wrote while they waited. */
const ISOLATION = "isolation level read committed";
/** Whoever writes waits for the one before, so that no two wait for each other. */
const TURN = "SELECT entries FROM waygate_logs_state FOR UPDATE";

/**
 * Logs in a PostgreSQL database, for all programs that share it. It makes its tables, which begin with `waygate_`, when
 * it is used first and they are not there.
 *
 * @param sql of the package `postgres`, without a `transform`; whoever made it ends it
 * @param now the clock, in ms since the epoch: one that all who share the database agree about
 */
export function postgresLogs(
  sql: PostgresClient,
  retention: Retention = {},
  now: () => number = Date.now,
): LogStore {
  const ready = postgresTables((work) => sql.begin(ISOLATION, work));

  async function read({ text, values }: SqlStatement): Promise<readonly SqlRow[]> {
    await ready();
    return await sql.unsafe(text, [...values]);
  }

  async function write(statements: readonly SqlStatement[]): Promise<number> {
    await ready();
    let changed = 0;
    await sql.begin(ISOLATION, async (queries) => {
      // They go out at once and are done in order, so that the way there and back is paid once.
      const turn = queries.unsafe(TURN);
      const [, first] = await Promise.all([
        turn,
        ...statements.map(({ text, values }) => queries.unsafe(text, [...values])),
      ]);
      return changed = first?.count ?? 0;
    });
    return changed;
  }

  return sqlLogs({ dialect: postgres, largest: LARGEST, read, write }, retention, now);
}
