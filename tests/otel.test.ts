import assert from "node:assert/strict";
import { test } from "node:test";
import { otelExporter, type OtelSettings } from "../adapters/otel.ts";
import type { LogRecord } from "../src/index.ts";
import { createClock } from "./support/clock.ts";
import { checkOtlp, type ReadSpan } from "./support/otlp.ts";
import { otlpReceiver, plain, type Verdict } from "./support/otlp-receiver.ts";
import { attempt, BEGAN, record } from "./support/record.ts";
import { until } from "./support/until.ts";

const TRACE = {
  traceId: "0af7651916cd43dd8448eb211c80319c",
  parentSpanId: "b7ad6b7169203331",
  spanId: "00f067aa0ba902b7",
  sampled: true,
};
const status = (code: number, headers: Record<string, string> = {}): Verdict => () =>
  Response.json({}, { status: code, headers });
const pause = () => new Promise((resolve) => setTimeout(resolve, 10));

/** An exporter of traces alone, but for what a test says, its collector, its time and what it warned of. */
function exporting(settings: Partial<OtelSettings> = {}, ...verdicts: readonly Verdict[]) {
  const receiver = otlpReceiver(...verdicts);
  const clock = createClock(BEGAN + 2000);
  const warnings: string[] = [];
  const exporter = otelExporter({
    url: "http://collector.test",
    metrics: false,
    fetch: receiver.fetch,
    now: clock.now,
    after: clock.after,
    warn: (message) => warnings.push(message),
    ...settings,
  });
  return {
    exporter,
    receiver,
    clock,
    warnings,
    seen: (count: number) => () => receiver.calls.length >= count,
  };
}

/** The spans of records, as the collector read them. */
async function told(...records: readonly LogRecord[]): Promise<ReadSpan[]> {
  const { exporter, receiver } = exporting();
  records.forEach(exporter.onEnd);
  await exporter.flush();
  return receiver.spans();
}

const attributesOf = async (changes: Partial<LogRecord>) =>
  plain((await told(record(changes)))[0]!.attributes);

test("a request is told as a span of its own and one for each attempt", async () => {
  const attempts = [
    attempt({ result: 503, ms: 100, ending: null, tokens_in: null, tokens_out: null, cost: null }),
    attempt({ began: 120, ms: 180, spanId: "53995c3f42cd8ad8" }),
  ];
  const [server, first, second] = await told(record({ trace: TRACE, attempts, waste: 0.5 }));
  assert.deepEqual({ ...server, attributes: plain(server!.attributes) }, {
    traceId: TRACE.traceId,
    spanId: TRACE.spanId,
    parentSpanId: TRACE.parentSpanId,
    flags: 0x301,
    name: "chat gpt-5",
    kind: 2,
    startTimeUnixNano: `${BEGAN}000000`,
    endTimeUnixNano: `${BEGAN + 1500}000000`,
    attributes: {
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "openai",
      "gen_ai.request.model": "gpt-5",
      "gen_ai.usage.input_tokens": 100,
      "gen_ai.usage.output_tokens": 20,
      "gen_ai.usage.cache_read.input_tokens": 30,
      "gen_ai.usage.reasoning.output_tokens": 5,
      "gen_ai.usage.cost": 0.25,
      "gen_ai.response.finish_reasons": ["stop"],
      "gen_ai.response.time_to_first_chunk": 0.4,
      "http.request.method": "POST",
      "http.response.status_code": 200,
      "waygate.log.id": record().id,
      "waygate.gateway": "g",
      "waygate.provider": "openai",
      "waygate.step": 0,
      "waygate.cached": false,
      "waygate.ending": "complete",
      "waygate.waste": 0.5,
    },
    status: {},
  });
  assert.match(first!.spanId, /^[0-9a-f]{16}$/);
  assert.deepEqual({ ...first, spanId: "", attributes: plain(first!.attributes) }, {
    traceId: TRACE.traceId,
    spanId: "",
    parentSpanId: TRACE.spanId,
    flags: 0x101,
    name: "chat gpt-5",
    kind: 3,
    startTimeUnixNano: `${BEGAN + 10}000000`,
    endTimeUnixNano: `${BEGAN + 110}000000`,
    attributes: {
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "openai",
      "gen_ai.request.model": "gpt-5",
      "error.type": "503",
      "http.response.status_code": 503,
      "waygate.provider": "openai",
      "waygate.step": 0,
    },
    status: { code: 2 },
  });
  assert.equal(second!.spanId, "53995c3f42cd8ad8");
  // Its answer went on until the last byte.
  assert.equal(second!.endTimeUnixNano, `${BEGAN + 1500}000000`);
  assert.equal(plain(second!.attributes)["waygate.attempt.cost"], 0.25);
});

