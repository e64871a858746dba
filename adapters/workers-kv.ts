import type { Store } from "../src/index.ts";
import { hexDigest } from "./hex-digest.ts";

/** A KV namespace that is bound to a Worker, as far as waygate uses it. */
export interface KvNamespace {
  getWithMetadata(
    key: string,
    type: "arrayBuffer",
  ): Promise<{ readonly value: ArrayBuffer | null; readonly metadata: unknown }>;
  put(
    key: string,
    value: string | Uint8Array<ArrayBuffer>,
    options: { expirationTtl: number; metadata: unknown },
  ): Promise<void>;
  delete(key: string): Promise<void>;
}

/** How a store uses its namespace. */
export interface WorkersKvOptions {
  /** What every key begins with, so that others may use the namespace, too. @default "waygate:" */
  readonly prefix?: string;
}

/** What stands beside a value. */
interface Label {
  readonly kind: "json" | "bytes";
  /** In ms since the epoch: KV's own expiry knows whole seconds and at least a minute. */
  readonly ends: number;
}

/** Longest key of KV, in bytes. */
const LONGEST = 512;
/** Shortest time that KV keeps anything, in seconds. */
const BRIEFEST = 60;

/**
 * Keeps answers in Workers KV: for `cacheStore`, not for `store`, because KV cannot count and other places see a change
 * up to a minute late. What is larger than 25 MiB is refused by KV.
 *
 * @param namespace the binding
 */
export function workersKvStore(
  namespace: KvNamespace,
  { prefix = "waygate:" }: WorkersKvOptions = {},
): Store {
  return {
    async get(key) {
      const { value, metadata } = await namespace.getWithMetadata(await nameOf(prefix, key), "arrayBuffer");
      const label = metadata as Label | null;
      if (!value || !label || Date.now() >= label.ends) return undefined;
      return label.kind === "bytes" ? new Uint8Array(value) : JSON.parse(new TextDecoder().decode(value));
    },
    async set(key, value, ttl) {
      const kind = value instanceof Uint8Array ? "bytes" : "json";
      const kept = value instanceof Uint8Array ? value as Uint8Array<ArrayBuffer> : JSON.stringify(value);
      const metadata: Label = { kind, ends: Date.now() + ttl };
      const expirationTtl = Math.max(Math.ceil(ttl / 1000), BRIEFEST);
      await namespace.put(await nameOf(prefix, key), kept, { expirationTtl, metadata });
    },
    async delete(key) {
      await namespace.delete(await nameOf(prefix, key));
    },
  };
}

/** A key as KV takes it: one that is too long, or that KV or this function has another use for, is hashed. */
async function nameOf(prefix: string, key: string): Promise<string> {
  const name = prefix + key;
  const bytes = new TextEncoder().encode(name);
  const taken = key.startsWith("#") || ["", ".", ".."].includes(name);
  if (!taken && bytes.byteLength <= LONGEST) return name;
  return `${prefix}#${await hexDigest(bytes)}`;
}
