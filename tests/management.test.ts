import assert from "node:assert/strict";
import { test } from "node:test";
import { manage, memorySettings, type SettingsStore } from "../adapters/management.ts";
import type { Settings } from "../src/index.ts";
import { account, least, managed, TOKEN } from "./support/managed.ts";
import { ask } from "./support/script.ts";

const json = (body: unknown, method = "POST"): RequestInit => ({
  method,
  headers: { authorization: `Bearer ${TOKEN}` },
  body: typeof body === "string" ? body : JSON.stringify(body),
});

test("a gateway is made, shown, listed, changed and deleted by Cloudflare's client", async () => {
  const { client, gateway } = managed();
  const statusOf = async () => (await gateway.handle(ask("/openai/models"))).status;
  assert.equal(await statusOf(), 400);

  const made = await client.aiGateway.create({ ...account, id: "g", ...least });
  assert.equal(made.id, "g");
  assert.equal(made.created_at, made.modified_at);
  assert.deepEqual([made.authentication, made.logpush, made.zdr, made.stripe], [false, false, false, null]);
  assert.equal(await statusOf(), 200);
  assert.deepEqual(await client.aiGateway.get("g", account), made);

  const changed = await client.aiGateway.update("g", {
    ...account,
    ...least,
    rate_limiting_limit: 1,
    rate_limiting_interval: 86_400,
    rate_limiting_technique: "sliding",
  });
  assert.equal(changed.rate_limiting_limit, 1);
  assert.equal(changed.created_at, made.created_at);
  assert.equal(await statusOf(), 200);
  assert.equal(await statusOf(), 429);

  assert.equal((await client.aiGateway.delete("g", account)).id, "g");
  assert.equal(await statusOf(), 400);
  await assert.rejects(client.aiGateway.get("g", account), { status: 404 });
});

test("an optional field that a change leaves out stays as it was", async () => {
  const { client, gateway } = managed({}, { common: { tokens: ["secret-token"] } });
  await client.aiGateway.create({ ...account, id: "g", ...least, authentication: true });
  const changed = await client.aiGateway.update("g", { ...account, ...least, cache_ttl: 60 });
  assert.equal(changed.authentication, true);
  assert.equal((await gateway.handle(ask("/openai/models"))).status, 401);
  const headers = { "cf-aig-authorization": "Bearer secret-token" };
  assert.equal((await gateway.handle(ask("/openai/models", { headers }))).status, 200);
});

test("the client goes through all pages of a list, and finds by a part of an id", async () => {
  const { client, raw } = managed();
  for (const id of ["one", "two", "three", "twelve", "five"]) {
    await client.aiGateway.create({ ...account, id, ...least });
  }
  const ids: string[] = [];
  for await (const { id } of client.aiGateway.list({ ...account, per_page: 2 })) ids.push(id);
  assert.deepEqual(ids, ["one", "two", "three", "twelve", "five"]);
  const found = await client.aiGateway.list({ ...account, search: "TW" });
  assert.deepEqual(found.result.map(({ id }) => id), ["two", "twelve"]);
  const { result, ...envelope } = await (await raw("/gateways?page=2&per_page=2")).json();
  assert.equal(result.length, 2);
  assert.deepEqual(envelope, {
    success: true,
    errors: [],
    messages: [],
    result_info: { page: 2, per_page: 2, count: 2, total_count: 5 },
  });
});