test("tokens and cost that may be added up stand on the request's span alone", async () => {
  const [server, ...attempts] = await told(record());
  const usage = (span: ReadSpan) => span.attributes.filter(({ key }) => key.startsWith("gen_ai.usage."));
  assert.equal(usage(server!).length, 5);
  assert.deepEqual(attempts.flatMap(usage), []);
});

test("a cost is a double, also where it is whole", async () => {
  const [span] = await told(record({ cost: 2 }));
  const { value } = span!.attributes.find(({ key }) => key === "gen_ai.usage.cost")!;
  assert.deepEqual(value, { doubleValue: 2 });
});

test("a request without a trace gets ids of its own", async () => {
  const spans = await told(record(), record());
  assert.equal(new Set(spans.map(({ traceId }) => traceId)).size, 2);
  assert.equal(new Set(spans.map(({ spanId }) => spanId)).size, 4);
  const [server, client] = spans;
  assert.equal(server!.parentSpanId, undefined);
  assert.equal(client!.parentSpanId, server!.spanId);
  assert.equal(client!.traceId, server!.traceId);
});

test("a trace that is not sampled has no spans, but counts", async () => {
  const { exporter, receiver } = exporting({ metrics: {} });
  exporter.onEnd(record({ trace: { ...TRACE, sampled: false } }));
  await exporter.flush();
  assert.deepEqual(receiver.calls.map(({ signal }) => signal), ["metrics"]);
  assert.equal(receiver.metrics()["waygate.requests"]!.points[0]!.asInt, "1");
});

test("an attempt of a step that did not answer says neither path nor model", async () => {
  const attempts = [attempt({ provider: "anthropic", result: "timeout", ms: 200 }), attempt({ step: 1 })];
  const [, first, second] = await told(record({ step: 1, attempts }));
  assert.equal(first!.name, "attempt anthropic");
  assert.equal("gen_ai.request.model" in plain(first!.attributes), false);
  assert.equal(plain(first!.attributes)["error.type"], "timeout");
  assert.equal(second!.name, "chat gpt-5");
});

test("an attempt that was given up ends when the answer came, at the latest", async () => {
  const attempts = [
    attempt({ result: null, ms: null, ending: null }),
    attempt({ step: 1, began: 100, ms: 200 }),
  ];
  const [, first] = await told(record({ step: 1, attempts, ttfb: 300 }));
  assert.equal(first!.endTimeUnixNano, `${BEGAN + 300}000000`);
  assert.deepEqual(first!.status, {});
});

test("what a client says of a request becomes attributes, and replaces none", async () => {
  const attributes = await attributesOf({
    metadata: {
      user: "u-1",
      seats: 3,
      share: 0.5,
      trial: true,
      none: null,
      "": "nameless",
      "gen_ai.request.model": "mine",
      "gen_ai.anything": "mine",
      "waygate.cached": true,
      "error.type": "mine",
      "http.response.status_code": 418,
    },
  });
  const { user, seats, share, trial } = attributes;
  assert.deepEqual({ user, seats, share, trial }, { user: "u-1", seats: 3, share: 0.5, trial: true });
  assert.equal(Object.values(attributes).includes("mine"), false);
  assert.equal("none" in attributes || "" in attributes, false);
  assert.equal(attributes["gen_ai.request.model"], "gpt-5");
  assert.equal(attributes["waygate.cached"], false);
  assert.equal(attributes["http.response.status_code"], 200);
});

test("what no JSON or no protobuf can hold spoils nothing", async () => {
  const attributes = await attributesOf({
    model: "\ud800 half",
    metadata: Object.fromEntries([
      ["half", "x\udc00"],
      ["\ud801", "key"],
      ["\ud802", "alike"],
      ["endless", JSON.parse("1e999")],
      ["large", 2 ** 60],
      ["long", "y".repeat(9999)],
    ]),
  });
  assert.equal(attributes["gen_ai.request.model"], "\ufffd half");
  assert.equal(attributes["half"], "x\ufffd");
  assert.equal(attributes["\ufffd"], "key");
  assert.equal(attributes["endless"], "Infinity");
  assert.equal(attributes["large"], 2 ** 60);
  assert.equal(String(attributes["long"]).length, 1024);
});

