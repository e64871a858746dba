import { closeSync, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import type { SettingsStore, StoredSettings } from "./management.ts";
import { readSettings, type SettingsRow } from "./settings-row.ts";
import { settingsStatements } from "./sql-settings.ts";
import { settle } from "./sqlite-file.ts";

/** Marks a file as settings of waygate's; "wayS" in ASCII. */
const MARK = 0x77617953;
/** Longest wait for another process that writes, in ms. */
const PATIENCE = 1000;

const statements = settingsStatements("settings");

/** Settings that somebody has to close. */
export interface SqliteSettings extends SettingsStore {
  /** Lets go of the file; what is asked for later rejects. */
  close(): void;
}

/**
 * What is set by the API of `waygate/management`, in a file of SQLite's, for all processes of one machine. It has
 * providers' keys in it: a new file is for its owner alone.
 *
 * @throws where the file is something else
 */
export function sqliteSettings(path: string): SqliteSettings {
  const db = open(path);
  const [find, replace] = [db.prepare(statements.find), db.prepare(statements.replace)];

  function read(): StoredSettings | undefined {
    const row = find.get();
    return row && readSettings(path, row as unknown as SettingsRow);
  }

  return {
    read: () => settle(read),
    // To the last row: only then it is known that it was written.
    write: (settings) => settle(() => replace.all(settings.version, JSON.stringify(settings)).length === 1),
    close() {
      if (db.isOpen) db.close();
    },
  };
}

function open(path: string): DatabaseSync {
  if (path !== ":memory:") closeSync(openSync(path, "a", 0o600));
  const db = new DatabaseSync(path, { timeout: PATIENCE });
  try {
    const { mark, tables } = db.prepare(`
      SELECT application_id AS mark, (SELECT count(*) FROM sqlite_schema) AS tables FROM pragma_application_id
    `).get()!;
    if (mark !== MARK && (mark !== 0 || tables !== 0)) throw new Error("it is a database of something else");
    db.exec(`PRAGMA application_id = ${MARK}; ${statements.make}`);
    return db;
  } catch (error) {
    db.close();
    throw new Error(`${path} cannot keep settings: ${(error as Error).message}`, { cause: error });
  }
}
