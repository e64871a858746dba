import type { Counter, Store } from "../src/index.ts";

export { GatewayStore } from "./gateway-store.ts";
export type { ObjectState } from "./gateway-store.ts";
export type { ObjectStorage } from "./object-entries.ts";

/** The namespace of the Durable Objects, as a Worker's binding has it. */
export interface ObjectNamespace {
  idFromName(name: string): unknown;
  get(id: unknown): ObjectStub;
}

/** A Durable Object, as who calls it sees it. */
export interface ObjectStub {
  fetch(
    url: string,
    init: { method: string; headers?: Record<string, string>; body?: Uint8Array<ArrayBuffer> },
  ): Promise<Response>;
}

/** How a store uses its namespace. */
export interface DurableObjectOptions {
  /** Over how many objects the keys are spread; with another number everything starts anew. @default 16 */
  readonly shards?: number;
}

/** Most bytes of a value: an answer of 25 MiB and its header fields. */
const MOST = 26 * 1024 * 1024;
const BYTES = "application/octet-stream";
const JSON_TEXT = "application/json";

/**
 * Keeps values and counts in Durable Objects of the class {@linkcode GatewayStore}: what one Worker writes, the next
 * one reads, wherever it runs. Each operation is one call of one object.
 *
 * @param namespace the binding
 */
export function durableObjectStore(
  namespace: ObjectNamespace,
  { shards = 16 }: DurableObjectOptions = {},
): Store & Counter {
  // Workers forbid to keep a stub from one request to the next.
  const objectOf = (key: string) => namespace.get(namespace.idFromName(`${shardOf(key, shards)}/${shards}`));

  async function call(
    key: string,
    init: Parameters<ObjectStub["fetch"]>[1],
    asked: Record<string, string> = {},
  ): Promise<Response> {
    const response = await objectOf(key).fetch(
      `https://store/?${new URLSearchParams({ key, ...asked })}`,
      init,
    );
    if (!response.ok) throw new Error(`The Durable Object of the store answered ${response.status}`);
    return response;
  }

  return {
    async get(key) {
      const response = await call(key, { method: "GET" });
      if (response.status === 204) return undefined;
      if (response.headers.get("content-type") === JSON_TEXT) return await response.json();
      return new Uint8Array(await response.arrayBuffer());
    },
    async set(key, value, ttl) {
      const type = value instanceof Uint8Array ? BYTES : JSON_TEXT;
      const body = value instanceof Uint8Array
        ? value as Uint8Array<ArrayBuffer>
        : new TextEncoder().encode(JSON.stringify(value));
      const { byteLength } = body;
      if (byteLength > MOST) {
        throw new RangeError(`A value may have ${MOST} bytes; this one has ${byteLength}`);
      }
      await call(key, { method: "PUT", headers: { "content-type": type }, body }, { ttl: String(ttl) });
    },
    async delete(key) {
      await call(key, { method: "DELETE" });
    },
    async add(key, amount, window) {
      const asked = { amount: String(amount), window: String(window) };
      return await (await call(key, { method: "POST" }, asked)).json();
    },
  };
}

/** Which object has a key. @see http://www.isthe.com/chongo/tech/comp/fnv/ */
function shardOf(key: string, shards: number): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  return (hash >>> 0) % shards;
}