test("an emoji that is cut in the middle leaves no half", async () => {
  const { long } = await attributesOf({ metadata: { long: "x".repeat(1023) + "😀" } });
  assert.equal(long, "x".repeat(1023) + "\ufffd");
});

for (
  const [path, operation] of [
    ["v1/chat/completions", "chat"],
    ["chat/completions", "chat"],
    ["v1/completions", "text_completion"],
    ["v1/responses", "chat"],
    ["v1/messages", "chat"],
    ["v2/chat", "chat"],
    ["v1/embeddings", "embeddings"],
    ["v2/embed", "embeddings"],
    ["v1beta/models/gemini-3:generateContent", "generate_content"],
    ["v1beta/models/gemini-3:streamGenerateContent", "generate_content"],
    ["v1beta/models/embedding-1:embedContent", "embeddings"],
    ["bedrock-runtime/us-east-1/model/nova/converse-stream", "chat"],
    ["bedrock-runtime/us-east-1/model/titan-embed-v2/invoke", "embeddings"],
    ["v1/models", "request"],
    ["v1/audio/speech", "request"],
  ] as const
) {
  test(`what a path asks for is called as the conventions call it: ${path}`, async () => {
    const [span] = await told(record({ path }));
    assert.equal(plain(span!.attributes)["gen_ai.operation.name"], operation);
    assert.equal(span!.name, `${operation} gpt-5`);
  });
}

for (
  const [slug, name] of [
    ["azure-openai", "azure.ai.openai"],
    ["aws-bedrock", "aws.bedrock"],
    ["google-ai-studio", "gcp.gemini"],
    ["google-vertex-ai", "gcp.vertex_ai"],
    ["mistral", "mistral_ai"],
    ["perplexity-ai", "perplexity"],
    ["grok", "x_ai"],
    ["custom-openai", "openai"],
    ["my-own", "my-own"],
    ["constructor", "constructor"],
  ] as const
) {
  test(`a provider is called as the conventions call it, and keeps its slug: ${slug}`, async () => {
    const attributes = await attributesOf({ provider: slug });
    assert.equal(attributes["gen_ai.provider.name"], name);
    assert.equal(attributes["waygate.provider"], slug);
  });
}

for (
  const [what, changes, type, code] of [
    ["a status of the provider", { status_code: 502 }, "502", 2],
    ["a fault of the gateway's", { status_code: 504, error: "timeout" }, "timeout", 2],
    ["a broken answer", { status_code: 200, ending: "truncated" }, "truncated", 2],
    ["a client's mistake", { status_code: 400, error: "invalid" }, "invalid", undefined],
    ["a client that left", { status_code: 200, ending: "client_left" }, "client_left", undefined],
  ] as const
) {
  test(`an error has a type, and a status where it is not the client's: ${what}`, async () => {
    const [span] = await told(record({ success: false, ...changes }));
    assert.equal(plain(span!.attributes)["error.type"], type);
    assert.deepEqual(span!.status, code === undefined ? {} : { code });
  });
}

test("spans wait for the interval, and only one timer waits with them", async () => {
  const { exporter, receiver, clock, seen } = exporting({ interval: 5000 });
  assert.deepEqual(clock.ahead, []);
  exporter.onEnd(record());
  clock.pass(3000);
  exporter.onEnd(record());
  assert.deepEqual(clock.ahead, [2000]);
  await pause();
  assert.equal(receiver.calls.length, 0);
  clock.pass(2000);
  await until(seen(1), "a call");
  await exporter.flush();
  assert.equal(receiver.calls.length, 1);
  assert.equal(receiver.spans().length, 4);
  assert.deepEqual(clock.ahead, []);
});

test("as many spans as one call takes are sent at once, and no call takes more", async () => {
  const { exporter, receiver, clock, seen } = exporting({ batch: 4 });
  for (let sent = 0; sent < 5; sent++) exporter.onEnd(record());
  await until(seen(3), "all calls");
  const sizes = receiver.calls.map(({ body }) =>
    JSON.parse(body).resourceSpans[0].scopeSpans[0].spans.length
  );
  assert.deepEqual(sizes, [4, 4, 2]);
  assert.equal(receiver.spans().length, 10);
  assert.deepEqual(clock.ahead, []);
});

