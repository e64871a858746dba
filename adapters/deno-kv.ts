import type { Counter, Store } from "../src/index.ts";
import { type Chunks, createChunks } from "./deno-kv-chunks.ts";
import { createAdder } from "./deno-kv-adder.ts";

/** A key of a Deno KV. */
export type KvKey = readonly (string | number)[];

/** What a Deno KV has under a key; both are null where there is nothing. */
export interface KvEntry {
  readonly value: unknown;
  readonly versionstamp: string | null;
}

/** Changes that a Deno KV makes all at once, or not at all where a check fails. */
export interface KvChanges {
  check(seen: { readonly key: KvKey; readonly versionstamp: string | null }): KvChanges;
  set(key: KvKey, value: unknown, options: { readonly expireIn: number }): KvChanges;
  delete(key: KvKey): KvChanges;
  commit(): Promise<{ readonly ok: boolean }>;
}

/** As much of a `Deno.Kv` as is used here, so that type checks elsewhere need no types of Deno's. */
export interface Kv {
  get(key: KvKey): Promise<KvEntry>;
  getMany(keys: readonly KvKey[]): Promise<readonly KvEntry[]>;
  atomic(): KvChanges;
}

/** Where a store lies within a Deno KV. */
export interface DenoKvOptions {
  /** First part of every key. @default "waygate" */
  readonly prefix?: string;
}

/** What lies under the key of a value: its bytes, or where they are. */
interface Head {
  /** By the wall clock, in ms, because a Deno KV forgets when it pleases. */
  readonly ends: number;
  readonly json: boolean;
  readonly bytes?: Uint8Array;
  readonly chunks?: Chunks;
}

/** Longest content that lies in its head, in bytes: an entry may have 64 KiB with all that is around it. */
const INLINE = 60 * 1024;

/**
 * A store in a Deno KV that the caller has opened, and closes. A value may have any length, and who reads it never
 * gets parts of two.
 *
 * @param now the clock, in ms since the epoch: one that all who share the database agree about
 */
export function denoKvStore(
  kv: Kv,
  { prefix = "waygate" }: DenoKvOptions = {},
  now: () => number = Date.now,
): Store & Counter {
  const { read, write, remove } = createChunks(kv, prefix);
  const place = (key: string): KvKey => [prefix, "value", key];

  /** Changes what lies under a key, and removes the chunks that nothing else led to. */
  async function change(key: string, how: (changes: KvChanges) => void): Promise<void> {
    for (;;) {
      const { value, versionstamp } = await kv.get(place(key));
      const changes = kv.atomic().check({ key: place(key), versionstamp });
      how(changes);
      if (!(await changes.commit()).ok) continue;
      const { chunks } = (value ?? {}) as Partial<Head>;
      if (chunks) await remove(chunks).catch(() => {}); // They end by themselves.
      return;
    }
  }

  return {
    async get(key) {
      let missing: string | undefined;
      for (;;) {
        const head = (await kv.get(place(key))).value as Head | null;
        if (!head || head.ends <= now()) return undefined;
        if (head.bytes) return decode(head.bytes, head);
        if (!head.chunks || head.chunks.id === missing) return undefined;
        const bytes = await read(head.chunks);
        if (bytes) return decode(bytes, head);
        missing = head.chunks.id; // Another head may have come since.
      }
    },
    async set(key, value, ttl) {
      const json = !(value instanceof Uint8Array);
      const bytes = json ? new TextEncoder().encode(JSON.stringify(value)) : new Uint8Array(value);
      const expireIn = Math.ceil(ttl);
      const ends = now() + ttl;
      const short = bytes.length <= INLINE;
      const head: Head = { ends, json, ...(short ? { bytes } : { chunks: await write(bytes, expireIn) }) };
      await change(key, (changes) => changes.set(place(key), head, { expireIn }));
    },
    delete: (key) => change(key, (changes) => changes.delete(place(key))),
    add: createAdder(kv, (key) => [prefix, "count", key], now),
  };
}

function decode(bytes: Uint8Array, { json }: Head): unknown {
  return json ? JSON.parse(new TextDecoder().decode(bytes)) : bytes;
}
