import type { SQLInputValue, StatementSync } from "node:sqlite";
import type { LogStore, Retention } from "../src/index.ts";
import { sqlite, type SqlRow, type SqlStatement } from "./sql-dialect.ts";
import { sqlLogs } from "./sql-logs.ts";
import { atOnce, type FileKind, openFile } from "./sqlite-file.ts";
import { threadedLogs } from "./sqlite-logs-threaded.ts";
import { sqliteTables, VERSION } from "./sqlite-tables.ts";

/** How many logs are kept in a file, and how long it waits. */
export interface SqliteLogsOptions extends Retention {
  /** Longest wait for another process that writes, in ms; requests go on meanwhile. @default 1000 */
  readonly patience?: number;
  /**
   * Whether a thread of its own does the work, so that no request waits for it; it cannot be bundled into one file with
   * the rest. @default false
   */
  readonly thread?: boolean;
}

/** Logs that somebody has to close. */
export interface SqliteLogs extends LogStore {
  /** Lets go of the file; what is asked for later rejects. */
  close(): void;
}

const logs: FileKind = {
  name: "a file of logs",
  // "wayl" in ASCII.
  mark: 0x7761796c,
  version: VERSION,
  tables: sqliteTables.join(";"),
};
/** How long whoever finds the file locked waits until he tries again, in ms. */
const PAUSE = 10;
/** Most bytes that SQLite takes as one value. */
const LARGEST = 1_000_000_000;

/**
 * Logs in a file of SQLite's that holds nothing else, for all processes of one machine. It outlives them.
 *
 * Without `thread` each question and each `append` takes the program's only thread until it is done.
 *
 * @param now the clock, in ms since the epoch
 * @throws where the file is something else, or of another version
 */
export function sqliteLogs(
  path: string,
  { thread = false, ...options }: SqliteLogsOptions = {},
  now: () => number = Date.now,
): SqliteLogs {
  const { patience = 1000, ...retention } = options;
  const db = openFile(path, patience, logs);
  if (thread) {
    db.close(); // It was opened to find out whether it can be.
    return threadedLogs({ path, options }, now);
  }
  // SQLite's own way to wait stops the program's thread, and with it all requests.
  db.exec("PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 0");

  function read({ text, values }: SqlStatement): readonly SqlRow[] {
    return db.prepare(text).all(...values as SQLInputValue[]);
  }

  function write(statements: readonly SqlStatement[]): number {
    const prepared = new Map<string, StatementSync>();
    const changes: number[] = [];
    atOnce(db, () => {
      for (const { text, values } of statements) {
        const ready = prepared.get(text) ?? db.prepare(text);
        prepared.set(text, ready);
        changes.push(Number(ready.run(...values as SQLInputValue[]).changes));
      }
    });
    return changes[0] ?? 0;
  }

  return closable(
    sqlLogs(
      {
        dialect: sqlite,
        largest: LARGEST,
        read: (statement) => tryFor(patience, () => read(statement)),
        write: (statements) => tryFor(patience, () => write(statements)),
      },
      retention,
      now,
    ),
    () => db.close(),
  );
}

/** Logs that are closed when all that was asked before is done; what is asked later rejects. */
function closable(logs: LogStore, close: () => void): SqliteLogs {
  let underway = 0;
  let over = false;

  const counted =
    <Given extends readonly unknown[], Value>(work: (...given: Given) => Promise<Value>) =>
    async (...given: Given): Promise<Value> => {
      if (over) throw new Error("the logs are closed");
      underway++;
      try {
        return await work(...given);
      } finally {
        if (--underway === 0 && over) close();
      }
    };

  return {
    append: counted(logs.append),
    list: counted(logs.list),
    range: counted(logs.range),
    get: counted(logs.get),
    body: counted(logs.body),
    patch: counted(logs.patch),
    delete: counted(logs.delete),
    stats: counted(logs.stats),
    close() {
      if (!over && underway === 0) close();
      over = true;
    },
  };
}

/**
 * Does something, again and again while another process has the file locked.
 *
 * @param ms how long
 */
async function tryFor<Value>(ms: number, work: () => Value): Promise<Value> {
  for (const began = performance.now();;) {
    try {
      return work();
    } catch (error) {
      if (!isLocked(error) || performance.now() - began >= ms) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}

/** Deno tells no code. */
function isLocked(error: unknown): boolean {
  return /database is locked/.test((error as Error).message);
}
