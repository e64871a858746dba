import { DatabaseSync } from "node:sqlite";

/** Marks a file as a store of waygate; "wayg" in ASCII. */
const MARK = 0x77617967;
/** Version of the tables below. */
const SCHEMA = 1;
/** Length in bytes to which the log beside the file shrinks again. */
const LOG = 32 * 1024 * 1024;

/** What is known of a value lies apart from it, so that 25 MiB are not written again when somebody has read them. */
const TABLES = `
  CREATE TABLE entries (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, ends INTEGER NOT NULL, used INTEGER NOT NULL
  );
  CREATE INDEX entries_by_end ON entries (ends);
  CREATE INDEX entries_by_use ON entries (used);
  CREATE TABLE contents (id INTEGER PRIMARY KEY, content NOT NULL);
  CREATE TRIGGER entries_gone AFTER DELETE ON entries BEGIN DELETE FROM contents WHERE id = OLD.id; END;
  CREATE TABLE counts (
    key TEXT PRIMARY KEY, used INTEGER NOT NULL CHECK (abs(used) < ${2 ** 53}), ends INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX counts_by_end ON counts (ends);
  PRAGMA application_id = ${MARK};
  PRAGMA user_version = ${SCHEMA};
`;

/**
 * Opens a file, or makes a new one. What is no store of this schema is left as it is.
 *
 * @param patience longest wait for another process that writes, in ms
 */
export function openFile(path: string, patience: number): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { timeout: patience });
    if (isNew(db)) create(db);
    db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = ${LOG}`);
    return db;
  } catch (error) {
    db?.close();
    throw new Error(`${path} cannot be a store: ${(error as Error).message}`, { cause: error });
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

function isNew(db: DatabaseSync): boolean {
  const { mark, schema, tables } = db.prepare(`
    SELECT application_id AS mark, user_version AS schema, (SELECT count(*) FROM sqlite_schema) AS tables
    FROM pragma_application_id, pragma_user_version
  `).get()!;
  if (mark === 0 && schema === 0 && tables === 0) return true;
  if (mark !== MARK) throw new Error("it is a database of something else");
  if (schema !== SCHEMA) throw new Error(`its schema is ${schema}, this version of waygate knows ${SCHEMA}`);
  return false;
}

/** Another process may have been faster. */
function create(db: DatabaseSync): void {
  atOnce(db, () => {
    if (isNew(db)) db.exec(TABLES);
  });
}
