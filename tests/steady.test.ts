import assert from "node:assert/strict";
import { test } from "node:test";
import { createGateway, memoryStore, type Settings } from "../src/index.ts";
import { createNurse, steady } from "../src/steady.ts";
import { hear } from "./support/hear.ts";
import { ask, readError, script } from "./support/script.ts";
import { stretch } from "./support/stretch.ts";
import { until } from "./support/until.ts";

const silent = (..._: unknown[]) => new Promise<never>(() => {});
const broken = (..._: unknown[]) => Promise.reject(new Error("redis://user:SECRET@host is gone"));
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A memory store that can be made to fail, behind the wrapper; `said` is what the operator was told. */
function unsteady(pace: Parameters<typeof steady>[2], recovery?: number) {
  const inner = memoryStore();
  const state = { get: inner.get, asked: 0 };
  const said: string[] = [];
  const get = (key: string) => {
    state.asked++;
    return state.get(key);
  };
  return {
    inner,
    state,
    said,
    store: steady({ ...inner, get }, createNurse((message) => said.push(message), "store", recovery), pace),
  };
}

test("a store that keeps silent fails, and one that answers is what it is", async () => {
  const store = steady({ get: silent, set: silent, delete: silent, add: silent }, createNurse(() => {}), {
    patience: 5,
    rest: 0,
  });
  await assert.rejects(store.get("a"));
  await assert.rejects(store.set("a", 1, 10));
  await assert.rejects(store.delete("a"));
  await assert.rejects(store.add("a", 1, 10));
  const quick = steady(memoryStore(), createNurse(() => {}), { patience: 5 });
  await quick.set("a", 1, 1000);
  assert.equal(await quick.get("a"), 1);
  assert.equal((await quick.add("b", 2, 1000)).used, 2);
});

test("a store that throws instead of rejecting rejects", async () => {
  const { state, store } = unsteady({});
  state.get = () => {
    throw new Error("at once");
  };
  await assert.rejects(store.get("a"));
});

test("a store that kept silent is asked nothing for a while", () =>
  stretch(40, async (ms) => {
    const { state, store } = unsteady({ patience: ms / 2, rest: ms });
    state.get = silent;
    await assert.rejects(store.get("a"));
    await assert.rejects(store.get("a"));
    assert.equal(state.asked, 1);
    await pause(ms + 10);
    await assert.rejects(store.get("a"));
    assert.equal(state.asked, 2);
  }));

test("what is added after all when nobody waits any more is taken back", async () => {
  const inner = memoryStore();
  const late = Promise.withResolvers<void>();
  const sums: number[] = [];
  const add = async (...args: Parameters<typeof inner.add>) => {
    await late.promise;
    const added = await inner.add(...args);
    sums.push(added.used);
    return added;
  };
  const store = steady({ ...inner, add }, createNurse(() => {}), { patience: 10, rest: 0 });
  await assert.rejects(store.add("a", 7, 60_000));
  late.resolve();
  await until(() => sums.length === 2, "a second addition");
  assert.deepEqual(sums, [7, 0]);
});

test("the operator is told a word for what is wrong, and no sentence", async () => {
  for (
    const [error, told] of [
      [Object.assign(new Error("connect to 10.0.0.1"), { code: "ECONNREFUSED" }), " (ECONNREFUSED)"],
      [new Error("WRONGPASS invalid username-password pair"), " (WRONGPASS)"],
      [new Error("redis://user:SECRET@host"), ""],
    ] as const
  ) {
    const { state, store, said } = unsteady({});
    state.get = () => Promise.reject(error);
    await assert.rejects(store.get("a"));
    assert.deepEqual(said, [`waygate: the store fails${told}`]);
  }
});

test("one that rejects at once is asked again at once", async () => {
  const { state, store } = unsteady({ patience: 1000, rest: 1000 });
  state.get = broken;
  await assert.rejects(store.get("a"));
  await assert.rejects(store.get("a"));
  assert.equal(state.asked, 2);
});

test("the operator is told once that it fails and once that it is well again, without its words", () =>
  stretch(20, async (ms) => {
    const { inner, state, store, said } = unsteady({}, ms);
    state.get = broken;
    await assert.rejects(store.get("a"));
    await store.add("b", 1, 1000);
    await assert.rejects(store.get("a"));
    state.get = inner.get;
    await store.get("a");
    assert.equal(said.length, 1);
    await pause(ms + 10);
    await store.get("a");
    await store.get("a");
    assert.deepEqual(said, [
      "waygate: the store fails",
      "waygate: the store is well again",
    ]);
  }));

test("the operator is told of a second failure, though nobody was told that it was well in between", () =>
  stretch(20, async (ms) => {
    const { inner, state, store, said } = unsteady({}, ms);
    state.get = broken;
    await assert.rejects(store.get("a"));
    state.get = inner.get;
    await store.get("a");
    await pause(1.5 * ms);
    state.get = broken;
    await assert.rejects(store.get("a"));
    await assert.rejects(store.get("a"));
    await pause(1.5 * ms);
    await assert.rejects(store.get("a"));
    assert.deepEqual(said, ["waygate: the store fails", "waygate: the store fails"]);
  }));

test("without its store a gateway goes on, and with failClosed it refuses what it would have to count", async () => {
  const { fetch, calls } = script(() => Response.json("good"));
  const warnings: string[] = [];
  const rateLimit = { limit: 1, interval: 60 };
  const gateway = createGateway({
    fetch,
    store: { get: broken, set: broken, delete: broken, add: broken },
    warn: (message) => warnings.push(message),
    gateways: { g: { rateLimit, cacheTtl: 60 }, closed: { rateLimit, failClosed: true } },
  });
  assert.equal((await gateway.handle(ask("/openai/x", { body: "{}" }))).status, 200);
  const closed = await gateway.handle(new Request("http://w.test/v1/a/closed/openai/x"));
  assert.equal(closed.status, 503);
  assert.match(closed.headers.get("waygate-trail")!, /error=store_unavailable/);
  assert.equal((await readError(closed)).code, 7009);
  assert.equal(calls.length, 1);
  assert.deepEqual(warnings, ["waygate: the store fails"]);
});

/** Two calls that are kept, and more than ten seconds later two more; what the operator was told. */
async function toldBy(settings: Settings): Promise<readonly string[]> {
  const { fetch } = script(...Array.from({ length: 4 }, () => () => Response.json("good")));
  const told: string[] = [];
  const warn = (message: string) => void told.push(message);
  const gateway = createGateway({ fetch, warn, gateways: { g: { cacheTtl: 60 } }, ...settings });
  const { now } = performance;
  try {
    for (const later of [0, 20_000]) {
      performance.now = () => now.call(performance) + later;
      for (const body of ["one", "two"]) await hear(gateway, ask("/openai/x", { body: body + later }));
    }
  } finally {
    performance.now = now;
  }
  return told;
}

test("a store that fails beside one that works is not well again, and the operator is told which", async () => {
  const gone = { get: broken, set: broken, delete: broken, add: broken };
  const bad = ["waygate: the store fails"];
  const badCache = ["waygate: the cache store fails"];
  assert.deepEqual(await toldBy({ store: memoryStore(), cacheStore: gone }), badCache);
  assert.deepEqual(await toldBy({ cacheStore: gone }), badCache);
  assert.deepEqual(await toldBy({ store: gone, cacheStore: memoryStore() }), bad);
  assert.deepEqual(await toldBy({ store: gone, cacheStore: gone }), bad);
  assert.deepEqual(await toldBy({ store: gone }), bad);
});
