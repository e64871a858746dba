import { Miniflare } from "miniflare";
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { bundle } from "../../adapters/cli/workerd.ts";
import { durableObjectStore, type ObjectNamespace } from "../../adapters/durable-object.ts";

const script = bundle(fileURLToPath(new URL("gateway-worker.ts", import.meta.url)));
const common = { modules: true, script, compatibilityDate: "2025-09-01", unsafeDirectSockets: [{}] };
const className = "GatewayStore";
const workers = new Miniflare({
  workers: [
    { ...common, name: "one", durableObjects: { STORE: { className, useSQLite: true } } },
    { ...common, name: "two", durableObjects: { STORE: { className, useSQLite: true, scriptName: "one" } } },
  ],
});
after(() => workers.dispose());
const urls = [await workers.unsafeGetDirectURL("one"), await workers.unsafeGetDirectURL("two")];

test("of 500 calls to two Workers, fifty at a time, exactly as many pass as may", async () => {
  const statuses: number[] = [];
  const line = async (_: unknown, index: number) => {
    for (let call = 0; call < 10; call++) {
      const response = await ask("limited", { worker: index % 2 });
      await response.body?.cancel();
      statuses.push(response.status);
    }
  };
  await Promise.all(Array.from({ length: 50 }, line));
  assert.equal(statuses.filter((status) => status === 200).length, 100);
  assert.equal(statuses.filter((status) => status === 429).length, 400);
});

test("what one Worker was answered another one finds, call after call and all at once", async () => {
  const told = await (await ask("cached")).text();
  for (let worker = 0; worker < 2; worker++) {
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask("cached", { worker })));
    for (const answer of [...answers, await ask("cached", { worker })]) {
      assert.equal(answer.headers.get("cf-aig-cache-status"), "HIT");
      assert.equal(await answer.text(), told);
    }
  }
});

test("a circuit that one Worker has opened is open for the other", async () => {
  const steps = ["groq", "openai"].map((provider) => ({ provider, endpoint: "chat/completions", query: {} }));
  const trail = async (worker: number) =>
    (await ask("breaking", { worker, path: "", body: steps })).headers.get("waygate-trail")!;
  for (let call = 0; call < 5; call++) assert.match(await trail(0), /^groq;step=0;status=500/);
  for (const worker of [0, 1]) assert.match(await trail(worker), /^groq;step=0;error=open/);
});

test("a Durable Object goes on counting where it stopped when it is put out of memory", async () => {
  const namespace = await workers.getDurableObjectNamespace("STORE", "one") as unknown as ObjectNamespace;
  const store = durableObjectStore(namespace, { shards: 1 });
  await store.set("kept", { a: 1 }, 60_000);
  assert.equal((await store.add("kept", 2, 60_000)).used, 2);
  await workers.unsafeEvictDurableObject("one", className, { name: "0/1" });
  assert.equal((await store.add("kept", 1, 60_000)).used, 3);
  assert.deepEqual(await store.get("kept"), { a: 1 });
});

test("keys are spread over all Durable Objects, and each operation is one call of one", async () => {
  const calls = new Map<unknown, number>();
  const store = durableObjectStore({
    idFromName: (name) => name,
    get: (id) => ({
      fetch() {
        calls.set(id, (calls.get(id) ?? 0) + 1);
        return Promise.resolve(Response.json({ used: 1, resets: 1 }));
      },
    }),
  }, { shards: 8 });
  for (let key = 0; key < 800; key++) await store.add(`limit:prod:0:${key}`, 1, 1000);
  assert.equal(calls.size, 8);
  for (const [id, count] of calls) assert.ok(count > 60 && count < 140, `${id} got ${count} of 800`);
});

test("a store rejects when its Durable Object fails", async () => {
  const fetch = () => Promise.resolve(new Response("of no use", { status: 500 }));
  const store = durableObjectStore({ idFromName: (name) => name, get: () => ({ fetch }) });
  await assert.rejects(store.get("key"), /answered 500/);
  await assert.rejects(store.set("key", 1, 1000), /answered 500/);
  await assert.rejects(store.add("key", 1, 1000), /answered 500/);
});

interface Asked {
  readonly worker?: number;
  readonly path?: string;
  readonly body?: unknown;
}

function ask(
  gateway: string,
  { worker = 0, path = "/openai/chat/completions", body = {} }: Asked = {},
): Promise<Response> {
  const url = new URL(`/v1/a/${gateway}${path}`, urls[worker]);
  const headers = { "content-type": "application/json" };
  return fetch(url, { method: "POST", body: JSON.stringify(body), headers });
}