test("every setting of a gateway comes to its requests", async () => {
  const price = () => 1;
  const { client, gateway, calls } = managed(
    { price },
    {},
    [503, 503, 200].map((status) => new Response("{}", { status })),
  );
  await client.aiGateway.create({
    ...account,
    id: "g",
    ...least,
    cache_ttl: 60,
    byok_only: true,
    retry_max_attempts: 3,
    retry_delay: 0,
    retry_backoff: "constant",
    spend_limits: { rules: [{ limit: 1, limitType: "cost", window: 60 }] },
    log_management: null,
    dlp: { enabled: false, action: "FLAG", profiles: [] },
    guardrails: { prompt: {}, response: {} },
    otel: [],
  });
  assert.equal((await gateway.handle(ask("/openai/models"))).status, 400);
  const headers = { authorization: "Bearer k" };
  const chat = async () => {
    const answer = await gateway.handle(ask("/openai/chat/completions", { headers, body: `{"model":"m"}` }));
    await answer.text();
    return answer.headers.get("cf-aig-cache-status");
  };
  assert.equal(await chat(), "MISS");
  assert.equal(calls.length, 3);
  assert.equal(await chat(), "HIT");
});

const unavailable: readonly [field: string, value: unknown][] = [
  ["dlp", { enabled: true, action: "BLOCK", profiles: [] }],
  ["guardrails", { prompt: { S1: "BLOCK" }, response: {} }],
  ["logpush", true],
  ["logpush_public_key", "key"],
  ["log_classification", true],
  ["log_management", 0],
  ["log_management_strategy", "DELETE_NEWEST"],
  ["otel", [{ url: "https://otel.example", headers: {} }]],
  ["store_id", "store"],
  ["stripe", { authorization: "x", usage_events: [] }],
  ["workers_ai_billing_mode", "unified"],
  ["zdr", true],
  ["authentication", true],
  ["spend_limits", {
    enabled: true,
    rules: [{ limit: 1, limitType: "cost", window: 60, technique: "fixed" }],
  }],
  ["cache_ttl", -1],
  ["retry_max_attempts", 6],
  ["rate_limiting_limit", 5],
  ["is_default", true],
];
for (const [field, value] of unavailable) {
  test(`what cannot be had or is wrong is refused with its name: ${field}`, async () => {
    const { refused } = managed();
    const { status, code, message, path } = await refused(
      "/gateways",
      json({ id: "g", ...least, [field]: value }),
    );
    const named = field === "rate_limiting_limit" ? "rate_limiting_interval" : field;
    assert.deepEqual([status, code, path?.slice(0, 2)], [400, 7001, ["body", named]]);
    assert.match(message, new RegExp(`^${named}.*: Expected`));
  });
}

test("what is wrong with a request is told in Cloudflare's envelope", async () => {
  const { client, refused } = managed();
  await client.aiGateway.create({ ...account, id: "g", ...least });
  const told = async (path: string, init?: RequestInit) => {
    const { status, code, message } = await refused(path, init);
    return [status, code, message];
  };
  assert.deepEqual(await told("/gateways", json({ id: "g", ...least })), [
    400,
    7001,
    "id: A gateway of this id exists",
  ]);
  assert.deepEqual(await told("/gateways", json("{")), [400, 7001, "body: Expected JSON"]);
  assert.deepEqual(await told("/gateways", json("[]")), [400, 7001, "id: Expected a value but found none"]);
  assert.deepEqual(await told("/gateways", json({ id: "constructor", ...least })), [
    400,
    7001,
    "id: Expected another id",
  ]);
  const large = await told("/gateways", json({ id: "x".repeat(1024 * 1024) }));
  assert.deepEqual(large, [413, 7001, "body: Expected at most 1048576 bytes"]);
  assert.deepEqual(await told("/gateways?page=0"), [400, 7001, "page: Expected at least 1"]);
  assert.deepEqual(await told("/gateways?pages=1"), [400, 7001, "pages: Expected no such field"]);
  assert.deepEqual(await told("/gateways/g?pages=1"), [400, 7001, "pages: Expected no such parameter"]);
  assert.deepEqual(await told("/gateways/h"), [404, 7002, "Gateway not found"]);
  assert.deepEqual((await told("/nothing")).slice(0, 2), [404, 7003]);
  assert.deepEqual((await told("/gateways/%ff")).slice(0, 2), [404, 7003]);
  assert.deepEqual((await told("")).slice(0, 2), [404, 7003]);
  assert.deepEqual((await told("/gateways", json({}, "PATCH"))).slice(0, 2), [405, 7001]);
});

