import assert from "node:assert/strict";
import { test } from "node:test";
import {
  createGateway,
  type GatewaySettings,
  type LogRecord,
  memoryLogs,
  type Settings,
} from "../src/index.ts";
import { createTrickle } from "../src/trickle.ts";
import { ask, askUniversal, script } from "./support/script.ts";

const TOKEN = "a-token-of-the-clients";
const closed: GatewaySettings = { authentication: true, tokens: [{ name: "ann", token: TOKEN }] };
const open = { "cf-aig-authorization": `Bearer ${TOKEN}` };

/** A gateway `g` with logs of its own, whose provider answers as often as it is asked. */
function logging(own: GatewaySettings = {}, more: Settings = {}) {
  const logs = memoryLogs();
  const warnings: string[] = [];
  const ended: LogRecord[] = [];
  const { fetch, calls } = script(...Array.from({ length: 9 }, () => () => Response.json({})));
  const gateway = createGateway({
    fetch,
    logs,
    gateways: { g: own },
    warn: (message) => warnings.push(message),
    onEnd: (record) => void ended.push(record),
    ...more,
  });
  /** What is in the log, the latest first. */
  async function records(): Promise<readonly LogRecord[]> {
    await gateway.flush();
    return (await logs.list({ limit: 1000 })).records;
  }
  return { gateway, calls, records, warnings, ended };
}

test("a request without the right token is logged in Cloudflare's words, and says nothing of its token", async () => {
  const { gateway, records, ended } = logging(closed, { trace: true });
  const headers = {
    "cf-aig-authorization": "Bearer wrong-secret",
    authorization: "Bearer sk-client-secret",
    "user-agent": "tester/1",
    "content-type": "application/json",
    "cf-aig-event-id": "mine",
    "cf-aig-metadata": '{"user":"ann"}',
  };
  const response = await gateway.handle(ask("/openai/chat/completions?key=s3cret", { body: "{}", headers }));
  assert.equal(response.status, 401);
  const [record, ...others] = await records();
  assert.equal(others.length, 0);
  const { id, created_at, duration, trace, ...told } = record!;
  assert.equal(id, response.headers.get("cf-aig-log-id"));
  assert.equal(trace?.traceId, response.headers.get("cf-aig-trace-id"));
  assert.ok(Math.abs(Date.parse(created_at) - Date.now()) < 60_000 && duration >= 0);
  assert.deepEqual(told, {
    account: "a",
    gateway: "g",
    provider: "openai",
    model: null,
    path: "chat/completions",
    method: "POST",
    status_code: 401,
    success: false,
    cached: false,
    step: 0,
    tokens_in: null,
    tokens_out: null,
    tokens_cached: null,
    tokens_reasoning: null,
    cost: null,
    custom_cost: false,
    waste: null,
    metadata: { user: "ann" },
    event_id: "mine",
    caller: null,
    user_agent: "tester/1",
    request_content_type: "application/json",
    response_content_type: null,
    request_size: null,
    response_size: null,
    ttfb: null,
    ttft: null,
    finish_reason: null,
    ending: null,
    error: "unauthorized",
    attempts: [],
    feedback: null,
    score: null,
  });
  assert.doesNotMatch(JSON.stringify(record), /secret|s3cret/);
  assert.deepEqual(ended, [record]);
});

const refusals: readonly [what: string, request: () => Request, told: readonly unknown[]][] = [
  ["a body that is no JSON", () => askUniversal("{", open), [400, "invalid", "unknown", ""]],
  ["a step that does not validate", () => askUniversal([{ provider: "openai" }], open), [
    400,
    "invalid",
    "unknown",
    "",
  ]],
  ["an unknown provider", () => ask("/sk-key-in-the-wrong-place/v1/x", { headers: open }), [
    400,
    "unknown_provider",
    "unknown",
    "v1/x",
  ]],
  ["a path that leads elsewhere", () => ask("/openai/%252e%252e/x", { headers: open }), [
    400,
    "invalid",
    "openai",
    "%252e%252e/x",
  ]],
  ["a wrong method", () => ask("", { headers: open }), [405, "wrong_method", "unknown", ""]],
  ["a body that is too large", () => askUniversal("x".repeat(5000), open), [413, "too_large", "unknown", ""]],
];
for (const [what, request, told] of refusals) {
  test(`a request is logged that is refused for ${what}, as that of its caller`, async () => {
    const { gateway, records, calls } = logging(closed, { bodyLimit: 4096 });
    const response = await gateway.handle(request());
    const [record] = await records();
    assert.ok(record, "nothing is logged");
    const { status_code, error, provider, path, success, caller } = record;
    assert.equal(record.id, response.headers.get("cf-aig-log-id"));
    assert.equal(status_code, response.status);
    assert.deepEqual([status_code, error, provider, path], told);
    assert.deepEqual([success, caller?.endsWith("ann"), calls.length], [false, true, 0]);
    assert.doesNotMatch(JSON.stringify(record), /sk-key/);
  });
}

test("steps that code in the same program has wrong are logged", async () => {
  const { gateway, records } = logging();
  await gateway.run({ provider: "nobody", endpoint: "x", query: {} });
  const [record] = await records();
  assert.deepEqual([record?.error, record?.provider, record?.gateway], ["unknown_provider", "unknown", "g"]);
});

