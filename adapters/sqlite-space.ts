import type { DatabaseSync } from "node:sqlite";
import { atOnce } from "./sqlite-file.ts";

/** Writes from one sweep to the next. */
const PERIOD = 100;
/** Most that goes at once: more than comes from one sweep to the next, so that any heap shrinks. */
const LOT = 250;

/** Sees to it that a file does not outgrow its bounds. */
export interface Space {
  /** Told of each write; every so often removes what is over, and what is too many. */
  sweepNowAndThen(now: number): void;
  /** Removes values until the file holds no more than it may; tells whether there were enough. */
  makeRoom(): boolean;
}

/** @param limits most rows of a kind, and most bytes that the file holds */
export function createSpace(
  db: DatabaseSync,
  { entries, bytes }: { readonly entries: number; readonly bytes: number },
): Space {
  const removeEnded = ["entries", "counts"].map((table) =>
    db.prepare(`
      DELETE FROM ${table} WHERE key IN (SELECT key FROM ${table} WHERE ends <= $now ORDER BY ends LIMIT ${LOT})
    `)
  );
  const removeSurplus = [["entries", "used"], ["counts", "ends"]].map(([table, order]) =>
    db.prepare(`
      DELETE FROM ${table} WHERE key IN (
        SELECT key FROM ${table} ORDER BY ${order}
        LIMIT max(0, min(${LOT}, (SELECT count(*) FROM ${table}) - $entries))
      )
    `)
  );
  const removeOldest = db.prepare(
    "DELETE FROM entries WHERE id = (SELECT id FROM entries ORDER BY used LIMIT 1)",
  );
  const held = db.prepare(`
    SELECT (page_count - freelist_count) * page_size AS bytes
    FROM pragma_page_count, pragma_freelist_count, pragma_page_size
  `);
  const isFull = () => held.get()!.bytes as number > bytes;
  let writes = 0;

  return {
    sweepNowAndThen(now) {
      if (writes++ % PERIOD > 0) return;
      atOnce(db, () => {
        for (const remove of removeEnded) remove.run({ now });
        for (const remove of removeSurplus) remove.run({ entries });
      });
    },
    makeRoom() {
      for (let gone = 0; gone < LOT && isFull(); gone++) removeOldest.run();
      return !isFull();
    },
  };
}
