import assert from "node:assert/strict";
import { test } from "node:test";
import { memorySettings } from "../adapters/management.ts";
import { type GatewaySettings, memoryLogs } from "../src/index.ts";
import { hear } from "./support/hear.ts";
import { account, least, managed, TOKEN } from "./support/managed.ts";
import { ask } from "./support/script.ts";

const json = (body: unknown, method = "POST"): RequestInit => ({
  method,
  headers: { authorization: `Bearer ${TOKEN}` },
  body: JSON.stringify(body),
});
const models = (token?: string) =>
  ask("/openai/models", { headers: token ? { "cf-aig-authorization": `Bearer ${token}` } : {} });

test("where the program asks all for tokens, a gateway of the API does, whatever the API leaves out", async () => {
  const { client, gateway, calls } = managed({}, {
    common: { authentication: true, tokens: ["secret-token"] },
  });
  const made = await client.aiGateway.create({ ...account, id: "g", ...least });
  assert.equal(made.authentication, true);
  const key = { provider_slug: "openai", alias: "default", default_config: true, secret: "sk-of-the-owner" };
  await client.aiGateway.providerConfigs.create("g", { ...account, ...key });
  assert.equal((await gateway.handle(models())).status, 401);
  assert.equal(calls.length, 0);
  assert.equal((await gateway.handle(models("secret-token"))).status, 200);
  const changed = await client.aiGateway.update("g", { ...account, ...least, cache_ttl: 60 });
  assert.equal(changed.authentication, true);
  assert.equal((await gateway.handle(models())).status, 401);
});

test("what the program closes for all, the API does not open", async () => {
  const common = { authentication: true, tokens: ["secret-token"], byokOnly: true };
  const { client, refused } = managed({}, { common });
  for (const field of ["authentication", "byok_only"]) {
    for (const [path, method] of [["/gateways", "POST"], ["/gateways/g", "PUT"]] as const) {
      const body = { ...(method === "POST" && { id: "g" }), ...least, [field]: false };
      const { status, code, message, path: place } = await refused(path, json(body, method));
      assert.deepEqual([status, code, place], [400, 7001, ["body", field]]);
      assert.match(message, new RegExp(`^${field}: Expected true`));
    }
  }
  const closed = { authentication: true, byok_only: true };
  const made = await client.aiGateway.create({ ...account, id: "g", ...least, ...closed });
  assert.deepEqual({ ...made, ...closed }, made);
});

test("a gateway that was open before the program closed all is closed, and shown so", async () => {
  const now = new Date().toISOString();
  const open = {
    id: "g",
    created_at: now,
    modified_at: now,
    ...least,
    authentication: false,
    byok_only: false,
  };
  const gateways = memorySettings({ version: 1, gateways: [open], keys: [], providers: [] });
  const common = { authentication: true, tokens: ["secret-token"], byok_only: true };
  const { client, gateway, calls } = managed({}, { common, gateways });
  const { authentication, byok_only } = await client.aiGateway.get("g", account);
  assert.deepEqual([authentication, byok_only], [true, true]);
  const [listed] = (await client.aiGateway.list(account)).result;
  assert.equal(listed!.authentication, true);
  assert.equal((await gateway.handle(models())).status, 401);
  assert.equal((await gateway.handle(models("secret-token"))).status, 400);
  assert.equal(calls.length, 0);
});

test("the program may close all gateways of the API without any token", async () => {
  const { client, gateway } = managed({}, { common: { authentication: true } });
  await client.aiGateway.create({ ...account, id: "g", ...least, authentication: true });
  assert.equal((await gateway.handle(models("any"))).status, 401);
});

test("where all options are without keys of the gateway's own, no gateway of the API is shown to be otherwise", async () => {
  const { client, gateway } = managed({ defaults: { byokOnly: true } });
  const made = await client.aiGateway.create({ ...account, id: "g", ...least });
  assert.equal(made.byok_only, true);
  assert.equal((await gateway.handle(models())).status, 400);
});

const chat = () => ask("/openai/chat/completions", { body: '{"model":"m"}' });
const answer = () => Response.json({ model: "m", usage: { prompt_tokens: 3, completion_tokens: 4 } });

test("what the API says of options and of logging outranks what all have", async () => {
  const words: readonly GatewaySettings[] = [
    { maxAttempts: 1, retryDelay: 5000, backoff: "linear", collectLog: true, cacheTtl: 60, byokOnly: false },
    { retry_max_attempts: 1, retry_delay: 5000, retry_backoff: "linear", collect_logs: true, cache_ttl: 60 },
  ];
  for (const common of words) {
    const logs = memoryLogs();
    const lines = [503, 503, 200, 200].map((status) => () => new Response("{}", { status }));
    const { client, gateway, calls } = managed({ logs }, { common }, lines);
    await client.aiGateway.create({
      ...account,
      id: "g",
      ...least,
      cache_ttl: 0,
      collect_logs: false,
      retry_max_attempts: 3,
      retry_delay: 0,
      retry_backoff: "constant",
    });
    assert.equal((await hear(gateway, chat())).status, null);
    assert.equal(calls.length, 3);
    assert.equal((await hear(gateway, chat())).status, null);
    await gateway.flush();
    assert.equal((await logs.list({})).total, 0);
  }
});

