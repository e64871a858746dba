import type { Counter, Store } from "../src/index.ts";
import { entries as store } from "./sqlite-entries.ts";
import { atOnce, openFile, settle } from "./sqlite-file.ts";
import { createSpace } from "./sqlite-space.ts";

/** How much a store in a file holds, and how long it waits. */
export interface SqliteOptions {
  /** Most values, and most counts, give or take a hundred. @default 100000 */
  readonly entries?: number;
  /** Most bytes that the file holds, whatever they are; a value that does not fit is not kept. @default 1073741824 */
  readonly bytes?: number;
  /** Longest wait for another process that writes, in ms; this one stands still as long. @default 100 */
  readonly patience?: number;
}

/** A store that somebody has to close. */
export interface SqliteStore extends Store, Counter {
  /** Lets go of the file; what is asked for later rejects. */
  close(): void;
}

/** How exactly it is known when something was used last, in ms. */
const COARSE = 60_000;
/** Most values whose use is remembered until the next write. */
const MOST_READ = 250;

/**
 * A store in a file of SQLite's, for all processes of one machine. It outlives them. Of what is too much, that goes
 * first which was used longest ago; of counts, what ends first.
 *
 * @param now the clock, in ms since the epoch: one that all who share the file agree about
 * @throws where the file is something else, or of another version
 */
export function sqliteStore(
  path: string,
  { entries = 100_000, bytes = 1024 ** 3, patience = 100 }: SqliteOptions = {},
  now: () => number = Date.now,
): SqliteStore {
  const db = openFile(path, patience, store);
  const space = createSpace(db, { entries, bytes });
  const find = db.prepare(
    "SELECT id, used, content FROM entries JOIN contents USING (id) WHERE key = $key AND ends > $now",
  );
  const enter = db.prepare(`
    INSERT INTO entries (key, ends, used) VALUES ($key, $ends, $now)
    ON CONFLICT DO UPDATE SET ends = excluded.ends, used = excluded.used RETURNING id
  `);
  const fill = db.prepare("INSERT OR REPLACE INTO contents (id, content) VALUES ($id, $content)");
  const touch = db.prepare("UPDATE entries SET used = $now WHERE id = $id");
  const remove = db.prepare("DELETE FROM entries WHERE key = $key");
  const count = db.prepare(`
    INSERT INTO counts (key, used, ends) VALUES ($key, $amount, $ends)
    ON CONFLICT DO UPDATE SET
      used = iif(ends > $now, used, 0) + excluded.used,
      ends = iif(ends > $now, ends, excluded.ends)
    RETURNING used, ends
  `);
  /** Rows that were read. The next write tells, so that no reader has to wait for a writer. */
  const read = new Set<number>();

  function get(key: string): unknown {
    const at = now();
    const found = find.get({ key, now: at });
    if (!found) return undefined;
    if (found.used as number < at - COARSE && read.size < MOST_READ) read.add(found.id as number);
    return typeof found.content === "string" ? JSON.parse(found.content) : found.content;
  }

  function set(key: string, value: unknown, ttl: number): void {
    const at = now();
    const content = value instanceof Uint8Array ? value : JSON.stringify(value);
    space.sweepNowAndThen(at);
    if (content.length > bytes) return void remove.run({ key });
    atOnce(db, () => {
      for (const id of read) touch.run({ id, now: at });
      read.clear();
      const { id } = enter.get({ key, ends: at + ttl, now: at })!;
      fill.run({ id: id!, content });
      if (!space.makeRoom()) remove.run({ key });
    });
  }

  function add(key: string, amount: number, window: number): { used: number; resets: number } {
    const at = now();
    space.sweepNowAndThen(at);
    const { used, ends } = count.get({ key, amount, ends: at + window, now: at })!;
    return { used: used as number, resets: ends as number - at };
  }

  return {
    get: (key) => settle(() => get(key)),
    set: (key, value, ttl) => settle(() => set(key, value, ttl)),
    delete: (key) => settle(() => void remove.run({ key })),
    add: (key, amount, window) => settle(() => add(key, amount, window)),
    close() {
      if (db.isOpen) db.close();
    },
  };
}
