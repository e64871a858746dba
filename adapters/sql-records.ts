import type { LogEntry, LogRecord } from "../src/index.ts";
import type { SqlRow } from "./sql-dialect.ts";

const texts = [
  "id",
  "created_at",
  "gateway",
  "provider",
  "model",
  "path",
  "event_id",
  "caller",
  "user_agent",
  "request_content_type",
  "response_content_type",
  "ending",
] as const;
const numbers = [
  "status_code",
  "duration",
  "ttft",
  "tokens_in",
  "tokens_out",
  "cost",
  "waste",
  "feedback",
  "score",
] as const;
const flags = ["success", "cached"] as const;

/** The columns from which a record is read. */
export const readColumns: readonly string[] = [...texts, ...numbers, ...flags, "metadata", "rest"];
/** All columns of a record. */
export const columns: readonly string[] = [...readColumns, "created", "appended", "labels"];
const own = new Set(columns);

/** A value for each column. */
export type Row = Readonly<Record<string, string | number | null>>;

/**
 * A record as a row: a column for what is filtered and added up, the rest as JSON.
 *
 * @param appended a number by which rows of one call are known
 */
export function rowOf({ record }: LogEntry, appended: number): Row {
  const row: Record<string, string | number | null> = {
    created: Date.parse(record.created_at),
    appended,
    ...metadataColumns(record.metadata),
    rest: JSON.stringify(Object.fromEntries(Object.entries(record).filter(([name]) => !own.has(name)))),
  };
  for (const name of texts) row[name] = record[name] === null ? null : plain(record[name]);
  for (const name of numbers) row[name] = record[name];
  for (const name of flags) row[name] = Number(record[name]);
  return row;
}

/** The record of a row. */
export function recordOf(row: SqlRow): LogRecord {
  const record: Record<string, unknown> = JSON.parse(row.rest as string);
  for (const name of [...texts, ...numbers]) record[name] = row[name];
  for (const name of flags) record[name] = row[name] === 1;
  record.metadata = row.metadata === null ? null : JSON.parse(row.metadata as string);
  return record as unknown as LogRecord;
}

/** Metadata as it is given back, and with texts for all values, by which it is filtered and grouped. */
export function metadataColumns(
  metadata: LogRecord["metadata"],
): { readonly metadata: string | null; readonly labels: string | null } {
  if (metadata === null) return { metadata: null, labels: null };
  const entries = Object.entries(metadata).map(([key, value]) =>
    [plain(key), typeof value === "string" ? plain(value) : value] as const
  );
  const labels = entries.map(([key, value]) => [key, value === null ? null : String(value)]);
  return {
    metadata: JSON.stringify(Object.fromEntries(entries)),
    labels: JSON.stringify(Object.fromEntries(labels)),
  };
}

/** What may be no character. */
const ODD = /[\0\ud800-\udfff]/;

/** A text with U+FFFD for what is no character of a database's: halves of pairs, and zero. */
export function plain(text: string): string {
  if (!ODD.test(text)) return text;
  return text.replace(/\0|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd");
}
