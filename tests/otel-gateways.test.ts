import assert from "node:assert/strict";
import { test } from "node:test";
import { otelExporters, type OtelExportersSettings } from "../adapters/otel.ts";
import { createGateway, type GatewaySettings, type Settings } from "../src/index.ts";
import { createClock } from "./support/clock.ts";
import { hear } from "./support/hear.ts";
import { otlpReceiver, plain, type Received } from "./support/otlp-receiver.ts";
import { BEGAN, record } from "./support/record.ts";
import { ask, script } from "./support/script.ts";
import { until } from "./support/until.ts";

const usage = { prompt_tokens: 5, completion_tokens: 2 };
const answer = { choices: [{ index: 0, message: { content: "Hi" }, finish_reason: "stop" }], usage };
const chat = (gateway: string) =>
  new Request(`http://waygate.test/v1/a/${gateway}/openai/chat/completions`, {
    method: "POST",
    body: '{"model":"m","messages":[]}',
    headers: { "content-type": "application/json" },
  });

/** Gateways whose collectors are one receiver, which tells them apart by their URLs. */
function exporting(
  gateways: Readonly<Record<string, GatewaySettings>>,
  settings: OtelExportersSettings = {},
  more: Settings = {},
) {
  const receiver = otlpReceiver();
  const clock = createClock(BEGAN);
  const warnings: string[] = [];
  const otel = otelExporters({
    fetch: receiver.fetch,
    now: clock.now,
    after: clock.after,
    warn: (message) => warnings.push(message),
    ...settings,
  });
  const { fetch } = script(...Array.from({ length: 20 }, () => () => Response.json(answer)));
  const gateway = createGateway({ otel, gateways, fetch, ...more });
  return { gateway, otel, receiver, clock, warnings };
}

const spansIn = ({ body }: Received): number => JSON.parse(body).resourceSpans[0].scopeSpans[0].spans.length;

async function visit(gateway: ReturnType<typeof createGateway>, id: string): Promise<void> {
  await hear(gateway, chat(id));
}

test("each gateway tells its own collectors, with their own header fields and batches, and flush waits for them", async () => {
  const { gateway, receiver, otel } = exporting({
    one: {
      otel: [
        { url: "http://first.test", headers: { "x-team": "red", Authorization: "Bearer old" } },
        { url: "https://second.test/otlp/v1/traces", authorization: "Bearer new", content_type: "json" },
      ],
    },
    two: {
      otel: [{
        url: "http://third.test/v1/traces",
        headers: { Authorization: "Bearer old" },
        authorization: "x",
      }],
    },
    three: { otel: null },
  });
  for (const id of ["one", "one", "two", "three"]) await visit(gateway, id);
  assert.equal(receiver.calls.length, 0);
  await gateway.flush();
  const seen = receiver.calls.map((call) => [
    call.url,
    call.headers.get("authorization"),
    call.headers.get("x-team"),
    spansIn(call),
  ]);
  assert.deepEqual(seen.sort(), [
    ["http://first.test/v1/traces", "Bearer old", "red", 4],
    ["http://third.test/v1/traces", "x", null, 2],
    ["https://second.test/otlp/v1/traces", "Bearer new", null, 4],
  ]);
  const told = plain(receiver.spans()[0]!.attributes);
  assert.deepEqual([told["gen_ai.usage.input_tokens"], told["gen_ai.request.model"]], [5, "m"]);
  assert.equal(otel.dropped, 0);
});

test("spans of a gateway's collector go when they have waited, without a flush", async () => {
  const { gateway, receiver, clock } = exporting({ g: { otel: [{ url: "http://c.test" }] } });
  await visit(gateway, "g");
  clock.pass(5000);
  await until(() => receiver.calls.length === 1, "a call");
});

test("each request is told at once where no timer outlives it, and the runtime waits for it", async () => {
  const { gateway, receiver } = exporting({ g: { otel: [{ url: "http://c.test" }] } }, { each: true });
  const waits: Promise<unknown>[] = [];
  const response = await gateway.handle(chat("g"), { waitUntil: (promise) => waits.push(promise) });
  await response.text();
  await Promise.all(waits);
  assert.deepEqual(receiver.calls.map(spansIn), [2]);
});

test("collectors hear of refused requests, and of those that are in no log", async () => {
  const { gateway, receiver } = exporting({ g: { collectLog: false, otel: [{ url: "http://c.test" }] } });
  await gateway.handle(ask("/nobody/x"));
  await visit(gateway, "g");
  await gateway.flush();
  const statuses = receiver.spans().filter(({ kind }) => kind === 2).map(({ attributes }) =>
    plain(attributes)["http.response.status_code"]
  );
  assert.deepEqual(statuses, [400, 200]);
});

