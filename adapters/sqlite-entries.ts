import type { FileKind } from "./sqlite-file.ts";

/**
 * A file that is a store. What is known of a value lies apart from it, so that 25 MiB are not written again when somebody
 * has read them.
 */
export const entries: FileKind = {
  name: "a store",
  // "wayg" in ASCII.
  mark: 0x77617967,
  version: 1,
  tables: `
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
  `,
};