test("code in the same program is no stranger, whoever else has to show a token", async () => {
  const { gateway, records, warnings } = logging(closed);
  const step = { provider: "nobody", endpoint: "x", query: {} };
  for (let asked = 0; asked < 101; asked++) await gateway.run(step);
  assert.equal((await records()).length, 101);
  await gateway.run(step, { gateway: { collectLog: false } });
  assert.equal((await records()).length, 101, "it may say what is logged");
  assert.deepEqual(warnings, []);
});

test("a body that grows too large while it is kept is logged once, with its provider", async () => {
  const { gateway, records } = logging({ collectLogPayload: true, maxAttempts: 2 }, { bodyLimit: 10 });
  const chunk = new TextEncoder().encode("x".repeat(8));
  const body = new ReadableStream({
    start(controller) {
      for (let i = 0; i < 4; i++) controller.enqueue(chunk);
      controller.close();
    },
  });
  const init = { method: "POST", body, duplex: "half" } as RequestInit;
  const response = await gateway.handle(new Request("http://waygate.test/v1/a/g/openai/files?x=1", init));
  assert.equal(response.status, 413);
  const all = await records();
  assert.deepEqual(all.map(({ provider, path, error }) => [provider, path, error]), [
    ["openai", "files", "too_large"],
  ]);
});

test("what a stranger writes is cut before it is logged", async () => {
  const { gateway, records } = logging(closed);
  const long = "x".repeat(6000);
  const headers = {
    "user-agent": long,
    "content-type": long,
    "cf-aig-event-id": long,
    "cf-aig-metadata": JSON.stringify({ long }),
  };
  await gateway.handle(
    new Request(`http://waygate.test/v1/${long}/g/openai/${long}`, { method: "POST", body: "{}", headers }),
  );
  await gateway.handle(ask(`/${long}/x`));
  const all = await records();
  assert.equal(all.length, 2);
  for (const record of all) assert.ok(JSON.stringify(record).length < 2500);
  assert.equal(all[1]!.metadata, null);
});

test("strangers fill no log: a hundred of their requests are logged in a minute, and listeners are told of all", async () => {
  const { gateway, records, ended } = logging(closed);
  for (let call = 0; call < 150; call++) {
    assert.equal((await gateway.handle(ask("/openai/models"))).status, 401);
  }
  await gateway.handle(ask("/nobody/x", { headers: open }));
  const all = await records();
  assert.equal(all.length, 101);
  assert.equal(all.filter(({ error }) => error === "unauthorized").length, 100);
  assert.equal(ended.length, 151);
});

test("so many pass in a period, and who counts is told how many did not", () => {
  let now = 1000;
  const held: number[] = [];
  const pass = createTrickle(2, 60, (count) => held.push(count), () => now);
  assert.deepEqual([pass(), pass(), pass(), pass()], [true, true, false, false]);
  now += 59;
  assert.equal(pass(), false);
  now += 1;
  assert.deepEqual([pass(), held], [true, [3]]);
  now += 60;
  assert.deepEqual([pass(), held], [true, [3]]);
});

test("whoever may say so is not logged; what a stranger says about it counts for nothing", async () => {
  const off = { "cf-aig-collect-log": "false" };
  const statusesOf = async (own: GatewaySettings, headers: Record<string, string>) => {
    const { gateway, records } = logging(own);
    await gateway.handle(ask("/nobody/x", { headers }));
    return (await records()).map(({ status_code }) => status_code);
  };
  assert.deepEqual(await statusesOf({}, {}), [400]);
  assert.deepEqual(await statusesOf({}, off), []);
  assert.deepEqual(await statusesOf({ collect_logs: false }, {}), []);
  assert.deepEqual(await statusesOf({ collect_logs: false }, { "cf-aig-collect-log": "true" }), [400]);
  assert.deepEqual(await statusesOf(closed, { ...open, ...off }), []);
  assert.deepEqual(await statusesOf(closed, off), [401]);
  const hidden = { ...closed, collect_logs: false };
  assert.deepEqual(await statusesOf(hidden, { "cf-aig-collect-log": "true" }), []);
});

test("a gateway id that there is not, a preflight and a path that leads nowhere leave no record", async () => {
  const { gateway, records, ended } = logging({ cors: { origins: "*" } });
  await gateway.handle(new Request("http://waygate.test/v1/a/other/openai/models"));
  await gateway.handle(new Request("http://waygate.test/nowhere"));
  const headers = { origin: "https://app.example", "access-control-request-method": "POST" };
  await gateway.handle(ask("/openai/models", { method: "OPTIONS", headers }));
  assert.deepEqual([await records(), ended], [[], []]);
});

test("whoever redacts sees what was refused, too", async () => {
  const { gateway, records } = logging({}, {
    redact: ({ record }) => record.path === "x" ? undefined : { record: { ...record, path: "hidden" } },
  });
  await gateway.handle(ask("/nobody/x"));
  await gateway.handle(ask("/nobody/y"));
  assert.deepEqual((await records()).map(({ path, error }) => [path, error]), [[
    "hidden",
    "unknown_provider",
  ]]);
});