test("HEAD and OPTIONS tell what there is", async () => {
  const { raw } = managed();
  const headers = { authorization: `Bearer ${TOKEN}` };
  const head = await raw("/gateways", { method: "HEAD", headers });
  assert.deepEqual([head.status, await head.text()], [200, ""]);
  const options = await raw("/gateways", { method: "OPTIONS", headers });
  assert.deepEqual([options.status, options.headers.get("allow")], [204, "GET, POST, HEAD, OPTIONS"]);
  const wrong = await raw("/gateways", { method: "PUT", headers });
  assert.deepEqual([wrong.status, wrong.headers.get("allow")], [405, "GET, POST, HEAD, OPTIONS"]);
});

test("who carries no token or another one learns nothing", async () => {
  const digest = new Uint8Array(
    await crypto.subtle.digest("SHA-256", new TextEncoder().encode(TOKEN)),
  );
  const sha256 = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  for (const token of [TOKEN, { sha256 }, { sha256: sha256.toUpperCase() }]) {
    const { refused, raw } = managed({}, { token });
    for (const carried of ["", "Bearer", "Bearer ", "Bearer wrong", `Basic ${TOKEN}`, `Bearer ${sha256}`]) {
      for (const path of ["/gateways", "/nothing", "/waygate/openapi.json"]) {
        const { status, code, message } = await refused(path, { headers: { authorization: carried } });
        assert.deepEqual([status, code, message], [401, 10000, "Authentication error"]);
      }
    }
    assert.equal((await raw("/gateways", { headers: { authorization: `bearer ${TOKEN}` } })).status, 200);
  }
  assert.throws(() => manage({}, { token: { sha256: "short" } }), /options.token.sha256/);
});

for (const token of [undefined, ""]) {
  test(`the API is closed where the token is ${JSON.stringify(token)}`, async () => {
    const options = token === undefined ? {} : { token };
    const gateway = manage({}, options);
    for (const carried of ["Bearer ", "Bearer undefined", "Bearer admin-token"]) {
      const request = new Request("http://x/client/v4/accounts/a/ai-gateway/gateways", {
        headers: { authorization: carried },
      });
      assert.equal((await gateway.handle(request)).status, 401);
    }
  });
}

test("all but the API goes to the gateway, wherever it is mounted", async () => {
  const settings: Settings = { basePath: "/ai", gateways: { g: {} } };
  const { gateway, calls } = managed(settings);
  const authorization = `Bearer ${TOKEN}`;
  const ask = (path: string) =>
    gateway.handle(new Request(`http://x${path}`, { headers: { authorization } }));
  assert.equal((await ask("/ai/client/v4/accounts/a/ai-gateway/gateways")).status, 200);
  assert.equal((await ask("/client/v4/accounts/a/ai-gateway/gateways")).status, 404);
  for (const path of ["a/other", "a/other/ai-gateway/gateways", "", "/ai-gateway/gateways"]) {
    const answer = await ask(`/ai/client/v4/accounts/${path}`);
    assert.deepEqual([answer.status, (await answer.json()).name], [404, "AiGatewayError"], path);
  }
  assert.equal((await ask("/ai/healthz")).status, 200);
  const path = "client/v4/accounts/a/ai-gateway/gateways";
  assert.equal((await ask(`/ai/v1/a/g/openai/${path}`)).status, 200);
  assert.equal(calls[0]?.url, `https://api.openai.com/v1/${path}`);
});

