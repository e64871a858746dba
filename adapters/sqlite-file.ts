import { DatabaseSync } from "node:sqlite";

/** What a file is for. */
export interface FileKind {
  /** Such as `a store`. */
  readonly name: string;
  /** What marks such a file as one: 32 bits. */
  readonly mark: number;
  /** Version of its tables. */
  readonly version: number;
  /** The statements that make them. */
  readonly tables: string;
}

/** Length in bytes to which the log beside the file shrinks again. */
const LOG = 32 * 1024 * 1024;

/**
 * Opens a file, or makes a new one. What is of another kind or version is left as it is.
 *
 * @param patience longest wait for another process that writes, in ms
 */
export function openFile(path: string, patience: number, kind: FileKind): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { timeout: patience });
    if (isNew(db, kind)) create(db, kind);
    db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = ${LOG}`);
    return db;
  } catch (error) {
    db?.close();
    throw new Error(`${path} cannot be ${kind.name}: ${(error as Error).message}`, { cause: error });
  }
}

/** Does all of it or nothing. */
export function atOnce(db: DatabaseSync, work: () => void): void {
  db.exec("BEGIN IMMEDIATE");
  try {
    work();
    db.exec("COMMIT");
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}

/** A promise of what was done at once; it rejects with what was thrown. */
export function settle<Value>(work: () => Value): Promise<Value> {
  return new Promise((resolve) => resolve(work()));
}

function isNew(db: DatabaseSync, kind: FileKind): boolean {
  const { mark, schema, tables } = db.prepare(`
    SELECT application_id AS mark, user_version AS schema, (SELECT count(*) FROM sqlite_schema) AS tables
    FROM pragma_application_id, pragma_user_version
  `).get()!;
  if (mark === 0 && schema === 0 && tables === 0) return true;
  if (mark !== kind.mark) throw new Error("it is a database of something else");
  if (schema !== kind.version) {
    throw new Error(`its schema is ${schema}, this version of waygate knows ${kind.version}`);
  }
  return false;
}

/** Another process may have been faster. */
function create(db: DatabaseSync, kind: FileKind): void {
  const { tables, mark, version } = kind;
  atOnce(db, () => {
    if (isNew(db, kind)) {
      db.exec(`${tables}; PRAGMA application_id = ${mark}; PRAGMA user_version = ${version}`);
    }
  });
}
