import type { SqlRow, SqlValue } from "./sql-dialect.ts";

/** What the package `postgres` answers. */
export interface PostgresRows extends ReadonlyArray<SqlRow> {
  /** Rows that were found or changed. */
  readonly count: number;
}

/** What a client and a transaction of the package `postgres` take. */
export interface PostgresQueries {
  unsafe(text: string, values?: SqlValue[]): PromiseLike<PostgresRows>;
}

/** The version of the tables. */
const VERSION = 1;
/** Nobody else's, as good as certainly; "waygate" in ASCII. */
const LOCK = "33602696281945189";

/** `to_regclass` may remember from before the wait that there was nothing. */
const VISIBLE = "SELECT oid FROM pg_class WHERE relname = 'waygate_logs_state' AND pg_table_is_visible(oid)";

const TEXT = 'TEXT COLLATE "C"';
const NUMBER = "DOUBLE PRECISION";

/** Triggers count the records; each statement once, so that a hundred records are one change. */
const TABLES = `
  CREATE TABLE waygate_logs_state (
    id SMALLINT PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL, entries BIGINT NOT NULL
  );
  INSERT INTO waygate_logs_state (id, version, entries) VALUES (1, ${VERSION}, 0);
  CREATE TABLE waygate_logs (
    id ${TEXT} PRIMARY KEY, created BIGINT NOT NULL, appended BIGINT NOT NULL, created_at ${TEXT} NOT NULL,
    gateway ${TEXT} NOT NULL, provider ${TEXT} NOT NULL, model ${TEXT}, path ${TEXT} NOT NULL,
    event_id ${TEXT} NOT NULL, caller ${TEXT}, user_agent ${TEXT}, request_content_type ${TEXT},
    response_content_type ${TEXT}, ending ${TEXT}, status_code ${NUMBER} NOT NULL, duration ${NUMBER} NOT NULL,
    ttft ${NUMBER}, tokens_in ${NUMBER}, tokens_out ${NUMBER}, cost ${NUMBER}, waste ${NUMBER},
    feedback ${NUMBER}, score ${NUMBER}, success SMALLINT NOT NULL, cached SMALLINT NOT NULL,
    metadata ${TEXT}, labels ${TEXT}, rest TEXT NOT NULL
  );
  CREATE INDEX waygate_logs_by_time ON waygate_logs (created);
  CREATE INDEX waygate_logs_by_gateway ON waygate_logs (gateway, created);
  CREATE TABLE waygate_logs_bodies (
    id ${TEXT} NOT NULL REFERENCES waygate_logs (id) ON DELETE CASCADE, part TEXT NOT NULL, bytes BYTEA NOT NULL,
    PRIMARY KEY (id, part)
  );
  CREATE FUNCTION waygate_logs_counted() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    UPDATE waygate_logs_state
    SET entries = entries + (SELECT count(*) FROM changed) * CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END;
    RETURN NULL;
  END $$;
  CREATE TRIGGER waygate_logs_added AFTER INSERT ON waygate_logs REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION waygate_logs_counted();
  CREATE TRIGGER waygate_logs_gone AFTER DELETE ON waygate_logs REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION waygate_logs_counted();
`;

/**
 * Makes the tables of logs where they are not there; of all who find none at the same time, one makes them.
 *
 * @param begin does work in a transaction
 * @returns what waits until they are there; after a failure the next who waits tries again
 */
export function postgresTables(
  begin: (work: (queries: PostgresQueries) => Promise<number>) => Promise<unknown>,
): () => Promise<unknown> {
  let opened: Promise<unknown> | undefined;
  return () =>
    opened ??= begin(open).catch((error) => {
      opened = undefined;
      throw error;
    });
}

async function open(queries: PostgresQueries): Promise<number> {
  if (await isMade(queries)) return 0;
  await queries.unsafe(`SELECT pg_advisory_xact_lock(${LOCK})`);
  if (!await isMade(queries)) await queries.unsafe(TABLES);
  return 1;
}

async function isMade(queries: PostgresQueries): Promise<boolean> {
  const [table] = await queries.unsafe(VISIBLE);
  if (!table) return false;
  const [state] = await queries.unsafe("SELECT version FROM waygate_logs_state");
  if (state?.version === VERSION) return true;
  throw new Error(
    `the tables of logs are of version ${state?.version}, this one of waygate knows ${VERSION}`,
  );
}