test("a gateway that is given in code is shown, and not to be changed", async () => {
  const { client, refused } = managed({
    gateways: {
      g: {
        cacheTtl: 60,
        maxAttempts: 2,
        rateLimit: { limit: 5, interval: 10 },
        keys: { openai: "sk-secret-of-code" },
      },
    },
  });
  const shown = await client.aiGateway.get("g", account);
  assert.deepEqual(
    [shown.cache_ttl, shown.retry_max_attempts, shown.rate_limiting_limit, shown.rate_limiting_interval],
    [60, 2, 5, 10],
  );
  assert.doesNotMatch(JSON.stringify(shown), /secret/);
  await client.aiGateway.create({ ...account, id: "h", ...least });
  assert.deepEqual((await client.aiGateway.list(account)).result.map(({ id }) => id), ["g", "h"]);
  const readOnly = {
    status: 403,
    path: undefined,
    code: 7001,
    message: "This gateway is given in code, and read-only here",
  };
  assert.deepEqual(await refused("/gateways/g", json(least, "PUT")), readOnly);
  assert.deepEqual(await refused("/gateways/g", json({}, "DELETE")), readOnly);
  const config = { provider_slug: "openai", alias: "a", default_config: true, secret: "s" };
  assert.deepEqual(await refused("/gateways/g/provider_configs", json(config)), readOnly);
});

test("a gateway that is given in code is shown as it works, in whichever words, with the defaults of all", async () => {
  const { client } = managed({
    defaults: { maxAttempts: 4, retryDelay: 250, backoff: "linear", collectLog: false, cacheTtl: 90 },
    gateways: {
      ours: { collectLog: false, maxAttempts: 2, cacheTtl: 0, byokOnly: true },
      theirs: {
        collect_logs: true,
        retry_max_attempts: 3,
        cache_ttl: null,
        cache_invalidate_on_update: true,
      },
      neither: {},
    },
  });
  const shown = async (id: string) => {
    const { collect_logs, retry_max_attempts, retry_delay, retry_backoff, cache_ttl, ...others } =
      await client
        .aiGateway.get(id, account);
    assert.deepEqual([retry_delay, retry_backoff], [250, "linear"]);
    const { byok_only, cache_invalidate_on_update } = others;
    return [collect_logs, retry_max_attempts, cache_ttl, byok_only, cache_invalidate_on_update];
  };
  assert.deepEqual(await shown("ours"), [false, 2, 0, true, false]);
  assert.deepEqual(await shown("theirs"), [true, 3, 90, false, true]);
  assert.deepEqual(await shown("neither"), [false, 4, 90, false, false]);
});

test("spend limits are shown of a gateway in code where they count, and not where its budgets do", async () => {
  const rules = [{ limit: 1, limitType: "cost", window: 60, technique: "fixed" }] as const;
  const spend_limits = { enabled: true, rules };
  const gateways = {
    theirs: { spend_limits },
    both: { spend_limits, budgets: [{ limit: 2, interval: 60 }] },
  };
  const { client } = managed({ price: () => 1, gateways });
  assert.deepEqual((await client.aiGateway.get("theirs", account)).spend_limits, spend_limits);
  assert.equal((await client.aiGateway.get("both", account)).spend_limits, null);
});

test("the URL of a provider behind a gateway is told", async () => {
  const { client } = managed({ origin: "https://gw.example", gateways: { g: {} } });
  const params = { ...account, gateway_id: "g" };
  assert.equal(await client.aiGateway.urls.get("openai", params), "https://gw.example/v1/a/g/openai");
  assert.equal(await client.aiGateway.urls.get("universal", params), "https://gw.example/v1/a/g/");
  await assert.rejects(client.aiGateway.urls.get("openai", { ...account, gateway_id: "h" }), { status: 404 });
});

test("a program's binding stands for the gateways of now", async () => {
  const { client, gateway } = managed();
  const binding = gateway.gateway("g", "acc");
  const step = { provider: "openai", endpoint: "models", query: {} };
  assert.equal((await binding.run(step)).status, 400);
  await client.aiGateway.create({ ...account, id: "g", ...least });
  assert.equal((await binding.run(step)).status, 200);
  assert.equal((await gateway.run(step)).status, 200);
  assert.equal(await binding.getUrl("openai"), "http://127.0.0.1:8787/v1/acc/g/openai");
});

