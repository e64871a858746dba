/** The statements by which SQLite keeps settings. */
export interface SettingsStatements {
  /** Makes the table, where it is not there yet. */
  readonly make: string;
  /** Finds `version` and `content`, if they are there. */
  readonly find: string;
  /** Takes a version and a content, and gives a row where they were kept. */
  readonly replace: string;
}

/** @param table its name */
export function settingsStatements(table: string): SettingsStatements {
  return {
    make: `CREATE TABLE IF NOT EXISTS ${table} (
      only INTEGER PRIMARY KEY CHECK (only = 1), version INTEGER NOT NULL, content TEXT NOT NULL
    )`,
    find: `SELECT version, content FROM ${table}`,
    replace: `
      INSERT INTO ${table} SELECT 1, ?1, ?2 WHERE ?1 = 1 OR EXISTS (SELECT 1 FROM ${table})
      ON CONFLICT DO UPDATE SET version = excluded.version, content = excluded.content
      WHERE version = excluded.version - 1 RETURNING version
    `,
  };
}
