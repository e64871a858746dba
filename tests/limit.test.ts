import assert from "node:assert/strict";
import { test } from "node:test";
import { createGateway, type GatewaySettings, type Host, memoryStore, type Settings } from "../src/index.ts";
import { ask, askUniversal, readError, script } from "./support/script.ts";

const good = () => Response.json("good");
/** A day: no test meets the end of such a window. */
const DAY = 86_400;

/** A gateway `g` with a limit, before a provider that is always well. */
function limited(rateLimit: GatewaySettings["rateLimit"], more: GatewaySettings = {}) {
  const { fetch, calls } = script(...Array.from({ length: 600 }, () => good));
  const gateway = createGateway({ fetch, gateways: { g: { rateLimit, ...more } as GatewaySettings } });
  const statusOf = async (headers: Record<string, string>, path = "/openai/models", host: Host = {}) =>
    (await gateway.handle(ask(path, { headers }), host)).status;
  return { gateway, calls, statusOf };
}

test("what is one too many is 429 / 2003, tells when to come again, and is not sent", async () => {
  const { gateway, calls } = limited({ limit: 2, interval: DAY });
  for (let sent = 0; sent < 2; sent++) {
    assert.equal((await gateway.handle(ask("/openai/models"))).status, 200);
  }
  const refused = await gateway.handle(ask("/openai/models"));
  assert.equal(refused.status, 429);
  const { headers } = refused;
  assert.match(headers.get("waygate-trail")!, /^openai;step=0;error=limited;ms=0$/);
  const seconds = Number(headers.get("retry-after"));
  assert.ok(Number.isInteger(seconds) && seconds >= 1 && seconds <= DAY, `${seconds} s`);
  assert.equal(headers.get("ratelimit"), `"0";r=0;t=${seconds}`);
  assert.equal(headers.get("ratelimit-policy"), `"0";q=2;w=${DAY}`);
  assert.equal((await readError(refused)).code, 2003);
  assert.equal(calls.length, 2);
});

for (const technique of ["fixed", "sliding"] as const) {
  test(`of 500 requests at once, exactly as many pass as may (${technique})`, async () => {
    const { calls, statusOf } = limited({ limit: 100, interval: DAY, technique });
    const statuses = await Promise.all(Array.from({ length: 500 }, () => statusOf({})));
    assert.equal(statuses.filter((status) => status === 200).length, 100);
    assert.equal(calls.length, 100);
  });
}

test("a request counts once, however many attempts and steps it takes", async () => {
  const bad = () => new Response("", { status: 500 });
  const { fetch, calls } = script(bad, bad, bad, good, good);
  const gateway = createGateway({ fetch, gateways: { g: { rateLimit: { limit: 2, interval: DAY } } } });
  const steps = ["openai", "groq"].map((provider) => ({
    provider,
    endpoint: "chat/completions",
    query: {},
    config: { maxAttempts: 2, retryDelay: 0 },
  }));
  assert.equal((await gateway.handle(askUniversal(steps))).headers.get("cf-aig-step"), "1");
  assert.equal((await gateway.handle(askUniversal(steps))).status, 200);
  assert.equal((await gateway.handle(askUniversal(steps))).status, 429);
  assert.equal(calls.length, 5);
});

test("every gateway id has counts of its own", async () => {
  const { fetch } = script(good, good);
  const rateLimit = { limit: 1, interval: DAY };
  const gateway = createGateway({ fetch, gateways: { one: { rateLimit }, two: { rateLimit } } });
  for (const id of ["one", "two"]) {
    const url = `http://waygate.test/v1/a/${id}/openai/models`;
    assert.equal((await gateway.handle(new Request(url))).status, 200);
    assert.equal((await gateway.handle(new Request(url))).status, 429);
  }
});

test("each provider's key may have a count of its own", async () => {
  const { statusOf } = limited({ limit: 1, interval: DAY, per: ["credential"] });
  for (const key of ["Bearer one", "Bearer two"]) {
    assert.equal(await statusOf({ authorization: key }), 200);
    assert.equal(await statusOf({ authorization: key }), 429);
  }
  assert.equal(await statusOf({ "x-api-key": "one" }), 200);
  assert.equal(await statusOf({}), 200);
  assert.equal(await statusOf({}), 429);
});

