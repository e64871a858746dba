import assert from "node:assert/strict";
import { test } from "node:test";
import { memorySettings } from "../adapters/management.ts";
import { otelExporters } from "../adapters/otel.ts";
import { type Gateway, memoryLogs } from "../src/index.ts";
import { account, least, managed, TOKEN } from "./support/managed.ts";
import { otlpReceiver } from "./support/otlp-receiver.ts";
import { ask } from "./support/script.ts";

const SECRET = "Bearer a-long-secret-1234";
const headers = { "x-key": "short" };

/** A managed gateway whose collectors are one receiver. */
function exporting(settings = {}, options = {}) {
  const receiver = otlpReceiver();
  const store = memorySettings();
  const otel = otelExporters({ fetch: receiver.fetch, warn: () => {} });
  return { receiver, store, ...managed({ otel, ...settings }, { gateways: store, ...options }) };
}

async function visit(gateway: Gateway, times = 1, id = "g"): Promise<void> {
  for (let time = 0; time < times; time++) {
    const url = `http://waygate.test/v1/a/${id}/openai/models`;
    await (await gateway.handle(new Request(url))).text();
  }
  await gateway.flush();
}

const put = (body: unknown): RequestInit => ({
  method: "PUT",
  headers: { authorization: `Bearer ${TOKEN}` },
  body: JSON.stringify({ ...least, ...(body as object) }),
});

test("Cloudflare's client sets collectors, whose secrets no answer ever shows, and they are told from then on", async () => {
  const { client, gateway, receiver, raw } = exporting();
  await client.aiGateway.create({ ...account, id: "g", ...least });
  await visit(gateway);
  assert.equal(receiver.calls.length, 0);
  const otel = [{ url: "http://c.test/v1/traces", headers, authorization: SECRET }];
  const changed = await client.aiGateway.update("g", { ...account, ...least, otel });
  const shown = [{
    url: "http://c.test/v1/traces",
    headers: { "x-key": "****" },
    authorization: "****1234",
  }];
  assert.deepEqual(changed.otel, shown);
  assert.deepEqual((await client.aiGateway.get("g", account)).otel, shown);
  const list = await (await raw("/gateways")).text();
  assert.doesNotMatch(list, /a-long-secret|short/);
  await visit(gateway);
  assert.deepEqual(receiver.calls.map(({ url }) => url), ["http://c.test/v1/traces"]);
  const [{ headers: sent }] = receiver.calls as [typeof receiver.calls[0] & object];
  assert.deepEqual([sent.get("authorization"), sent.get("x-key")], [SECRET, "short"]);
  const gone = await client.aiGateway.update("g", { ...account, ...least, otel: [] });
  assert.deepEqual(gone.otel, []);
  await visit(gateway);
  assert.equal(receiver.calls.length, 1);
  assert.doesNotMatch(
    await (await raw("/gateways/g", { ...put({ otel }), method: "DELETE" })).text(),
    /short/,
  );
});

test("who sends back what was shown changes no secret, and gets none sent elsewhere", async () => {
  const { client, store, refused } = exporting();
  const url = "http://c.test/v1/traces";
  const secrets = { headers: { "x-key": "short", other: "another-long-secret" }, authorization: SECRET };
  const made = await client.aiGateway.create({ ...account, id: "g", ...least, otel: [{ url, ...secrets }] });
  const kept = async () => (await store.read())!.gateways[0]!.otel;
  const [shown] = made.otel!;
  await client.aiGateway.update("g", { ...account, ...least, cache_ttl: 60 });
  assert.deepEqual(await kept(), [{ url, ...secrets }]);
  await client.aiGateway.update("g", {
    ...account,
    ...least,
    otel: [{ url: "http://d.test", headers: {} }, {
      ...shown!,
      headers: { ...shown!.headers, other: "new" },
    }],
  });
  const changed = { url, ...secrets, headers: { "x-key": "short", other: "new" } };
  assert.deepEqual(await kept(), [{ url: "http://d.test", headers: {} }, changed]);
  const elsewhere = await refused("/gateways/g", put({ otel: [{ ...shown, url: "http://evil.test" }] }));
  assert.deepEqual([elsewhere.status, elsewhere.code, elsewhere.path], [
    400,
    7001,
    ["body", "otel", "0", "headers", "x-key"],
  ]);
  assert.match(elsewhere.message, /^otel\.0\.headers\.x-key: Expected the value itself/);
  const unknown = await refused("/gateways/g", put({ otel: [{ url, authorization: "****9999" }] }));
  assert.deepEqual(unknown.path, ["body", "otel", "0", "authorization"]);
  assert.equal((await kept())!.length, 2);
});