test("what a full queue has no room for is dropped and counted", async () => {
  const { exporter, receiver } = exporting({ queue: 5 });
  for (let sent = 0; sent < 4; sent++) exporter.onEnd(record());
  assert.equal(exporter.dropped, 4);
  await exporter.flush();
  assert.equal(receiver.spans().length, 4);
});

for (const code of [429, 502, 503, 504]) {
  test(`a collector that answers ${code} is asked again, later each time`, async () => {
    const { exporter, receiver, clock, seen } = exporting({}, status(code), status(code), status(code));
    exporter.onEnd(record());
    const done = exporter.flush();
    for (const [failed, least] of [500, 1000, 2000].entries()) {
      await until(() => seen(failed + 1)() && clock.ahead.length === 1, "a wait");
      const [ahead] = clock.ahead;
      assert.ok(ahead! >= least && ahead! <= least * 2, `waits ${ahead} ms`);
      clock.pass(ahead!);
    }
    await done;
    assert.equal(receiver.spans().length, 2);
    assert.equal(new Set(receiver.calls.map(({ body }) => body)).size, 1);
    assert.equal(exporter.dropped, 0);
  });
}

for (
  const [asked, least] of [
    ["7", 7000],
    [new Date(BEGAN + 2000 + 9000).toUTCString(), 9000],
    ["100000", 300_000],
    ["0", 0],
  ] as const
) {
  test(`a collector is left alone for as long as it asks, up to five minutes: ${asked}`, async () => {
    const { exporter, receiver, clock, seen } = exporting({}, status(503, { "retry-after": asked }));
    exporter.onEnd(record());
    const done = exporter.flush();
    await until(() => clock.ahead.length === 1, "a wait");
    assert.deepEqual(clock.ahead, [least]);
    clock.pass(least);
    await until(seen(2), "another call");
    await done;
    assert.equal(receiver.spans().length, 2);
  });
}

test("a collector that is down is asked five times, then its spans are dropped and counted", async () => {
  const down: Verdict = () => Promise.reject(new TypeError("connection refused"));
  const { exporter, receiver, clock, seen, warnings } = exporting({}, down, down, down, down, down);
  exporter.onEnd(record());
  const done = exporter.flush();
  for (let failed = 1; failed < 5; failed++) {
    await until(() => seen(failed)() && clock.ahead.length === 1, "a wait");
    clock.pass(30_000);
  }
  await done;
  assert.equal(receiver.calls.length, 5);
  assert.equal(exporter.dropped, 2);
  assert.deepEqual(clock.ahead, []);
  assert.deepEqual(warnings, ["otel: the collector of traces cannot be reached"]);
  exporter.onEnd(record());
  await exporter.flush();
  assert.equal(receiver.spans().length, 2);
});

for (const code of [400, 401, 408, 413, 500, 302]) {
  test(`what a collector answers ${code} to is not sent again`, async () => {
    const { exporter, receiver, warnings } = exporting({}, status(code), status(code));
    exporter.onEnd(record());
    await exporter.flush();
    exporter.onEnd(record());
    await exporter.flush();
    assert.equal(receiver.calls.length, 2);
    assert.equal(exporter.dropped, 4);
    assert.deepEqual(warnings, [`otel: the collector of traces answers ${code}`]);
  });
}

test("spans that a collector refuses of those it takes are counted", async () => {
  const partly: Verdict = () =>
    Response.json({ partialSuccess: { rejectedSpans: "1", errorMessage: "why" } });
  const { exporter, receiver } = exporting({}, partly, () => new Response("no JSON"));
  exporter.onEnd(record());
  await exporter.flush();
  exporter.onEnd(record());
  await exporter.flush();
  assert.equal(exporter.dropped, 1);
  assert.equal(receiver.calls.length, 2);
});

test("of a collector's answer 64 KiB are read, however long it is", async () => {
  const chunk = new Uint8Array(16 * 1024).fill(32);
  let told = 0;
  let cancelled = false;
  const long: Verdict = () =>
    new Response(
      new ReadableStream({
        pull: (controller) => ++told > 64 ? controller.close() : controller.enqueue(chunk),
        cancel: () => void (cancelled = true),
      }),
    );
  const { exporter, receiver } = exporting({}, long);
  exporter.onEnd(record());
  await exporter.flush();
  assert.equal(receiver.calls.length, 1);
  assert.ok(cancelled);
  assert.ok(told <= 8, `${told} pieces were told`);
  assert.equal(exporter.dropped, 0);
});