test("metrics go only where they are asked for", async () => {
  const gateways = { g: { otel: [{ url: "http://c.test/v1/traces" }] } };
  for (const metrics of [undefined, {}]) {
    const { gateway, receiver } = exporting(gateways, { ...metrics && { metrics } });
    await visit(gateway, "g");
    await gateway.flush();
    const urls = receiver.calls.map(({ url }) => url).sort();
    assert.deepEqual(urls, [...metrics ? ["http://c.test/v1/metrics"] : [], "http://c.test/v1/traces"]);
  }
});

test("one exporter serves a collector whatever becomes of the other settings, and one that rests for an hour is let go", async () => {
  const { otel, receiver, clock } = exporting({});
  const target = () => ({ url: "http://c.test", headers: { a: "1" } });
  otel.onEnd(record(), [target()]);
  otel.onEnd(record(), [target()]);
  await otel.flush();
  assert.deepEqual(receiver.calls.map(spansIn), [4]);
  const instance = () => plain(receiver.resource())["service.instance.id"];
  const first = instance();
  otel.onEnd(record(), [target()]);
  await otel.flush();
  assert.equal(instance(), first);
  clock.pass(3_600_001);
  otel.onEnd(record(), [{ url: "http://other.test" }]);
  await otel.flush();
  otel.onEnd(record(), [target()]);
  await otel.flush();
  assert.notEqual(instance(), first);
});

test("a collector that fails is told of by its gateway, without its secrets, and others go on", async () => {
  const refuse = () => Promise.resolve(new Response("", { status: 401 }));
  const receiver = otlpReceiver();
  const { gateway, warnings, otel } = exporting({
    bad: { otel: [{ url: "http://bad.test/SECRET", authorization: "Bearer SECRET" }] },
    good: { otel: [{ url: "http://good.test" }] },
  }, { fetch: (url, init) => url.startsWith("http://bad") ? refuse() : receiver.fetch(url, init) });
  await visit(gateway, "bad");
  await visit(gateway, "good");
  await gateway.flush();
  assert.deepEqual(warnings, ["gateway bad: otel: the collector of traces answers 401"]);
  assert.equal(otel.dropped, 2);
  assert.deepEqual(receiver.calls.map(spansIn), [2]);
});

const wrong: readonly [field: string, otel: unknown][] = [
  ["otel", { url: "http://c.test" }],
  ["otel", Array(11).fill({ url: "http://c.test" })],
  ["otel\\[0\\].url", [{}]],
  ["otel\\[0\\].url", [{ url: "c.test/SECRET" }]],
  ["otel\\[0\\].url", [{ url: "ftp://c.test/SECRET" }]],
  ["otel\\[0\\].url", [{ url: "https://user:SECRET@c.test" }]],
  ["otel\\[0\\].url", [{ url: "https://c.test/?key=SECRET" }]],
  ["otel\\[0\\].headers", [{ url: "http://c.test", headers: { "Content-Length": "1" } }]],
  ["otel\\[0\\].headers", [{ url: "http://c.test", headers: { "transfer-encoding": "SECRET" } }]],
  ["otel\\[0\\].headers", [{ url: "http://c.test", headers: { host: "SECRET" } }]],
  ["otel\\[1\\].headers", [{ url: "http://c.test" }, { url: "http://c.test", headers: { a: "SECRET\nx" } }]],
  ["otel\\[0\\].headers", [{ url: "http://c.test", headers: { "SECRET name": "a" } }]],
  ["otel\\[0\\].headers", [{ url: "http://c.test", headers: { a: 1 } }]],
  ["otel\\[0\\].headers", [{ url: "http://c.test", headers: ["SECRET"] }]],
  ["otel\\[0\\].authorization", [{ url: "http://c.test", authorization: "SECRET\nx" }]],
  ["otel\\[0\\].authorization", [{ url: "http://c.test", authorization: null }]],
  ["otel\\[0\\].content_type", [{ url: "http://c.test", content_type: "protobuf" }]],
  ["otel\\[0\\].fields", [{ url: "http://c.test", fields: {} }]],
];
for (const [index, [field, otel]] of wrong.entries()) {
  test(`a collector that is ill described is refused by the name of its field: ${field} (${index})`, () => {
    const make = () =>
      createGateway({ otel: otelExporters(), gateways: { g: { otel } as unknown as GatewaySettings } });
    assert.throws(make, ({ message }: Error) => {
      assert.match(message, new RegExp(`^settings\\.gateways\\.g\\.${field}: Expected`));
      assert.doesNotMatch(message, /SECRET/);
      return true;
    });
  });
}

test("collectors need somebody who tells them, whose own settings are checked at once", () => {
  const gateways = { g: { otel: [{ url: "http://c.test" }] } };
  assert.throws(() => createGateway({ gateways }), /settings\.otel: Expected otelExporters\(\)/);
  assert.throws(() => createGateway({ otel: {} as never }), /settings\.otel: Expected an object with/);
  assert.doesNotThrow(() => createGateway({ gateways: { g: { otel: [] }, h: { otel: null } } }));
  assert.throws(() => otelExporters({ batch: 0 }), /batch: Expected/);
});