const wrong: readonly [path: string, otel: unknown][] = [
  ["otel.0.url", [{ url: "c.test" }]],
  ["otel.0.url", [{ url: "http://user:SECRET@c.test" }]],
  ["otel.0.url", [{ url: "http://c.test?key=SECRET" }]],
  ["otel.0.headers", [{ url: "http://c.test", headers: { a: "SECRET\nx" } }]],
  ["otel.0.headers", [{ url: "http://c.test", headers: { "Content-Length": "1" } }]],
  ["otel.0.headers", [{ url: "http://c.test", headers: { "transfer-encoding": "SECRET" } }]],
  ["otel.0.headers.a", [{ url: "http://c.test", headers: { a: 1 } }]],
  ["otel.0.authorization", [{ url: "http://c.test", authorization: "SECRET\nx" }]],
  ["otel.0.content_type", [{ url: "http://c.test", content_type: "protobuf" }]],
  ["otel", Array(11).fill({ url: "http://c.test" })],
];
for (const [path, otel] of wrong) {
  test(`a collector that is ill described is refused by the API with its name: ${path} ${JSON.stringify(otel).length}`, async () => {
    const { client, refused } = exporting();
    await client.aiGateway.create({ ...account, id: "g", ...least });
    const told = await refused("/gateways/g", put({ otel }));
    assert.deepEqual([told.status, told.code, told.path?.join(".")], [400, 7001, `body.${path}`]);
    assert.ok(told.message.startsWith(`${path}: Expected`), told.message);
    assert.doesNotMatch(told.message, /SECRET/);
  });
}

test("collectors of code are shown without their secrets, those of all gateways are told besides a gateway's own", async () => {
  const own = [{ url: "http://code.test/v1/traces", authorization: SECRET }];
  const all = [{ url: "http://all.test/v1/traces", authorization: SECRET }];
  const { client, gateway, receiver } = exporting({ gateways: { fixed: { otel: own } } }, {
    common: { otel: all },
  });
  const { otel } = await client.aiGateway.get("fixed", account);
  assert.deepEqual(otel, [{ url: "http://code.test/v1/traces", authorization: "****1234" }]);
  await client.aiGateway.create({
    ...account,
    id: "g",
    ...least,
    otel: [{ url: "http://c.test", headers: {} }],
  });
  await visit(gateway, 1, "fixed");
  await visit(gateway);
  assert.deepEqual(receiver.calls.map(({ url }) => new URL(url).host).sort(), [
    "all.test",
    "c.test",
    "code.test",
  ]);
});

