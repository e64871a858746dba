import type { LogEntry, LogRecord, Retention } from "../src/index.ts";
import { type Bound, heldBy } from "./sql-bounds.ts";
import { type Bind, type SqlDialect, type SqlStatement, statement } from "./sql-dialect.ts";
import { columns, plain, type Row, rowOf } from "./sql-records.ts";

/** Most records where no other number is given. */
export const MOST = 10_000_000;
/** Most records beyond the number of its own that one call removes because they are too many or too old. */
const LOT = 1000;
/** Length to which rows are bound as one text. */
const LONG = 500_000;

/** The statements that keep some entries and no more of the others than there may be, of single gateways and of all. */
export type Append = (given: readonly LogEntry[], bounds: readonly Bound[]) => readonly SqlStatement[];

/**
 * Says how entries are appended. The triggers of the tables count the records, so that nobody has to.
 *
 * @param largest most bytes of a body; a larger one is not kept
 * @param now the clock, in ms since the epoch
 */
export function createAppend(
  dialect: SqlDialect,
  largest: number,
  { entries = MOST, age = Infinity, strategy = "DELETE_OLDEST" }: Retention,
  now: () => number,
): Append {
  const stops = strategy === "STOP_INSERTING" && entries < Infinity;
  const say = (words: (bind: Bind) => string) => statement(dialect, words);

  function removeOld(oldest: number, lot: number): SqlStatement {
    return say((bind) => `
      DELETE FROM waygate_logs WHERE id IN (
        SELECT id FROM waygate_logs WHERE created < ${bind(oldest)} ORDER BY created LIMIT ${bind(lot)}
      )
    `);
  }

  function insert(query: (bind: Bind) => string): SqlStatement {
    return say((bind) => `
      INSERT INTO waygate_logs (${columns.join(", ")}) ${query(bind)}
      WHERE ${stops ? `(SELECT entries FROM waygate_logs_state) < ${bind(entries)}` : "1 = 1"}
      ON CONFLICT DO NOTHING
    `);
  }

  function insertAll(rows: readonly Row[]): readonly SqlStatement[] {
    const { rows: read } = dialect;
    if (read) return listsOf(rows).map((list) => insert((bind) => read(columns, bind(list))));
    return rows.map((row) =>
      insert((bind) => `SELECT ${columns.map((name) => bind(row[name]!)).join(", ")}`)
    );
  }

  /** Only of a record that this call has inserted. */
  function insertBody(id: string, part: string, bytes: Uint8Array, appended: number): SqlStatement {
    return say((bind) => `
      INSERT INTO waygate_logs_bodies (id, part, bytes)
      SELECT id, CAST(${bind(part)} AS TEXT), ${dialect.bytes(bind(bytes))}
      FROM waygate_logs WHERE id = ${bind(id)} AND appended = ${bind(appended)}
    `);
  }

  /** Those that are too many, of a gateway or of all: the oldest, or the latest of this call. */
  function removeSurplus(bound: Bound | undefined, ids: readonly string[], appended: number): SqlStatement {
    const stop = bound?.stops ?? stops;
    return say((bind) => {
      const isOwn = bound ? `gateway = ${bind(bound.gateway)}` : "1 = 1";
      const isFresh = stop
        ? `appended = ${bind(appended)} AND id IN (
            SELECT wanted.value FROM ${dialect.wanted(bind(JSON.stringify(ids)))}
          )`
        : "1 = 1";
      const way = stop ? "DESC" : "ASC";
      const held = bound ? heldBy(bound, bind) : "waygate_logs_state";
      const most = bind(bound?.most ?? entries), lot = bind((bound ? 2 * LOT : LOT) + ids.length);
      return `
        DELETE FROM waygate_logs WHERE id IN (
          SELECT id FROM waygate_logs WHERE ${isOwn} AND ${isFresh}
          ORDER BY created ${way}, id ${way} LIMIT (
            SELECT CASE
              WHEN entries < ${most} THEN 0 WHEN entries - ${most} > ${lot} THEN ${lot} ELSE entries - ${most}
            END FROM ${held}
          )
        )
      `;
    });
  }

  return (given, bounds) => {
    const oldest = age < Infinity ? Math.floor(now() - age) : -Infinity;
    // Where there is not room for all, the oldest come first.
    const fresh = unique(given).filter(({ record }) => !(timeOf(record) < oldest))
      .sort((one, other) =>
        timeOf(one.record) - timeOf(other.record) || (one.record.id < other.record.id ? -1 : 1)
      );
    const ids = fresh.map(({ record }) => plain(record.id));
    const appended = Math.floor(Math.random() * Number.MAX_SAFE_INTEGER);
    const rows = fresh.map((entry) => rowOf(entry, appended));
    const bodies = fresh.flatMap(({ request, response }, index) =>
      Object.entries({ request, response }).flatMap(([part, bytes]) =>
        bytes && bytes.byteLength <= largest ? [insertBody(ids[index]!, part, bytes, appended)] : []
      )
    );
    return [
      ...age < Infinity ? [removeOld(oldest, LOT + ids.length)] : [],
      ...insertAll(rows),
      ...bodies,
      ...bounds.map((bound) => removeSurplus(bound, ids, appended)),
      ...entries < Infinity ? [removeSurplus(undefined, ids, appended)] : [],
    ];
  };
}

function timeOf({ created_at }: LogRecord): number {
  return Date.parse(created_at);
}

/** The first of each id. */
function unique(entries: readonly LogEntry[]): LogEntry[] {
  const ids = new Set<string>();
  return entries.filter(({ record: { id } }) => !ids.has(id) && ids.add(id));
}

/** Lists in JSON, none much longer than a database takes as one text. */
function listsOf(rows: readonly Row[]): readonly string[] {
  const lists: string[][] = [];
  let length = Infinity;
  for (const row of rows.map((row) => JSON.stringify(row))) {
    if (length + row.length > LONG) {
      lists.push([]);
      length = 0;
    }
    lists.at(-1)!.push(row);
    length += row.length;
  }
  return lists.map((list) => `[${list.join(",")}]`);
}