test("where tokens are asked for, it is they that are counted; an invented one counts nowhere", async () => {
  const { statusOf } = limited({ limit: 1, interval: DAY, per: ["credential"] }, {
    authentication: true,
    tokens: ["one", "two"],
  });
  for (const token of ["one", "two"]) {
    assert.equal(await statusOf({ "cf-aig-authorization": token, authorization: "Bearer a" }), 200);
    assert.equal(await statusOf({ "cf-aig-authorization": token, authorization: "Bearer b" }), 429);
  }
  assert.equal(await statusOf({ "cf-aig-authorization": "three" }), 401);
  const open = limited({ limit: 1, interval: DAY, per: ["credential"] });
  assert.equal(await open.statusOf({ "cf-aig-authorization": "1", authorization: "Bearer a" }), 200);
  assert.equal(await open.statusOf({ "cf-aig-authorization": "2", authorization: "Bearer a" }), 429);
});

test("a nested value of metadata is left out, and what stands beside it counts", async () => {
  const { statusOf } = limited({ limit: 1, interval: DAY, per: ["metadata.user"] });
  const from = (user: unknown) => {
    const nested = { a: { b: 1 }, c: [], d: {}, e: [1], f: [[]] };
    return { "cf-aig-metadata": JSON.stringify({ ...nested, user }) };
  };
  assert.equal(await statusOf(from("ann")), 200);
  assert.equal(await statusOf(from("ann")), 429);
  assert.equal(await statusOf(from("bob")), 200);
  for (const text of ['["ann"]', '"ann"', "null", "{}"]) {
    assert.equal(await statusOf({ "cf-aig-metadata": text }), text === '["ann"]' ? 200 : 429);
  }
});

test("each value of a metadata key may have a count of its own, and a step's own metadata outranks", async () => {
  const { gateway, statusOf } = limited({ limit: 1, interval: DAY, per: ["metadata.user"] });
  const from = (user: unknown) => ({ "cf-aig-metadata": JSON.stringify({ user, "cf.x": 1 }) });
  for (const user of ["ann", "bob", 7, true]) {
    assert.equal(await statusOf(from(user)), 200);
    assert.equal(await statusOf(from(user)), 429);
  }
  assert.equal(await statusOf({}), 200);
  assert.equal(await statusOf(from({ nested: 1 })), 429);
  assert.equal(await statusOf({ "cf-aig-metadata": "not JSON" }), 429);
  const step = { provider: "openai", endpoint: "x", query: {}, headers: from("cid") };
  assert.equal((await gateway.handle(askUniversal([step], from("ann")))).status, 200);
  assert.equal((await gateway.handle(askUniversal([step], from("ann")))).status, 429);
});

test("each address may have a count of its own, as far as the host knows it", async () => {
  const { statusOf } = limited({ limit: 1, interval: DAY, per: ["address"] });
  for (const address of ["192.0.2.1", "2001:db8::1", undefined]) {
    const host = { address: () => address };
    assert.equal(await statusOf({}, undefined, host), 200);
    assert.equal(await statusOf({ "x-forwarded-for": "9.9.9.9" }, undefined, host), 429);
  }
});

test("a provider that was asked often enough is passed over for the next step", async () => {
  const { gateway, calls } = limited({ limit: 1, interval: DAY, per: ["provider"] });
  const steps = ["openai", "groq"].map((provider) => ({ provider, endpoint: "chat/completions", query: {} }));
  const seen = [];
  for (let sent = 0; sent < 3; sent++) {
    const { status, headers } = await gateway.handle(askUniversal(steps));
    seen.push([status, headers.get("cf-aig-step")]);
  }
  assert.deepEqual(seen, [[200, "0"], [200, "1"], [429, "1"]]);
  assert.equal(calls.length, 2);
});

test("each model may have a count of its own", async () => {
  const { gateway } = limited({ limit: 1, interval: DAY, per: ["provider", "model"] });
  const statusFor = async (model: string, provider = "openai") => {
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify({ model });
    return (await gateway.handle(ask(`/${provider}/chat/completions`, { body, headers }))).status;
  };
  assert.deepEqual([await statusFor("a"), await statusFor("a")], [200, 429]);
  assert.deepEqual([await statusFor("b"), await statusFor("a", "groq")], [200, 200]);
});

