import type { Kv, KvKey } from "./deno-kv.ts";

/** Length of a chunk in bytes: the most that a Deno KV takes as one value. */
const LENGTH = 64 * 1024;
/** Most chunks in a commit, which may have 800 KiB with its keys. */
const MOST_CHANGED = 12;
/** Most keys that a Deno KV reads at once. */
const MOST_READ = 10;

/** Where the chunks of one content are. No other has the same id, so that nobody mixes two. */
export interface Chunks {
  readonly id: string;
  /** Of the whole, in bytes. */
  readonly length: number;
}

/** Keeps bytes that are too long for one value. */
export interface ChunkShelf {
  /** What was written, or undefined where some of it is missing. */
  read(chunks: Chunks): Promise<Uint8Array | undefined>;
  /** @param expireIn how long they are kept at least, in ms */
  write(bytes: Uint8Array, expireIn: number): Promise<Chunks>;
  remove(chunks: Chunks): Promise<void>;
}

/** @param prefix first part of every key */
export function createChunks(kv: Kv, prefix: string): ChunkShelf {
  const placesOf = ({ id, length }: Chunks): KvKey[] =>
    Array.from({ length: Math.ceil(length / LENGTH) }, (_, index) => [prefix, "chunk", id, index]);

  return {
    async read(chunks) {
      const groups = split(placesOf(chunks), MOST_READ).map((places) => kv.getMany(places));
      const bytes = new Uint8Array(chunks.length);
      for (const [index, { value }] of (await Promise.all(groups)).flat().entries()) {
        if (!(value instanceof Uint8Array)) return undefined;
        bytes.set(value, index * LENGTH);
      }
      return bytes;
    },
    async write(bytes, expireIn) {
      const chunks: Chunks = { id: crypto.randomUUID(), length: bytes.length };
      const pieces = placesOf(chunks).map((place, index) => {
        const begin = index * LENGTH;
        return { place, piece: bytes.subarray(begin, begin + LENGTH) };
      });
      await Promise.all(
        split(pieces, MOST_CHANGED).map((group) => {
          const changes = kv.atomic();
          for (const { place, piece } of group) changes.set(place, piece, { expireIn });
          return changes.commit();
        }),
      );
      return chunks;
    },
    async remove(chunks) {
      await Promise.all(
        split(placesOf(chunks), MOST_CHANGED).map((places) => {
          const changes = kv.atomic();
          for (const place of places) changes.delete(place);
          return changes.commit();
        }),
      );
    },
  };
}

function split<Item>(items: readonly Item[], most: number): Item[][] {
  return Array.from(
    { length: Math.ceil(items.length / most) },
    (_, index) => items.slice(index * most, (index + 1) * most),
  );
}