test("where the API says nothing of an option, that of all counts", async () => {
  const lines = [503, 200].map((status) => () => new Response("{}", { status }));
  const common = { retry_max_attempts: 2, retryDelay: 0, cache_ttl: 60 };
  const { client, gateway, calls } = managed({}, { common }, lines);
  await client.aiGateway.create({ ...account, id: "g", ...least });
  assert.equal((await hear(gateway, chat())).status, "MISS");
  assert.equal((await hear(gateway, chat())).status, "HIT");
  assert.equal(calls.length, 2);
});

test("the API turns the forgetting of kept answers on and off, and leaves the rest of the cache as all have it", async () => {
  for (const invalidates of [true, false]) {
    const common = { cacheTtl: 60, cache: { shared: true, invalidateOnUpdate: !invalidates } };
    const { client, gateway } = managed({}, { common });
    const own = { ...account, ...least, cache_invalidate_on_update: invalidates };
    await client.aiGateway.create({ id: "g", ...own });
    const asked = (key: string) =>
      hear(gateway, ask("/openai/x", { body: "{}", headers: { authorization: `Bearer ${key}` } }));
    assert.equal((await asked("one")).status, "MISS");
    assert.equal((await asked("two")).status, "HIT");
    await client.aiGateway.update("g", { ...own, retry_max_attempts: 2 });
    assert.equal((await asked("one")).status, invalidates ? "MISS" : "HIT");
  }
});

const limits: readonly [whose: string, common: GatewaySettings, limit: number | null][] = [
  ["the API's", { rateLimit: { limit: 1000, interval: 86_400 } }, 2],
  ["the API's beside several", { rateLimit: [{ limit: 5, interval: 60 }, { limit: 6, interval: 60 }] }, 2],
  ["the API's beside one in Cloudflare's words", {
    rate_limiting_limit: 1000,
    rate_limiting_interval: 86_400,
  }, 2],
  ["that of all", { rateLimit: [{ limit: 2, interval: 86_400 }] }, 1000],
  ["that of all in Cloudflare's words", { rate_limiting_limit: 2, rate_limiting_interval: 86_400 }, 1000],
  ["that of all alone", { rateLimit: { limit: 2, interval: 86_400 } }, null],
];
for (const [whose, common, limit] of limits) {
  test(`of the limits of all and of the API both count: ${whose}`, async () => {
    const { client, gateway, calls } = managed({}, { common });
    const own = { rate_limiting_limit: limit, rate_limiting_interval: limit && 86_400 };
    await client.aiGateway.create({ ...account, id: "g", ...least, ...own });
    const statuses = [];
    for (let asked = 0; asked < 3; asked++) statuses.push((await gateway.handle(models())).status);
    assert.deepEqual(statuses, [200, 200, 429]);
    assert.equal(calls.length, 2);
  });
}

const rule = (limit: number) => ({ limit, limitType: "cost", window: 86_400, technique: "fixed" }) as const;
const budgets: readonly [whose: string, common: GatewaySettings, limit: number][] = [
  ["the API's", { budgets: [{ limit: 1e6, interval: 86_400 }] }, 2],
  ["the API's beside one in Cloudflare's words", { spend_limits: { enabled: true, rules: [rule(1e6)] } }, 2],
  ["that of all", { budgets: [{ limit: 2, interval: 86_400 }] }, 1e6],
  ["that of all in Cloudflare's words", { spend_limits: { enabled: true, rules: [rule(2)] } }, 1e6],
];
for (const [whose, common, limit] of budgets) {
  test(`of the budgets of all and of the API both count: ${whose}`, async () => {
    const { client, gateway, raw } = managed({ price: () => 1 }, { common }, Array(9).fill(answer));
    await client.aiGateway.create({ ...account, id: "g", ...least });
    const body = { ...least, spend_limits: { rules: [rule(limit)] } };
    assert.equal((await raw("/gateways/g", json(body, "PUT"))).status, 200);
    const statuses = [];
    for (let asked = 0; asked < 3; asked++) statuses.push((await hear(gateway, chat())).response.status);
    assert.deepEqual(statuses, [200, 200, 429]);
  });
}

test("a budget of the API has a name of its own beside those of all", async () => {
  const common = { budgets: [{ name: "trial", limit: 1, interval: 60 }] };
  const { refused } = managed({ price: () => 1 }, { common });
  const body = { id: "g", ...least, spend_limits: { rules: [{ id: "trial", ...rule(1) }] } };
  const { status, message } = await refused("/gateways", json(body));
  assert.equal(status, 400);
  assert.match(message, /Expected a name of its own for each budget/);
});