test("one provider, one model: whatever they are called", async () => {
  const { fetch } = script(good, good, good);
  const rateLimit = { limit: 1, interval: DAY, per: ["provider", "model", "model"] } as const;
  const gateway = createGateway({ fetch, providers: { openai: {} }, gateways: { g: { rateLimit } } });
  const statusOf = async (path: string, body: string) => {
    const headers = { "content-type": "application/json" };
    return (await gateway.handle(ask(path, { body, headers }))).status;
  };
  assert.equal(await statusOf("/openai/x", '{"model":"m"}'), 200);
  assert.equal(await statusOf("/custom-openai/x", '{"model":"m"}'), 429);
  assert.equal(await statusOf("/google-ai-studio/v1/models/gem:generateContent", "{}"), 200);
  assert.equal(await statusOf("/google-ai-studio/v1/models/g%65m%3AgenerateContent", "{}"), 429);
});

test("where there are several limits, all of them count", async () => {
  const { statusOf } = limited([{ limit: 1, interval: DAY, per: ["credential"] }, {
    limit: 2,
    interval: DAY,
  }]);
  const ask = (key: string) => statusOf({ authorization: key });
  assert.deepEqual([await ask("a"), await ask("b"), await ask("c")], [200, 200, 429]);
});

test("Cloudflare's names say the same", async () => {
  const own = {
    rate_limiting_limit: 1,
    rate_limiting_interval: DAY,
    rate_limiting_technique: "sliding",
  } as const;
  const { statusOf } = limited(undefined, own);
  assert.deepEqual([await statusOf({}), await statusOf({})], [200, 429]);
  for (const none of [null, 0]) {
    const off = limited(undefined, { rate_limiting_limit: none, rate_limiting_interval: none });
    assert.deepEqual([await off.statusOf({}), await off.statusOf({})], [200, 200]);
  }
  const { fetch, calls } = script(new Response("", { status: 500 }), good);
  const gateways = { g: { retry_max_attempts: 2, retry_delay: 0, retry_backoff: "constant" } } as const;
  await createGateway({ fetch, gateways }).handle(ask("/openai/models"));
  assert.equal(calls.length, 2);
});

test("a store that fails lets everybody through", async () => {
  const { fetch } = script(good, good);
  const store = { ...memoryStore(), add: () => Promise.reject(new Error("gone")) };
  const gateway = createGateway({
    fetch,
    store,
    gateways: { g: { rateLimit: { limit: 1, interval: DAY } } },
  });
  for (let sent = 0; sent < 2; sent++) {
    assert.equal((await gateway.handle(ask("/openai/models"))).status, 200);
  }
});

test("gateways that share a store share their limits", async () => {
  const { fetch } = script(good);
  const settings = {
    fetch,
    store: memoryStore(),
    gateways: { g: { rateLimit: { limit: 1, interval: DAY } } },
  };
  assert.equal((await createGateway(settings).handle(ask("/openai/models"))).status, 200);
  assert.equal((await createGateway(settings).handle(ask("/openai/models"))).status, 429);
});

test("what is wrong with a limit is told at once", () => {
  const wrong: readonly (readonly [own: unknown, says: RegExp])[] = [
    [{ rateLimit: {} }, /^settings\.gateways\.g\.rateLimit\[0\]\.limit: Expected a value but found none/],
    [
      { rateLimit: { limit: 0, interval: 1 } },
      /rateLimit\[0\]\.limit: Expected a whole number of at least 1/,
    ],
    [{ rateLimit: [{ limit: 1, interval: 0.5 }] }, /rateLimit\[0\]\.interval: Expected a whole number/],
    [
      { rateLimit: { limit: 1, interval: 1, per: ["user"] } },
      /rateLimit\[0\]\.per\[0\]: Expected one of credential/,
    ],
    [{ rateLimit: { limit: 1, interval: 1, technique: "leaky" } }, /rateLimit\[0\]\.technique: Expected/],
    [{ rateLimit: { limit: 1, interval: 1, burst: 2 } }, /rateLimit\[0\]\.burst: Expected no such field/],
    [{ rateLimit: 5 }, /rateLimit\[0\]: Expected Object/],
    [{ rate_limiting_limit: "5" }, /rate_limiting_limit: Expected number/],
    [{ rate_limiting_technique: "leaky" }, /rate_limiting_technique: Expected/],
    [{ cache_invalidate_on_update: "true" }, /cache_invalidate_on_update: Expected boolean/],
    [{ rate_limiting_limit: 5 }, /rateLimit\[0\]\.interval: Expected a value but found none/],
    [
      { rate_limiting_limit: 5, rate_limiting_interval: 0 },
      /rateLimit\[0\]\.interval: Expected a whole number of at least 1/,
    ],
    [{ rate_limiting_interval: -1 }, /rate_limiting_interval: Expected a whole number of at least 0/],
    [{ retry_max_attempts: "3" }, /maxAttempts: Expected number/],
  ];
  for (const [own, says] of wrong) {
    const settings = { gateways: { g: own } } as Settings;
    assert.throws(() => createGateway(settings), { name: "GatewayError", message: says });
  }
});

