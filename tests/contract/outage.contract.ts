import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type FaultyServer, startFaultyServer } from "../../adapters/testing/server.ts";
import { hasRedis, type RedisServer, startRedis } from "../support/redis.ts";
import { serveSharing, type Sharing, sharing } from "../support/redis-serve.ts";
import { sideBySide } from "../support/side-by-side.ts";
import { ask, pause, type Whole } from "./stage.ts";

// A day: no test meets the end of such a window.
const interval = 86_400;
const gateways = {
  guarded: { rateLimit: { limit: 1_000_000, interval }, cacheTtl: 60 },
  narrow: { rateLimit: { limit: 3, interval } },
};
/** How long Redis is gone, in ms. */
const OUTAGE = 1500;
/** Longest that a call may take while it is, in ms. */
const PATIENCE = 5000;
/** Longest until a gateway uses it again, in ms. */
const RECOVERY = 20_000;

/** What a call came to. */
interface Called {
  readonly status: number;
  /** How long it took, in ms. */
  readonly took: number;
}

sideBySide(hasRedis() ? sharing : [], (runtime) => {
  let provider: FaultyServer;
  let redis: RedisServer;
  let gateway: Sharing;
  before(async () => {
    [provider, redis] = await Promise.all([startFaultyServer(), startRedis()]);
    const providers = { faulty: { base: provider.url } };
    gateway = await serveSharing(runtime, redis.url, { gateways, providers });
  });
  after(async () => {
    await gateway.stop();
    await Promise.all([provider.stop(), redis.stop()]);
  });
  const call = (id: keyof typeof gateways, model: string): Promise<Whole> =>
    ask(`${gateway.url}/v1/a/${id}/faulty/fault/healthy/v1/chat/completions`, {
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model, messages: [] }),
    });
  const limited = async () => (await call("narrow", "m")).status === 429;
  const hit = async () => (await call("guarded", "same")).headers["cf-aig-cache-status"] === "HIT";

  test(`${runtime}: while Redis is gone every call is answered, and when it is back it is used again`, {
    timeout: 120_000,
  }, async () => {
    await until("a limit", limited);
    await until("a cache", hit);

    const over = new AbortController();
    const callers = Array.from(
      { length: 4 },
      (_, caller) => keepCalling(`caller ${caller}`, call, over.signal),
    );
    await pause(200);
    await redis.stop();
    await pause(OUTAGE / 2);
    assert.equal(await limited(), false);
    assert.equal(await hit(), false);
    await pause(OUTAGE / 2);
    await redis.start();
    await until("a limit", limited);
    await until("a cache", hit);
    over.abort();

    const calls = (await Promise.all(callers)).flat();
    assert.ok(calls.length > 20, `${calls.length} calls`);
    assert.deepEqual(calls.filter(({ status, took }) => status !== 200 || took > PATIENCE), []);
    assert.equal(await limited(), true);
    assert.equal(gateway.output().split("waygate: the store fails").length - 1, 1);
  });
});

/** Calls again and again, every other time for what was asked before. */
async function keepCalling(
  name: string,
  call: (id: "guarded", model: string) => Promise<Whole>,
  over: AbortSignal,
): Promise<Called[]> {
  const calls: Called[] = [];
  while (!over.aborted) {
    const began = performance.now();
    const { status } = await call("guarded", `${name}, ${Math.floor(calls.length / 2)}`);
    calls.push({ status, took: performance.now() - began });
    await pause(10);
  }
  return calls;
}

/** Waits until a gateway does again what it needs its store for. */
async function until(what: string, does: () => Promise<boolean>): Promise<void> {
  for (const began = performance.now(); performance.now() - began < RECOVERY;) {
    if (await does()) return;
    await pause(50);
  }
  assert.fail(`${what} does not work within ${RECOVERY} ms`);
}