test("a collector that never answers delays nothing, and a flush no longer than the timeout", async () => {
  const never: Verdict = () => new Promise(() => {});
  const { exporter, clock } = exporting({ timeout: 20 }, never);
  exporter.onEnd(record());
  await exporter.flush();
  await until(() => clock.ahead.length === 1, "a wait for another attempt");
  assert.equal(exporter.dropped, 0);
  clock.pass(1000);
  await exporter.flush();
});

test("a call that takes too long is aborted", async () => {
  let signal: AbortSignal | null | undefined;
  const { exporter } = exporting({
    timeout: 10,
    fetch: (_url, init) => {
      signal = init.signal;
      return new Promise(() => {});
    },
  });
  exporter.onEnd(record());
  await exporter.flush();
  await until(() => signal?.aborted === true, "an abort");
});

test("a fetch that throws at once harms nobody", async () => {
  const { exporter, clock } = exporting({
    fetch: () => {
      throw new Error("no network here");
    },
  });
  exporter.onEnd(record());
  const done = exporter.flush();
  for (let failed = 1; failed < 5; failed++) {
    await until(() => clock.ahead.length === 1, "a wait");
    clock.pass(30_000);
  }
  await done;
  assert.equal(exporter.dropped, 2);
});

test("only one call is under way at a time, and what came meanwhile waits its turn", async () => {
  let answer = (_: Response) => {};
  const slow: Verdict = () => new Promise((resolve) => answer = resolve);
  const { exporter, receiver, clock, seen } = exporting({ batch: 2 }, slow);
  exporter.onEnd(record());
  await until(seen(1), "a call");
  exporter.onEnd(record());
  await pause();
  assert.equal(receiver.calls.length, 1);
  answer(Response.json({}));
  await until(seen(2), "another call");
  await exporter.flush();
  assert.equal(receiver.spans().length, 4);
  assert.deepEqual(clock.ahead, []);
});

test("a flush while a call is under way also waits for what came since", async () => {
  let answer = (_: Response) => {};
  const slow: Verdict = () => new Promise((resolve) => answer = resolve);
  const { exporter, receiver, seen } = exporting({ batch: 4 }, slow);
  exporter.onEnd(record());
  exporter.onEnd(record());
  await until(seen(1), "a call");
  exporter.onEnd(record());
  const done = exporter.flush();
  answer(Response.json({}));
  await done;
  assert.equal(receiver.spans().length, 6);
});

test("a timer that died with its request holds nothing up", async () => {
  const { exporter, receiver, clock, seen } = exporting();
  exporter.onEnd(record());
  clock.pass(11_000, "dead");
  exporter.onEnd(record());
  await until(seen(1), "a call");
  assert.equal(receiver.spans().length, 4);
});

test("a call that died with its request holds nothing up, and its spans are counted", async () => {
  const never: Verdict = () => new Promise(() => {});
  const { exporter, receiver, clock, seen } = exporting({ batch: 2, timeout: 1000 }, never);
  exporter.onEnd(record());
  await until(seen(1), "a call");
  clock.pass(6001, "dead");
  exporter.onEnd(record());
  await until(seen(2), "another call");
  assert.equal(exporter.dropped, 2);
  assert.equal(receiver.spans().length, 2);
});