test("what one limit refuses counts against no other", async () => {
  const { statusOf } = limited([{ limit: 3, interval: DAY }, {
    limit: 1,
    interval: DAY,
    per: ["credential"],
  }]);
  const noisy = { authorization: "Bearer noisy" };
  const statuses = [];
  for (let asked = 0; asked < 5; asked++) statuses.push(await statusOf(noisy));
  assert.deepEqual(statuses, [200, 429, 429, 429, 429]);
  assert.equal(await statusOf({ authorization: "Bearer other" }), 200);
});

test("what one step is refused counts as far as another goes by it", async () => {
  const bad = () => new Response("", { status: 500 });
  const { fetch } = script(good, bad, good, good);
  const perModel = { limit: 1, interval: DAY, per: ["model"] } as const;
  const gateway = createGateway({
    fetch,
    gateways: { g: { rateLimit: [{ limit: 2, interval: DAY }, perModel] } },
  });
  const step = (model: string) => ({ provider: "openai", endpoint: "chat/completions", query: { model } });
  const statusOf = async (...models: string[]) =>
    (await gateway.handle(askUniversal(models.map(step)))).status;
  assert.equal(await statusOf("spent"), 200);
  assert.equal(await statusOf("one", "spent"), 500, "its first step was sent");
  assert.equal(await statusOf("another"), 429);
});

test("what several steps are refused at once is given back once", async () => {
  const { fetch } = script(...Array.from({ length: 4 }, () => good));
  const perModel = { limit: 1, interval: DAY, per: ["model"] } as const;
  const store = memoryStore();
  /** Slower than the steps follow each other. */
  const slow: Settings["store"] = {
    ...store,
    add: (...count) => new Promise((resolve) => setTimeout(() => resolve(store.add(...count)), 20)),
  };
  const gateway = createGateway({
    fetch,
    store: slow,
    gateways: { g: { rateLimit: [{ limit: 2, interval: DAY }, perModel] } },
  });
  const step = (model: string) => ({
    provider: "openai",
    endpoint: "chat/completions",
    query: { model },
    config: { hedgeAfter: 0 },
  });
  const statusOf = async (...models: string[]) =>
    (await gateway.handle(askUniversal(models.map(step)))).status;
  assert.equal(await statusOf("spent"), 200);
  assert.equal(await statusOf("spent", "spent", "spent"), 429);
  assert.equal(await statusOf("one"), 200);
  assert.equal(await statusOf("another"), 429);
});

for (const used of [NaN, undefined, "1"]) {
  test(`a counter that gives no sum has failed: ${used}`, async () => {
    const store = {
      ...memoryStore(),
      add: () => Promise.resolve({ used, resets: 1 }),
    } as unknown as Settings["store"];
    const { fetch } = script(good, good);
    const gateways = { g: { rateLimit: { limit: 1, interval: DAY, technique: "sliding" as const } } };
    const gateway = createGateway({ fetch, store: store!, warn: () => {}, gateways });
    assert.equal((await gateway.handle(ask("/openai/models"))).status, 200);
  });
}

test("a credential that clients may invent has no count of its own beside stored keys", () => {
  const g: GatewaySettings = {
    keys: { openai: "sk" },
    rateLimit: { limit: 1, interval: 1, per: ["credential"] },
  };
  assert.throws(() => createGateway({ gateways: { g } }), /Expected authentication: true beside keys/);
  createGateway({ gateways: { g: { ...g, authentication: true, tokens: ["t"] } } });
});
