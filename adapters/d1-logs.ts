import type { LogStore, Retention } from "../src/index.ts";
import { d1, type SqlRow, type SqlStatement } from "./sql-dialect.ts";
import { sqlLogs } from "./sql-logs.ts";
import { sqliteTables, VERSION } from "./sqlite-tables.ts";

/** A statement of D1's. */
export interface D1Statement {
  bind(...values: unknown[]): D1Statement;
}

/** A binding to a D1 database of Cloudflare's. */
export interface D1 {
  prepare(text: string): D1Statement;
  /** Does all of them, in order, or none. */
  batch(statements: D1Statement[]): Promise<readonly { readonly results: readonly unknown[] }[]>;
}

/** Most bytes of a body: D1 takes rows of 2,000,000 bytes. */
const LARGEST = 1_900_000;
/** D1 itself counts what triggers and references changed, too. */
const CHANGED: SqlStatement = { text: "SELECT changes() AS changed", values: [] };

/**
 * Logs in a D1 database, for all Workers that are bound to it. It makes its tables, which begin with `waygate_`, when it
 * is used first. A body of more than 1,900,000 bytes is not kept, because D1 takes none of 2 MB.
 *
 * @param now the clock, in ms since the epoch
 * @see https://developers.cloudflare.com/d1/platform/limits/
 */
export function d1Logs(database: D1, retention: Retention = {}, now: () => number = Date.now): LogStore {
  let opened: Promise<void> | undefined;

  async function open(): Promise<void> {
    const made = [...sqliteTables, "SELECT version FROM waygate_logs_state"];
    const answers = await database.batch(made.map((text) => database.prepare(text)));
    const { version } = answers.at(-1)!.results[0] as { readonly version: number };
    if (version === VERSION) return;
    throw new Error(`the tables of logs are of version ${version}, this one of waygate knows ${VERSION}`);
  }

  async function batch(statements: readonly SqlStatement[]): Promise<readonly (readonly SqlRow[])[]> {
    opened ??= open();
    try {
      await opened;
    } catch (error) {
      opened = undefined;
      throw error;
    }
    const bound = statements.map(({ text, values }) => database.prepare(text).bind(...values.map(taken)));
    return (await database.batch(bound)).map(({ results }) => results as readonly SqlRow[]);
  }

  return sqlLogs(
    {
      dialect: d1,
      largest: LARGEST,
      read: async (statement) => (await batch([statement]))[0]!,
      async write([first, ...more]) {
        if (!first) return 0;
        return (await batch([first, CHANGED, ...more]))[1]![0]!.changed as number;
      },
    },
    retention,
    now,
  );
}

/** Bytes in a buffer of their own: of a part D1 takes the whole. */
function taken(value: unknown): unknown {
  return value instanceof Uint8Array ? new Uint8Array(value).buffer : value;
}
