/** The stores of Cloudflare Workers, tested where they work: inside of a Worker, with its own bindings. */
import assert from "node:assert/strict";
import runner, { test } from "node:test";
import {
  durableObjectStore,
  GatewayStore,
  type ObjectNamespace,
  type ObjectState,
  type ObjectStorage,
} from "../../adapters/durable-object.ts";
import { type KvNamespace, workersKvStore } from "../../adapters/workers-kv.ts";
import { keepsCounterContract, keepsStoreContract } from "./contract.ts";
import { narrowed } from "./narrowed.ts";

/** Longest that something may take that has to happen soon, in ms. */
const PATIENCE = 20_000;

interface Env {
  readonly ANSWERS: KvNamespace & { list(): Promise<{ keys: { name: string; expiration?: number }[] }> };
  readonly STORE: ObjectNamespace;
  readonly PLAIN: ObjectNamespace;
  readonly TIDY: ObjectNamespace;
}

export { GatewayStore };

/** One without SQLite, to which Cloudflare grants less. */
export class PlainStore extends GatewayStore {
  constructor({ storage }: ObjectState) {
    super({ storage: narrowed(storage) });
  }
}

/** One that tidies up at once and tells what it holds; beside it lies something that it does not know. */
export class TidyStore extends GatewayStore {
  readonly #storage: ObjectStorage;

  constructor(state: ObjectState) {
    super(state, undefined, 20);
    this.#storage = state.storage;
  }

  override async fetch(request: Request): Promise<Response> {
    if (new URL(request.url).pathname !== "/inside") return super.fetch(request);
    if (request.method === "PUT") await this.#storage.put({ unknown: true });
    const keys = [...(await this.#storage.list({ prefix: "", limit: 1000 })).keys()];
    return Response.json({ keys, alarm: await this.#storage.getAlarm() });
  }
}

let env: Env;

keepsStoreContract("Workers KV", () => ({ store: workersKvStore(env.ANSWERS) }));
for (const binding of ["STORE", "PLAIN"] as const) {
  const name = binding === "STORE" ? "Durable Object" : "Durable Object without SQLite";
  keepsStoreContract(name, () => ({ store: durableObjectStore(env[binding]) }));
  keepsCounterContract(name, () => ({ store: durableObjectStore(env[binding]) }));
}

test("Workers KV takes the keys that KV itself refuses, and gives them names of their own", async () => {
  const store = workersKvStore(env.ANSWERS, { prefix: "" });
  const hashed = `#${"0".repeat(64)}`;
  const keys = ["", ".", "..", "...", hashed, "ç".repeat(256), "ç".repeat(257), "ç".repeat(512)];
  await Promise.all(keys.map((key, index) => store.set(key, index, 60_000)));
  assert.deepEqual(await Promise.all(keys.map((key) => store.get(key))), [...keys.keys()]);
  const names = new Set((await env.ANSWERS.list()).keys.map(({ name }) => name));
  assert.deepEqual(keys.filter((key) => names.has(key)), ["...", "ç".repeat(256)]);
  await Promise.all(keys.map((key) => store.delete(key)));
  assert.deepEqual(await Promise.all(keys.map((key) => store.get(key))), keys.map(() => undefined));
});

test("Workers KV refuses what is larger than 25 MiB, and keeps what was there", async () => {
  const store = workersKvStore(env.ANSWERS);
  await store.set("large", "before", 60_000);
  await assert.rejects(store.set("large", new Uint8Array(25 * 1024 * 1024 + 1), 60_000), /25 ?MiB|26214400/);
  assert.equal(await store.get("large"), "before");
});

test("Workers KV leaves alone what others have put in the namespace", async () => {
  const store = workersKvStore(env.ANSWERS, { prefix: "shared:" });
  await env.ANSWERS.put("shared:theirs", "not ours", { expirationTtl: 60, metadata: undefined });
  assert.equal(await store.get("theirs"), undefined);
  await workersKvStore(env.ANSWERS, { prefix: "other:" }).set("key", 1, 60_000);
  assert.equal(await store.get("key"), undefined);
});

test("Workers KV is told to forget no sooner than the store does", async () => {
  const store = workersKvStore(env.ANSWERS, { prefix: "ttl:" });
  const now = Date.now() / 1000;
  await store.set("brief", 1, 5);
  await store.set("long", 1, 90_500);
  const { keys } = await env.ANSWERS.list();
  const lasts = (key: string) => keys.find(({ name }) => name === `ttl:${key}`)!.expiration! - now;
  assert.ok(lasts("brief") >= 59 && lasts("brief") < 70, `${lasts("brief")} s`);
  assert.ok(lasts("long") >= 90 && lasts("long") < 100, `${lasts("long")} s`);
});

test("a Durable Object refuses a value that is too large, and keeps what was there", async () => {
  const store = durableObjectStore(env.STORE);
  await store.set("large", "before", 60_000);
  await assert.rejects(store.set("large", new Uint8Array(26 * 1024 * 1024 + 1), 60_000), RangeError);
  assert.equal(await store.get("large"), "before");
});

test("a Durable Object removes by itself what is over, and keeps the rest", async () => {
  const store = durableObjectStore(env.TIDY, { shards: 1 });
  await store.set("long", "kept", 60_000);
  await store.set("brief", "text", 30);
  await store.set("later", "text", 200);
  await store.set("large", new Uint8Array(20 * 1024 * 1024), 30);
  await store.set("shortened", new Uint8Array(1024 * 1024), 60_000);
  await store.set("shortened", "text", 30);
  await store.add("count", 1, 30);
  await until(async () => (await inside()).keys.length === 2);
  assert.match((await inside()).keys.join(), /^end\/\d{15}\/value\/long,value\/long$/);
  assert.ok((await inside()).alarm! > Date.now() + 30_000);
  assert.equal(await store.get("long"), "kept");
  await store.delete("long");
  assert.deepEqual((await inside()).keys, []);
});

test("a Durable Object that holds nothing any more leaves nothing behind", async () => {
  const store = durableObjectStore(env.TIDY, { shards: 1 });
  await inside("PUT");
  await store.add("count", 1, 30);
  await until(async () => (await inside()).keys.length === 0);
  assert.equal((await inside()).alarm, null);
  assert.equal((await store.add("count", 5, 30)).used, 5);
});

async function inside(method: string = "GET"): Promise<{ keys: string[]; alarm: number | null }> {
  const { TIDY } = env;
  return await (await TIDY.get(TIDY.idFromName("0/1")).fetch("https://store/inside", { method })).json();
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const began = performance.now(); performance.now() - began < PATIENCE;) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.fail(`does not hold: ${JSON.stringify(await inside())}`);
}

const { fetch } = runner as unknown as { fetch(request: Request): Promise<Response> };

export default {
  fetch(request: Request, given: Env): Promise<Response> {
    env = given;
    return fetch(request);
  },
};
