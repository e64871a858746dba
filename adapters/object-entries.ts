/** What a Durable Object keeps things in, with SQLite behind it or not, as far as waygate uses it. */
export interface ObjectStorage {
  get(key: string): Promise<unknown>;
  get(keys: string[]): Promise<Map<string, unknown>>;
  put(entries: Record<string, unknown>): Promise<void>;
  delete(keys: string[]): Promise<number>;
  list(options: { prefix: string; end?: string; limit: number }): Promise<Map<string, unknown>>;
  deleteAll(): Promise<void>;
  getAlarm(): Promise<number | null>;
  setAlarm(at: number): Promise<void>;
}

/** Something that is gone at a time of its own. */
export interface Entry {
  /** In ms since the epoch. */
  readonly ends: number;
  /** How many pieces lie beside it. */
  readonly pieces: number;
}

/** A part of something that is too large for one key. */
export type Piece = Uint8Array<ArrayBuffer>;

/** Most keys that a Durable Object takes at once. */
const BATCH = 128;
/** Most entries that one alarm removes, so that it keeps nobody waiting. */
const SWEEP = 1000;
/** The latest end that has room in a list that is sorted as text. */
const LATEST = 999_999_999_999_999;

/**
 * When something ends that is kept for so many ms.
 *
 * @param now ms since the epoch
 */
export function endOf(ttl: number, now: number = Date.now()): number {
  return Math.min(Math.ceil(now + ttl), LATEST);
}

/**
 * Writes an entry, or nothing, in place of the one that is there. Writes with no waiting in between are done together
 * or not at all.
 *
 * @param pause longest that an entry lies there when it is over, in ms
 */
export async function replace<Kind extends Entry>(
  storage: ObjectStorage,
  pause: number,
  name: string,
  next?: Kind,
  pieces: readonly Piece[] = [],
): Promise<void> {
  const held = await storage.get(name) as Entry | undefined;
  const alarm = await storage.getAlarm();
  const writes: Promise<unknown>[] = held ? remove(storage, keysOf(name, held)) : [];
  if (next) {
    const keys = keysOf(name, next);
    const values = [next, next.pieces, ...pieces];
    const entries = keys.map((key, index) => [key, values[index]] as const);
    writes.push(...inBatches(entries).map((some) => storage.put(Object.fromEntries(some))));
    const wake = next.ends + pause;
    if (alarm === null || wake < alarm) writes.push(storage.setAlarm(wake));
  }
  await Promise.all(writes);
}

/** The pieces of an entry, in their order. */
export async function piecesOf(
  storage: ObjectStorage,
  name: string,
  { pieces }: Entry,
): Promise<readonly Piece[]> {
  const keys = pieceKeys(name, pieces);
  const read = await Promise.all(inBatches(keys).map((some) => storage.get(some)));
  const found = new Map(read.flatMap((some) => [...some]));
  return keys.map((key) => found.get(key) as Piece);
}

/** Removes what is over, and sees to it that the next is, too; where nothing is left, nothing stays behind. */
export async function sweep(storage: ObjectStorage, pause: number): Promise<void> {
  const over = await storage.list({ prefix: "end/", end: endKey(Date.now() + 1, ""), limit: SWEEP });
  const keys = [...over].flatMap(([key, pieces]) => {
    const [, ends, name] = /^end\/(\d+)\/(.*)$/s.exec(key)!;
    return keysOf(name!, { ends: Number(ends), pieces: pieces as number });
  });
  await Promise.all(remove(storage, keys));
  const [next] = (await storage.list({ prefix: "end/", limit: 1 })).keys();
  if (next) await storage.setAlarm(Number(next.split("/")[1]) + pause);
  else await storage.deleteAll();
}

function remove(storage: ObjectStorage, keys: readonly string[]): Promise<unknown>[] {
  return inBatches(keys).map((some) => storage.delete(some));
}

/** All keys that an entry lies under. */
function keysOf(name: string, { ends, pieces }: Entry): readonly string[] {
  return [name, endKey(ends, name), ...pieceKeys(name, pieces)];
}

/** The key by which an alarm finds what is over. */
function endKey(ends: number, name: string): string {
  return `end/${String(ends).padStart(15, "0")}/${name}`;
}

function pieceKeys(name: string, pieces: number): readonly string[] {
  return Array.from({ length: pieces }, (_, index) => `piece/${index}/${name}`);
}

function inBatches<Item>(items: readonly Item[]): Item[][] {
  const starts = Array.from({ length: Math.ceil(items.length / BATCH) }, (_, index) => index * BATCH);
  return starts.map((start) => items.slice(start, start + BATCH));
}