test("what was set is there again in the next program", async () => {
  const gateways = memorySettings();
  const first = managed({}, { gateways });
  await first.client.aiGateway.create({ ...account, id: "g", ...least });
  const next = managed({}, { gateways });
  assert.equal((await next.gateway.handle(ask("/openai/models"))).status, 200);
});

test("a change of another process is seen once the settings are old enough", async () => {
  const gateways = memorySettings();
  const [one, other] = [managed({}, { gateways, refresh: 0 }), managed({}, { gateways, refresh: 60_000 })];
  for (const { gateway } of [one, other]) {
    assert.equal((await gateway.handle(ask("/openai/models"))).status, 400);
  }
  await managed({}, { gateways }).client.aiGateway.create({ ...account, id: "g", ...least });
  assert.equal((await one.gateway.handle(ask("/openai/models"))).status, 200);
  assert.equal((await other.gateway.handle(ask("/openai/models"))).status, 400);
});

test("of those who change at the same time, none undoes what another did", async () => {
  const memory = memorySettings();
  let refused = 0;
  const gateways: SettingsStore = {
    async read() {
      const stored = await memory.read();
      await new Promise((resolve) => setTimeout(resolve, 1));
      return stored;
    },
    async write(settings) {
      const written = await memory.write(settings);
      refused += Number(!written);
      return written;
    },
  };
  const both = [managed({}, { gateways }), managed({}, { gateways })];
  const made = Array.from(
    { length: 20 },
    (_, at) => both[at % 2]!.client.aiGateway.create({ ...account, id: `g${at}`, ...least }),
  );
  await Promise.all(made);
  const { result_info } = await both[0]!.client.aiGateway.list(account);
  assert.equal((result_info as { total_count?: number }).total_count, 20);
  assert.ok(refused > 0);
});

test("without its settings, the gateways of code are there, and the API says so, but no word of the store's", async () => {
  const warnings: string[] = [];
  let reads = 0;
  const locked = Object.assign(new Error("no access with geheim"), { code: "EACCES" });
  const broken = {
    read: () => Promise.reject(++reads < 2 ? locked : new TypeError("postgres://admin:geheim@db")),
    write: () => Promise.reject(locked),
  };
  const { gateway, refused } = managed(
    { gateways: { g: {} }, warn: (message) => void warnings.push(message) },
    { gateways: broken },
  );
  for (let sent = 0; sent < 3; sent++) {
    assert.equal((await gateway.handle(ask("/openai/models"))).status, 200);
  }
  assert.equal(reads, 1);
  const { status, code, message } = await refused("/gateways");
  assert.deepEqual([status, code, message], [500, 7000, "Internal error"]);
  assert.deepEqual(warnings, [
    "the settings of gateways cannot be read: Error EACCES",
    "the management API failed: TypeError",
  ]);
});

test("a stored gateway that cannot be made takes no other down, and can be deleted", async () => {
  const stamp = { created_at: "2026-11-22T12:00:00.000Z", modified_at: "2026-11-22T12:00:00.000Z" };
  const gateways = memorySettings({
    version: 1,
    gateways: [{ id: "bad", ...stamp, ...least, cache_ttl: "x" as never }, { id: "g", ...stamp, ...least }],
    keys: [],
    providers: [],
  });
  const warnings: string[] = [];
  const { gateway, client } = managed({ warn: (message) => void warnings.push(message) }, { gateways });
  assert.equal((await gateway.handle(ask("/openai/models"))).status, 200);
  assert.match(warnings[0]!, /^gateway bad is left out: settings\.gateways\.bad\.cacheTtl: /);
  await client.aiGateway.create({ ...account, id: "new", ...least });
  await client.aiGateway.delete("bad", account);
  assert.equal((await gateway.handle(ask("/openai/models"))).status, 200);
});