test("metrics are told as the conventions want them", async () => {
  const { exporter, receiver } = exporting({ metrics: {} });
  exporter.onEnd(record({ waste: 0.5 }));
  exporter.onEnd(
    record({ success: false, status_code: 429, error: "limited", cost: null, ttft: null, duration: 5 }),
  );
  await exporter.flush();
  const metrics = receiver.metrics();
  const points = (name: string) =>
    metrics[name]!.points.map(({ attributes, ...point }) => ({ ...plain(attributes), ...point }));
  const time = { startTimeUnixNano: `${BEGAN}000000`, timeUnixNano: `${BEGAN + 2000}000000` };
  const called = { "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-5" };
  assert.deepEqual(points("waygate.requests"), [
    {
      "waygate.gateway": "g",
      ...called,
      "http.response.status_code": 200,
      "waygate.cached": false,
      ...time,
      asInt: "1",
    },
    {
      "waygate.gateway": "g",
      ...called,
      "http.response.status_code": 429,
      "waygate.cached": false,
      ...time,
      asInt: "1",
    },
  ]);
  assert.deepEqual(points("waygate.errors"), [
    { "waygate.gateway": "g", ...called, "error.type": "limited", ...time, asInt: "1" },
  ]);
  assert.deepEqual(points("waygate.cost"), [{ "waygate.gateway": "g", ...called, ...time, asDouble: 0.25 }]);
  assert.deepEqual(points("waygate.waste"), [{ "waygate.gateway": "g", ...called, ...time, asDouble: 0.5 }]);
  const [input, output] = metrics["gen_ai.client.token.usage"]!.points;
  assert.deepEqual(plain(input!.attributes), {
    "waygate.gateway": "g",
    "gen_ai.operation.name": "chat",
    ...called,
    "gen_ai.token.type": "input",
  });
  const { count, sum, min, max, explicitBounds, bucketCounts } = input!;
  assert.deepEqual({ count, sum, min, max }, { count: "2", sum: 200, min: 100, max: 100 });
  assert.deepEqual(explicitBounds!.slice(0, 5), [1, 4, 16, 64, 256]);
  assert.equal(explicitBounds!.at(-1), 67108864);
  assert.deepEqual(bucketCounts!.slice(0, 6), ["0", "0", "0", "0", "2", "0"]);
  assert.equal(plain(output!.attributes)["gen_ai.token.type"], "output");
  const [good, bad] = metrics["gen_ai.client.operation.duration"]!.points;
  assert.equal(metrics["gen_ai.client.operation.duration"]!.unit, "s");
  assert.equal(good!.sum, 1.5);
  assert.equal(plain(bad!.attributes)["error.type"], "limited");
  assert.deepEqual(bad!.explicitBounds, [
    0.01,
    0.02,
    0.04,
    0.08,
    0.16,
    0.32,
    0.64,
    1.28,
    2.56,
    5.12,
    10.24,
    20.48,
    40.96,
    81.92,
  ]);
  assert.equal(metrics["gen_ai.client.operation.time_to_first_chunk"]!.points[0]!.sum, 0.4);
});

test("metrics go on from what they were, and wait for their own interval", async () => {
  const { exporter, receiver, clock, seen } = exporting({ metrics: { interval: 60_000 }, interval: 90_000 });
  exporter.onEnd(record());
  clock.pass(60_000);
  await until(seen(1), "metrics");
  await exporter.flush();
  exporter.onEnd(record());
  clock.pass(60_000);
  await until(() => receiver.calls.filter(({ signal }) => signal === "metrics").length === 2, "more metrics");
  await exporter.flush();
  const [point] = receiver.metrics()["waygate.requests"]!.points;
  assert.equal(point!.asInt, "2");
  assert.equal(point!.startTimeUnixNano, `${BEGAN}000000`);
  assert.equal(point!.timeUnixNano, `${BEGAN + 122_000}000000`);
  assert.deepEqual(clock.ahead, []);
});

test("metrics that could not be sent go with the next", async () => {
  const { exporter, receiver, clock } = exporting({ metrics: {}, batch: 10 }, status(400), status(400));
  exporter.onEnd(record({ trace: { ...TRACE, sampled: false } }));
  await exporter.flush();
  assert.deepEqual(clock.ahead, []);
  await exporter.flush();
  await exporter.flush();
  await exporter.flush();
  assert.equal(receiver.calls.length, 3);
  assert.equal(receiver.metrics()["waygate.requests"]!.points[0]!.asInt, "1");
});

test("an answer out of the cache takes no tokens", async () => {
  const { exporter, receiver } = exporting({ metrics: {} });
  exporter.onEnd(record({ cached: true, attempts: [] }));
  await exporter.flush();
  assert.equal(receiver.metrics()["gen_ai.client.token.usage"], undefined);
  assert.equal(plain(receiver.metrics()["waygate.requests"]!.points[0]!.attributes)["waygate.cached"], true);
});

test("more sets of attributes than the limit are one", async () => {
  const { exporter, receiver } = exporting({ metrics: { limit: 3 } });
  for (const model of ["a", "b", "c", "d", "a"]) exporter.onEnd(record({ model }));
  await exporter.flush();
  const { points } = receiver.metrics()["waygate.requests"]!;
  assert.deepEqual(points.map(({ asInt }) => asInt), ["2", "1", "2"]);
  assert.deepEqual(plain(points[2]!.attributes), { "otel.metric.overflow": true });
});

