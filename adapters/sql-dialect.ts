/** What can be bound to a statement. */
export type SqlValue = string | number | Uint8Array | null;

/** A statement and what is bound to it; nothing that anybody wrote stands in its text. */
export interface SqlStatement {
  readonly text: string;
  readonly values: readonly SqlValue[];
}

/** A row by the names of its columns. */
export type SqlRow = Readonly<Record<string, unknown>>;

/** Binds a value to a statement that is being written, and tells what stands for it there. */
export type Bind = (value: SqlValue) => string;

/** Where databases differ; all else is said in words that they share. Arguments are pieces of SQL. */
export interface SqlDialect {
  /** What stands for the value that is bound at a place, from 1. */
  parameter(place: number): string;
  /** A value that is bound as bytes. */
  bytes(parameter: string): string;
  /** Where a text is in another, from 1; 0 where it is not. */
  position(text: string, part: string): string;
  /** A table `wanted` with the texts of a JSON list as `value`. */
  wanted(json: string): string;
  /** A table with the members of a JSON object as `key` and `value`, whose values are texts or null. */
  texts(json: string): string;
  /** The same with values that are numbers; what is none is null or left out. */
  numbers(json: string): string;
  /** A query for some columns of the rows in a JSON list of objects. @default each row is a query and bound by itself */
  readonly rows?: (columns: readonly string[], json: string) => string;
}

/** SQLite, and what is made of it. Of `json_each` no more than needed is let out: it has an `id` and a `path`, too. */
export const sqlite: SqlDialect = {
  parameter: (place) => `?${place}`,
  bytes: (parameter) => parameter,
  position: (text, part) => `instr(${text}, ${part})`,
  wanted: (json) => `(SELECT value FROM json_each(${json})) AS wanted`,
  texts: (json) => `(SELECT key, value FROM json_each(${json}))`,
  numbers: (json) => `(SELECT key, value FROM json_each(${json}) WHERE type IN ('integer', 'real'))`,
};

/** Cloudflare's D1: SQLite at a distance, where each statement and each value that is bound counts. */
export const d1: SqlDialect = {
  ...sqlite,
  rows: (columns, json) =>
    `SELECT ${columns.map((name) => `value ->> '$.${name}'`).join(", ")} FROM json_each(${json})`,
};

/** PostgreSQL. What comes out of JSON has to be told that it is compared as the columns are. */
export const postgres: SqlDialect = {
  parameter: (place) => `$${place}`,
  bytes: (parameter) => `CAST(${parameter} AS BYTEA)`,
  position: (text, part) => `strpos(${text}, ${part})`,
  wanted: (json) => `json_array_elements_text(${asJson(json)}) AS wanted(value)`,
  texts: (json) =>
    `(SELECT key COLLATE "C" AS key, value COLLATE "C" AS value FROM json_each_text(${asJson(json)}))`,
  numbers: (json) => `
    (SELECT key, CAST(CASE json_typeof(value) WHEN 'number' THEN value #>> '{}' END AS DOUBLE PRECISION) AS value
    FROM json_each(${asJson(json)}))
  `,
  rows: (columns, json) => `
    SELECT ${columns.join(", ")} FROM json_populate_recordset(CAST(NULL AS waygate_logs), ${asJson(json)})
  `,
};

/** Clients write JSON in their own way into what they take for JSON; so a text is bound. */
function asJson(text: string): string {
  return `CAST(CAST(${text} AS TEXT) AS JSON)`;
}

/** Writes a statement, whose values are numbered as they are bound. */
export function statement({ parameter }: SqlDialect, write: (bind: Bind) => string): SqlStatement {
  const values: SqlValue[] = [];
  const text = write((value) => parameter(values.push(value)));
  return { text, values };
}