test("a gateway keeps as many logs as Cloudflare's client says, in the way it says", async () => {
  const logs = memoryLogs();
  const { client, gateway } = managed({}, { logs, common: { retention: { entries: 50 } } });
  const countOf = async () => (await client.aiGateway.logs.list("g", account)).result.length;
  const made = await client.aiGateway.create({ ...account, id: "g", ...least, log_management: 3 });
  assert.deepEqual([made.log_management, made.log_management_strategy], [3, null]);
  await client.aiGateway.create({ ...account, id: "other", ...least });
  await visit(gateway, 4, "other");
  await visit(gateway, 5);
  assert.equal(await countOf(), 3);
  const [newest] = (await client.aiGateway.logs.list("g", account)).result;
  const changed = await client.aiGateway.update("g", {
    ...account,
    ...least,
    log_management: 4,
    log_management_strategy: "STOP_INSERTING",
  });
  assert.deepEqual([changed.log_management, changed.log_management_strategy], [4, "STOP_INSERTING"]);
  await visit(gateway, 3);
  assert.equal(await countOf(), 4);
  const kept = (await client.aiGateway.logs.list("g", { ...account, direction: "asc" })).result;
  assert.ok(kept.some(({ id }) => id === newest!.id));
  await client.aiGateway.update("g", {
    ...account,
    ...least,
    log_management: null,
    log_management_strategy: null,
  });
  await visit(gateway, 3);
  assert.equal(await countOf(), 7);
  assert.equal((await logs.list({ limit: 0 })).total, 11);
});

test("a gateway of code says in its own words or in Cloudflare's how many of its logs are kept", async () => {
  const logs = memoryLogs();
  const gateways = {
    ours: { retention: { entries: 2 }, log_management: 9 },
    theirs: { log_management: 3, log_management_strategy: "STOP_INSERTING" },
    all: { log_management: null, log_management_strategy: null },
  } as const;
  const { client, gateway } = managed({ gateways, logs });
  for (const id of Object.keys(gateways)) await visit(gateway, 5, id);
  const rows = await logs.stats({ by: ["gateway"] });
  assert.deepEqual(rows.map(({ group, requests }) => [group["gateway"], requests]), [
    ["all", 5],
    ["ours", 2],
    [
      "theirs",
      3,
    ],
  ]);
  const shown = await client.aiGateway.get("theirs", account);
  assert.deepEqual([shown.log_management, shown.log_management_strategy], [3, "STOP_INSERTING"]);
  assert.equal((await client.aiGateway.get("ours", account)).log_management, 2);
});

for (
  const [field, settings] of [
    ["log_management", { log_management: 0 }],
    ["log_management", { log_management: 1.5 }],
    ["log_management_strategy", { log_management_strategy: "stop" }],
    ["retention.entries", { retention: { entries: -1 } }],
    ["retention.strategy", { retention: { strategy: "stop" } }],
    ["retention.age", { retention: { age: 5 } }],
  ] as const
) {
  test(`a bound that is none is refused by its name: ${JSON.stringify(settings)}`, () => {
    assert.throws(
      () => managed({ gateways: { g: settings as object } }),
      new RegExp(`^GatewayError: settings\\.gateways\\.g\\.${field}: Expected`),
    );
  });
}

test("a log takes as much metadata afterwards as its gateway lets count", async () => {
  const logs = memoryLogs();
  const { gateway, raw } = managed({ gateways: { g: {}, wide: { maxMetadata: 10 } }, logs });
  const metadata = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`k${index}`, index]));
  const patch = async (id: string) => {
    await visit(gateway, 1, id);
    const filters = [{ key: "gateway", operator: "eq", value: [id] }] as const;
    const [record] = (await logs.list({ filters })).records;
    return await raw(`/gateways/${id}/logs/${record!.id}`, {
      ...put({}),
      method: "PATCH",
      body: JSON.stringify({ metadata }),
    });
  };
  assert.equal((await patch("wide")).status, 200);
  const refused = await patch("g");
  assert.equal(refused.status, 400);
  assert.equal((await refused.json()).errors[0].message, "metadata: Expected at most 5 entries");
});

test("a strange account and a strange gateway leave nothing in the log of a managed one", async () => {
  const logs = memoryLogs();
  const { gateway } = managed({}, { logs });
  await gateway.handle(ask("/openai/models"));
  await gateway.flush();
  assert.equal((await logs.list({})).total, 0);
});