test("a sum never shrinks, whatever a client says that it costs", async () => {
  const { exporter, receiver } = exporting({ metrics: {} });
  for (const cost of [1, -5, NaN, Infinity]) exporter.onEnd(record({ cost }));
  await exporter.flush();
  assert.equal(receiver.metrics()["waygate.cost"]!.points[0]!.asDouble, 1);
});

for (
  const [url, traces, metrics] of [
    ["http://c.test", "http://c.test/v1/traces", "http://c.test/v1/metrics"],
    ["http://c.test/otlp/", "http://c.test/otlp/v1/traces", "http://c.test/otlp/v1/metrics"],
    ["http://c.test/o/v1/traces", "http://c.test/o/v1/traces", "http://c.test/o/v1/metrics"],
    ["http://c.test/o?key=k", "http://c.test/o/v1/traces?key=k", "http://c.test/o/v1/metrics?key=k"],
  ] as const
) {
  test(`traces and metrics go below the URL of the collector: ${url}`, async () => {
    const { exporter, receiver } = exporting({ url, metrics: {}, headers: { Authorization: "Bearer t" } });
    exporter.onEnd(record());
    await exporter.flush();
    assert.deepEqual(receiver.calls.map(({ url }) => url).sort(), [metrics, traces].sort());
    for (const { headers } of receiver.calls) assert.equal(headers.get("authorization"), "Bearer t");
  });
}

test("a service has a name and an instance, and whatever else it is given", async () => {
  const { exporter, receiver } = exporting();
  exporter.onEnd(record());
  await exporter.flush();
  const { "service.name": name, "service.instance.id": instance } = plain(receiver.resource());
  assert.equal(name, "waygate");
  assert.match(String(instance), /^[0-9a-f-]{36}$/);
  const other = exporting({ resource: { "service.name": "mine", replicas: 2 } });
  other.exporter.onEnd(record());
  await other.exporter.flush();
  const { "service.name": mine, replicas } = plain(other.receiver.resource());
  assert.deepEqual({ mine, replicas }, { mine: "mine", replicas: 2 });
});

for (
  const [setting, settings] of Object.entries({
    "url": { url: "collector" },
    "url: Expected an absolute": { url: "http://user:SECRET@c.test" },
    "content_type: Expected json": { content_type: "protobuf" as "json" },
    "headers": { headers: { authorization: "SECRET\nSECRET" } },
    "interval": { interval: -1 },
    "batch": { batch: 0 },
    "queue": { queue: 1.5 },
    "timeout": { timeout: Infinity },
    "metrics.interval": { metrics: { interval: NaN } },
    "metrics.limit": { metrics: { limit: 0 } },
  })
) {
  test(`a setting that is wrong is refused, and no secret is told: ${setting}`, () => {
    assert.throws(() => exporting(settings), (error: Error) => {
      assert.ok(error instanceof TypeError && error.message.includes(setting), error.message);
      return !error.message.includes("SECRET");
    });
  });
}

for (
  const [what, broken] of Object.entries<(span: Record<string, unknown>) => void>({
    "an unknown field": (span) => span["surprise"] = 1,
    "a time as a number": (span) => span["startTimeUnixNano"] = 1,
    "an enum by name": (span) => span["kind"] = "SPAN_KIND_SERVER",
    "an id that is too short": (span) => span["spanId"] = "00",
    "an id of zeros": (span) => span["traceId"] = "0".repeat(32),
    "an integer as a number": (span) => span["attributes"] = [{ key: "a", value: { intValue: 1 } }],
    "two values at once": (span) =>
      span["attributes"] = [{ key: "a", value: { intValue: "1", boolValue: true } }],
    "a key twice": (span) => {
      span["attributes"] = [{ key: "a", value: { intValue: "1" } }, { key: "a", value: { intValue: "1" } }];
    },
    "an end before the beginning": (span) => span["endTimeUnixNano"] = "1",
    "half a surrogate pair": (span) => span["name"] = "\ud800",
  })
) {
  test(`what these tests take for a collector takes no span with ${what}`, async () => {
    const [span] = await told(record());
    const wrap = (span: object) => JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
    checkOtlp("traces", wrap(span!));
    const changed = structuredClone(span) as unknown as Record<string, unknown>;
    broken(changed);
    assert.throws(() => checkOtlp("traces", wrap(changed)));
  });
}
