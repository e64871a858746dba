/** The version of the tables. */
export const VERSION = 1;

/** The tables of logs in SQLite, where they are not there yet; triggers count the records. */
export const sqliteTables: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS waygate_logs_state (
    id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL, entries INTEGER NOT NULL
  )`,
  `INSERT INTO waygate_logs_state (id, version, entries) VALUES (1, ${VERSION}, 0) ON CONFLICT DO NOTHING`,
  `CREATE TABLE IF NOT EXISTS waygate_logs (
    id TEXT NOT NULL PRIMARY KEY, created INTEGER NOT NULL, appended INTEGER NOT NULL, created_at TEXT NOT NULL,
    gateway TEXT NOT NULL, provider TEXT NOT NULL, model TEXT, path TEXT NOT NULL, event_id TEXT NOT NULL,
    caller TEXT, user_agent TEXT, request_content_type TEXT, response_content_type TEXT, ending TEXT,
    status_code REAL NOT NULL, duration REAL NOT NULL, ttft REAL, tokens_in REAL, tokens_out REAL,
    cost REAL, waste REAL, feedback REAL, score REAL, success INTEGER NOT NULL, cached INTEGER NOT NULL,
    metadata TEXT, labels TEXT, rest TEXT NOT NULL
  )`,
  "CREATE INDEX IF NOT EXISTS waygate_logs_by_time ON waygate_logs (created)",
  "CREATE INDEX IF NOT EXISTS waygate_logs_by_gateway ON waygate_logs (gateway, created)",
  `CREATE TABLE IF NOT EXISTS waygate_logs_bodies (
    id TEXT NOT NULL REFERENCES waygate_logs (id) ON DELETE CASCADE, part TEXT NOT NULL, bytes BLOB NOT NULL,
    PRIMARY KEY (id, part)
  )`,
  `CREATE TRIGGER IF NOT EXISTS waygate_logs_added AFTER INSERT ON waygate_logs
    BEGIN UPDATE waygate_logs_state SET entries = entries + 1; END`,
  `CREATE TRIGGER IF NOT EXISTS waygate_logs_gone AFTER DELETE ON waygate_logs
    BEGIN UPDATE waygate_logs_state SET entries = entries - 1; END`,
];
