import assert from "node:assert/strict";
import { test } from "node:test";
import {
  createGateway,
  type GatewaySettings,
  type LogEntry,
  type LogRecord,
  type LogStore,
  type Price,
  type Settings,
} from "../src/index.ts";
import { ask, askUniversal, type Line, script } from "./support/script.ts";
import { until } from "./support/until.ts";

const json = { "content-type": "application/json" };
const price: Price = (_provider, model, { input = 0, output = 0 }) =>
  model === "unknown" ? undefined : (input + 2 * output) / 1000;
const body = (query: object = {}) => JSON.stringify({ model: "m", messages: [], ...query });
const usage = { prompt_tokens: 5, completion_tokens: 2 };
const answer = { choices: [{ index: 0, message: { content: "Hi" }, finish_reason: "stop" }], usage };

/** A store of logs that remembers what it was given. */
function shelf() {
  const entries: LogEntry[] = [];
  const state = { append: (more: readonly LogEntry[]) => Promise.resolve(void entries.push(...more)) };
  const store = {
    append: (more: readonly LogEntry[]) => state.append(more),
    get: (id: string) => Promise.resolve(entries.find(({ record }) => record.id === id)?.record),
    patch: () => Promise.resolve(true),
    list: () => Promise.resolve({ records: entries.map(({ record }) => record), total: entries.length }),
  } as unknown as LogStore;
  return { entries, state, store };
}

/** A gateway `g` that logs, before a provider that plays a script. */
function logging(lines: readonly Line[], own: GatewaySettings = {}, more: Settings = {}) {
  const { entries, state, store } = shelf();
  const { fetch, calls } = script(...lines);
  const ended: LogRecord[] = [];
  const gateway = createGateway({
    fetch,
    price,
    logs: store,
    onEnd: (record) => void ended.push(record),
    gateways: { g: own },
    ...more,
  });
  /** Sends, reads to the end, and gives what was logged last. */
  async function logged(
    request: Request,
  ): Promise<{ readonly record: LogRecord; readonly kept: LogEntry; readonly response: Response }> {
    const response = await gateway.handle(request);
    await response.text().catch(() => {});
    await gateway.flush();
    const kept = entries.at(-1)!;
    return { record: kept?.record, kept, response };
  }
  const send = (headers: Record<string, string> = {}, query: object = {}) =>
    logged(ask("/openai/chat/completions?x=secret", { body: body(query), headers: { ...json, ...headers } }));
  return { gateway, calls, entries, ended, state, logged, send };
}

test("a request is logged in Cloudflare's words, under the id that its answer tells", async () => {
  const { send, ended } = logging([() => new Response(JSON.stringify(answer), { headers: json })]);
  const metadata = { user: "ann", tries: 3 };
  const { record, response } = await send({
    "user-agent": "tester/1",
    "cf-aig-metadata": JSON.stringify(metadata),
    "cf-aig-event-id": "mine",
  });
  const { id, created_at, duration, ttfb, attempts, ...told } = record;
  assert.equal(id, response.headers.get("cf-aig-log-id"));
  assert.ok(Math.abs(Date.parse(created_at) - Date.now()) < 60_000, created_at);
  assert.ok(duration >= 0 && ttfb! <= duration);
  assert.deepEqual(told, {
    account: "a",
    gateway: "g",
    provider: "openai",
    path: "chat/completions",
    method: "POST",
    step: 0,
    metadata,
    event_id: "mine",
    caller: null,
    user_agent: "tester/1",
    request_content_type: "application/json",
    request_size: body().length,
    status_code: 200,
    success: true,
    cached: false,
    tokens_in: 5,
    tokens_out: 2,
    tokens_cached: null,
    tokens_reasoning: null,
    response_content_type: "application/json",
    response_size: JSON.stringify(answer).length,
    ttft: null,
    finish_reason: "stop",
    ending: "complete",
    error: null,
    model: "m",
    cost: 0.009,
    custom_cost: false,
    waste: null,
    feedback: null,
    score: null,
  });
  const [{ began, ms, ...attempt } = assert.fail("no attempt")] = attempts;
  assert.ok(began >= 0 && ms! >= 0);
  assert.deepEqual(attempt, {
    step: 0,
    provider: "openai",
    result: 200,
    ending: "complete",
    tokens_in: 5,
    tokens_out: 2,
    cost: 0.009,
  });
  assert.deepEqual(ended, [record]);
});

test("of what a client and its provider write, the beginning is logged, and the price is that of the whole model", async () => {
  const long = "x".repeat(100_000);
  const asked: string[] = [];
  const told = { choices: [{ index: 0, message: {}, finish_reason: long }], usage };
  const { logged } = logging(
    [
      () =>
        new Response(JSON.stringify(told), { headers: { "content-type": `application/json; a=${long}` } }),
      () => new Response(JSON.stringify(told), { headers: json }),
    ],
    {},
    {
      price: (_provider, model) => {
        asked.push(model);
        return 1;
      },
    },
  );
  const headers = {
    ...json,
    "user-agent": long,
    "cf-aig-event-id": long,
    "cf-aig-metadata": JSON.stringify({ long }),
  };
  const request = body({ model: long });
  const { record } = await logged(ask("/openai/chat/completions", { body: request, headers }));
  assert.ok(JSON.stringify(record).length < 5000, `${JSON.stringify(record).length}`);
  const { model, metadata, event_id, finish_reason, user_agent } = record;
  for (const text of [model, event_id, finish_reason, user_agent]) assert.equal(text, long.slice(0, 256));
  assert.deepEqual([metadata, record.cost], [null, 1]);
  assert.deepEqual(new Set(asked), new Set([long]));
  const own = {
    ...json,
    "cf-aig-event-id": long,
    "cf-aig-metadata": JSON.stringify({ note: "y".repeat(8000) }),
  };
  const step = {
    provider: "openai",
    endpoint: `chat/${long}?${long}`,
    headers: own,
    query: { model: `${"z".repeat(255)}😀` },
  };
  const { record: second } = await logged(askUniversal([step]));
  assert.deepEqual([second.path.length, second.event_id.length, second.model], [1024, 256, "z".repeat(255)]);
  assert.equal(String(second.metadata?.["note"]).length, 8000);
});

test("a stream tells its tokens, its reason and the time to its first word", async () => {
  const { send } = logging([() => stream()]);
  const { record } = await send({}, { stream: true });
  assert.deepEqual([record.tokens_in, record.tokens_out, record.finish_reason], [5, 2, "stop"]);
  assert.ok(record.ttft !== null && record.ttft <= record.duration);
  assert.deepEqual([record.success, record.ending], [true, "complete"]);
});

test("a stream that its client leaves is logged as far as it came", async () => {
  const { gateway, entries } = logging([() => stream(false)]);
  const response = await gateway.handle(ask("/openai/chat/completions", { body: body(), headers: json }));
  const reader = response.body!.getReader();
  const { value } = await reader.read();
  await reader.cancel();
  await until(async () => {
    await gateway.flush();
    return entries.length > 0;
  }, "a record");
  const { record } = entries[0]!;
  assert.deepEqual([record.success, record.ending, record.status_code], [false, "client_left", 200]);
  assert.ok(record.response_size! >= value!.byteLength);
});

test("what failed before is in the attempts, and what it cost is waste", async () => {
  const broken = () => stream(false, true);
  const { logged } = logging([broken, () => Response.json(answer)], { commit: "complete" });
  const steps = ["openai", "groq"].map((provider) => ({
    provider,
    endpoint: "chat/completions",
    query: { model: "m" },
  }));
  const { record } = await logged(askUniversal(steps, { "user-agent": "tester/1" }));
  assert.deepEqual([record.provider, record.step, record.success, record.user_agent], [
    "groq",
    1,
    true,
    "tester/1",
  ]);
  assert.deepEqual(record.attempts.map(({ result, ending }) => [result, ending]), [
    ["truncated", "truncated"],
    [
      200,
      "complete",
    ],
  ]);
  assert.equal(record.cost, 0.009);
  assert.ok(record.waste! > 0);
});

test("a request that nobody answered is logged with what the gateway said", async () => {
  const { send } = logging([new Error("reset")]);
  const { record } = await send();
  assert.deepEqual([record.status_code, record.success, record.error, record.cost, record.tokens_in], [
    502,
    false,
    "network",
    null,
    null,
  ]);
  const limited = logging([], { rateLimit: { limit: 1, interval: 86_400 }, cacheTtl: 0 });
  await limited.send();
  const { record: refused } = await limited.send();
  assert.deepEqual([refused.status_code, refused.error, refused.attempts.length], [429, "limited", 1]);
});

test("an error answer is logged with its status", async () => {
  const { send } = logging([() => Response.json({ error: {} }, { status: 401 })]);
  const { record } = await send();
  assert.deepEqual([record.status_code, record.success, record.error], [401, false, null]);
});

test("a hit is logged as cached, costs nothing and took no tokens", async () => {
  const { send } = logging([() => Response.json(answer)], { cacheTtl: 60 });
  await send();
  const { record } = await send();
  assert.deepEqual([record.cached, record.cost, record.tokens_in, record.attempts.length], [
    true,
    0,
    null,
    0,
  ]);
});

test("what the client says it costs outranks the price", async () => {
  const { send } = logging(Array(8).fill(() => Response.json(answer)));
  const custom = (cost: unknown) => send({ "cf-aig-custom-cost": JSON.stringify(cost) });
  const first = (await custom({ per_token_in: 1, per_token_out: 10 })).record;
  assert.deepEqual([first.cost, first.custom_cost], [25, true]);
  assert.equal((await custom({ total_cost: 0.5 })).record.cost, 0.5);
  const odd = (await custom({ total_cost: -1 })).record;
  assert.deepEqual([odd.cost, odd.custom_cost], [0.009, false]);
  assert.equal((await custom({ total_cost: 1e6 })).record.cost, 1e6);
  for (const cost of [{ total_cost: 1e308 }, { per_token_in: 1e308, per_token_out: 0 }]) {
    const { record } = await custom(cost);
    assert.deepEqual([record.cost, record.custom_cost], [0.009, false]);
  }
  const dear = (await custom({ per_token_in: 1e6, per_token_out: 1e6 })).record;
  assert.deepEqual([dear.cost, dear.custom_cost], [null, true]);
  const unknown = (await send({}, { model: "unknown" })).record;
  assert.equal(unknown.cost, null);
});

test("cached tokens have a price of their own where the client gives one", async () => {
  const cached = { ...answer, usage: { ...usage, prompt_tokens_details: { cached_tokens: 4 } } };
  const { send } = logging([() => Response.json(cached)]);
  const cost = { per_token_in: 10, per_token_out: 0, per_cache_read_token: 1 };
  const { record } = await send({ "cf-aig-custom-cost": JSON.stringify(cost) });
  assert.deepEqual([record.cost, record.tokens_cached], [14, 4]);
});

test("who does not want to be logged is not, and is told of all the same", async () => {
  const { send, entries, ended } = logging([() => Response.json(answer), () => Response.json(answer)], {
    collect_logs: false,
  });
  await send();
  assert.deepEqual([entries.length, ended.length], [0, 1]);
  await send({ "cf-aig-collect-log": "true" });
  assert.deepEqual([entries.length, ended.length], [1, 2]);
});

test("bodies are kept only where somebody asks for them, and byte for byte", async () => {
  const { send } = logging([() => stream(), () => stream()]);
  const plain = await send({}, { stream: true });
  assert.deepEqual([plain.kept.request, plain.kept.response], [undefined, undefined]);
  const { gateway, entries } = logging([() => stream()], { collectLogPayload: true });
  const sent = body({ stream: true });
  const response = await gateway.handle(ask("/openai/chat/completions", { body: sent, headers: json }));
  const received = await response.text();
  await gateway.flush();
  const decode = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);
  assert.equal(decode(entries[0]!.request), sent);
  assert.equal(decode(entries[0]!.response), received);
});

test("whoever redacts decides what is kept", async () => {
  const { send, entries } = logging([() => Response.json(answer), () => Response.json(answer)], {}, {
    redact: ({ record, ...bodies }) =>
      record.event_id === "no" ? undefined : { ...bodies, record: { ...record, user_agent: "hidden" } },
  });
  await send({ "cf-aig-event-id": "no" });
  assert.equal(entries.length, 0);
  assert.equal((await send({ "user-agent": "me" })).record.user_agent, "hidden");
});

test("a log store that fails delays nobody and loses nothing, and the operator is told", async () => {
  const warnings: string[] = [];
  const { gateway, entries, state, send } = logging(Array(3).fill(() => Response.json(answer)), {}, {
    warn: (message) => warnings.push(message),
  });
  const { append } = state;
  state.append = () => Promise.reject(new Error("postgres://user:SECRET@host is gone"));
  await send();
  await send();
  assert.equal(entries.length, 0);
  state.append = append;
  await send();
  await gateway.flush();
  assert.equal(entries.length, 3);
  assert.deepEqual(warnings, [
    "waygate: the log store fails (Error); what is to be logged waits for it",
    "waygate: the log store is well again; 0 requests were not logged",
  ]);
});

test("whoever listens and throws disturbs nobody", async () => {
  const warnings: string[] = [];
  const { send } = logging([() => Response.json(answer)], {}, {
    warn: (message) => warnings.push(message),
    onEnd: () => {
      throw new Error("own fault");
    },
  });
  const { response } = await send();
  assert.equal(response.status, 200);
  assert.equal(warnings.length, 1);
});

test("a request and its attempts are told of when they happen", async () => {
  const told: unknown[] = [];
  const { send } = logging([() => new Response("", { status: 503 }), () => Response.json(answer)], {
    maxAttempts: 2,
    retryDelay: 0,
  }, {
    onRequest: ({ id, providers, gateway, method, metadata }) =>
      told.push(["request", typeof id, providers, gateway, method, metadata]),
    onAttempt: ({ id, step, result }) => told.push(["attempt", typeof id, step, result]),
    onEnd: ({ status_code }) => void told.push(["end", status_code]),
  });
  await send({ "cf-aig-metadata": '{"a":1}' });
  assert.deepEqual(told, [
    ["request", "string", ["openai"], "g", "POST", { a: 1 }],
    ["attempt", "string", 0, 503],
    ["attempt", "string", 0, 200],
    ["end", 200],
  ]);
});

test("a stored key that a provider repeats is in no log", async () => {
  const echo: Line = ({ headers }) =>
    Response.json({ key: headers.get("authorization") }, { status: headers.get("x-good") ? 200 : 401 });
  const own = { keys: { openai: "sk-stored-secret" }, collectLogPayload: true };
  const { send } = logging([echo, echo], own);
  for (const headers of [{}, { "x-good": "1" }]) {
    const { kept } = await send(headers);
    const text = new TextDecoder().decode(kept.response);
    assert.match(text, /\{"key":"\*+"\}/);
    assert.doesNotMatch(JSON.stringify(kept.record), /sk-stored/);
  }
});

test("a request has its place in the trace that it comes with, and every attempt a span of its own", async () => {
  const { send, calls } = logging([() => new Response("", { status: 503 }), () => Response.json(answer)], {
    maxAttempts: 2,
    retryDelay: 0,
  }, { trace: true });
  const [traceId, parentSpanId] = ["0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"];
  const { record, response } = await send({ traceparent: `00-${traceId}-${parentSpanId}-01` });
  assert.equal(response.headers.get("cf-aig-trace-id"), traceId);
  const { spanId, ...trace } = record.trace!;
  assert.deepEqual(trace, { traceId, parentSpanId, sampled: true });
  assert.match(spanId, /^[0-9a-f]{16}$/);
  const spans = record.attempts.map(({ spanId }) => spanId);
  assert.equal(new Set([spanId, ...spans]).size, 3);
  assert.deepEqual(
    calls.map(({ headers }) => headers.get("traceparent")),
    spans.map((span) => `00-${traceId}-${span}-01`),
  );
});

test("a request without a trace begins one, or takes up Cloudflare's", async () => {
  const lines = Array(4).fill(() => Response.json(answer));
  const { send } = logging(lines, {}, { trace: true });
  const fresh = (await send()).record.trace!;
  assert.match(fresh.traceId, /^[0-9a-f]{32}$/);
  assert.equal(fresh.parentSpanId, undefined);
  const told = { "cf-aig-otel-trace-id": "a".repeat(32), "cf-aig-otel-parent-span-id": "b".repeat(16) };
  const { traceId, parentSpanId } = (await send(told)).record.trace!;
  assert.deepEqual([traceId, parentSpanId], ["a".repeat(32), "b".repeat(16)]);
  const capital = { "cf-aig-otel-trace-id": "A1".repeat(16), "cf-aig-otel-parent-span-id": "B2".repeat(8) };
  const lower = (await send(capital)).record.trace!;
  assert.deepEqual([lower.traceId, lower.parentSpanId], ["a1".repeat(16), "b2".repeat(8)]);
  const zeros = (await send({ traceparent: `00-${"0".repeat(32)}-${"0".repeat(16)}-01` })).record.trace!;
  assert.notEqual(zeros.traceId, "0".repeat(32));
  const { send: untraced } = logging(lines);
  assert.equal((await untraced()).record.trace, undefined);
});

test("a call from the same program has a place in a trace, too", async () => {
  const { fetch, calls } = script(() => Response.json(answer));
  const gateway = createGateway({ fetch, trace: true });
  const response = await gateway.run({ provider: "openai", endpoint: "chat/completions", query: {} });
  const traceId = response.headers.get("cf-aig-trace-id");
  assert.match(String(traceId), /^[0-9a-f]{32}$/);
  assert.match(calls[0]!.headers.get("traceparent")!, new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
});

test("metadata in a header field are read as the UTF-8 that they were written in, and else as they are", async () => {
  const { send } = logging(Array(3).fill(() => Response.json(answer)));
  const inField = (text: string) => String.fromCharCode(...new TextEncoder().encode(text));
  const written = JSON.stringify({ user: "Дмитрий" });
  assert.deepEqual((await send({ "cf-aig-metadata": inField(written) })).record.metadata, {
    user: "Дмитрий",
  });
  const latin = JSON.stringify({ user: "José" });
  assert.deepEqual((await send({ "cf-aig-metadata": latin })).record.metadata, { user: "José" });
});

test("an event id that is empty is none", async () => {
  const { send } = logging([() => Response.json(answer)]);
  const { record, response } = await send({ "cf-aig-event-id": "" });
  assert.equal(response.headers.get("cf-aig-event-id"), record.id);
  assert.equal(record.event_id, record.id);
});

test("as many entries of metadata count as the gateway allows, of a request and of its steps", async () => {
  const metadata = (count: number) =>
    JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, index])));
  const kept = async (own: GatewaySettings) => {
    const { logged, send } = logging(Array(2).fill(() => Response.json(answer)), own);
    const { record } = await send({ "cf-aig-metadata": metadata(80) });
    const headers = { "cf-aig-metadata": metadata(70) };
    const step = { provider: "openai", endpoint: "chat/completions", headers, query: { model: "m" } };
    const { record: second } = await logged(askUniversal([step]));
    return [record, second].map(({ metadata }) => Object.keys(metadata!).length);
  };
  assert.deepEqual(await kept({}), [5, 5]);
  assert.deepEqual(await kept({ maxMetadata: 64 }), [64, 64]);
  assert.deepEqual(await kept({ maxMetadata: 0 }), [0, 0]);
  for (const maxMetadata of [65, -1, 1.5, "5", null]) {
    assert.throws(
      () => createGateway({ gateways: { g: { maxMetadata } as GatewaySettings } }),
      /^GatewayError: settings.gateways.g.maxMetadata: Expected/,
    );
  }
});

test("a log is found and judged by its gateway id alone", async () => {
  const { send, gateway } = logging([() => Response.json(answer)]);
  const { record } = await send();
  assert.deepEqual(await gateway.gateway("g").getLog(record.id), record);
  assert.equal(await gateway.gateway("other").getLog(record.id), undefined);
  await gateway.gateway("g").patchLog(record.id, { feedback: 1 });
  await assert.rejects(gateway.gateway("other").patchLog(record.id, { feedback: 1 }), { code: "not_found" });
});

test("a log takes as much metadata by the binding as its gateway lets count, and values of none", async () => {
  const metadata = { a: 1, b: "2", c: null, d: true, e: 5, f: 6 };
  for (const [maxMetadata, taken] of [[6, true], [5, false]] as const) {
    const { send, gateway } = logging([() => Response.json(answer)], { maxMetadata });
    const { record: { id } } = await send();
    const judged = gateway.patchLog(id, { metadata });
    if (taken) await judged;
    else await assert.rejects(judged, { code: "invalid", message: "metadata: Expected at most 5 entries" });
  }
});

/** A stream of two words; one that is cut breaks, or never ends. */
function stream(whole = true, breaks = false): Response {
  const chunk = (delta: object, finish_reason: string | null = null) => ({
    choices: [{ index: 0, delta, finish_reason }],
  });
  const start = [chunk({ role: "assistant" }), chunk({ content: "Hi" })];
  const events = whole
    ? [...start, chunk({}, "stop"), { choices: [], usage }]
    : [...start, { choices: [], usage }];
  const encoder = new TextEncoder();
  const text = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const event of events) controller.enqueue(encoder.encode(`data: ${JSON.stringify(event)}\n\n`));
      if (whole) controller.enqueue(encoder.encode("data: [DONE]\n\n"));
      if (whole || breaks) controller.close();
    },
  });
  return new Response(text, { headers: { "content-type": "text/event-stream" } });
}

test("flush waits for what is told of requests that are over, not for an answer that is still read", async () => {
  const { gateway, ended } = logging(
    [
      new Response(new ReadableStream({ start: (it) => it.enqueue(new TextEncoder().encode("{")) }), {
        headers: json,
      }),
      () => new Response(JSON.stringify(answer), { headers: json }),
    ],
    {},
    { price: () => new Promise((resolve) => setTimeout(() => resolve(7), 10)) },
  );
  const open = await gateway.handle(ask("/openai/chat/completions", { body: body(), headers: json }));
  const { body: ask2 } = await gateway.run([{
    provider: "openai",
    endpoint: "chat/completions",
    query: { model: "m" },
  }]);
  await new Response(ask2).text();
  await gateway.flush();
  assert.deepEqual(ended.map(({ cost }) => cost), [7]);
  await open.body!.cancel();
});

test("run takes Cloudflare's options by their names", async () => {
  const { gateway, entries, calls } = logging(
    [0, 1].map(() => () => new Response(JSON.stringify(answer), { headers: json })),
  );
  const run = async (own: object) => {
    const response = await gateway.gateway("g").run(
      [{ provider: "openai", endpoint: "chat/completions", query: { model: "m" } }],
      { gateway: { cacheKey: "k", cacheTtl: 60, metadata: { name: "Zoë 日本" }, ...own } },
    );
    await response.text();
    return response.headers.get("cf-aig-cache-status");
  };
  assert.deepEqual(
    [await run({}), await run({ collectLog: false }), await run({ skipCache: true })],
    ["MISS", "HIT", null],
  );
  await gateway.flush();
  assert.equal(calls.length, 2);
  assert.deepEqual(entries.map(({ record }) => record.metadata), [{ name: "Zoë 日本" }, {
    name: "Zoë 日本",
  }]);
});

test("of a stream that is the client's, what only goes on is not read as JSON", async () => {
  const chunk = (delta: object, more: object = {}) =>
    `data: ${
      JSON.stringify({ choices: [{ index: 0, delta, finish_reason: null }], usage: null, ...more })
    }\n\n`;
  const text = chunk({ role: "assistant", content: "" }) + chunk({ content: "Hi" }).repeat(500) +
    chunk({}, { choices: [{ index: 0, delta: {}, finish_reason: "stop" }] }) +
    chunk({}, { choices: [], usage }) +
    "data: [DONE]\n\n";
  const pieces = text.match(/[^]{1,4000}/g)!;
  const stream = () =>
    new ReadableStream({
      pull: (it) => pieces.length > 0 ? it.enqueue(new TextEncoder().encode(pieces.shift())) : it.close(),
    });
  const { send } = logging([
    () => new Response(stream(), { headers: { "content-type": "text/event-stream" } }),
  ]);
  const { parse } = JSON;
  let parsed = 0;
  JSON.parse = (...given: Parameters<typeof parse>) => {
    parsed++;
    return parse(...given);
  };
  try {
    const { record } = await send();
    assert.deepEqual([record.tokens_in, record.tokens_out, record.finish_reason], [5, 2, "stop"]);
  } finally {
    JSON.parse = parse;
  }
  assert.ok(parsed < 50, `${parsed} times`);
});

test("an answer may be judged as soon as it is read", async () => {
  const { gateway, entries } = logging([() => new Response("{}"), () => new Response("{}")]);
  for (const how of ["getLog", "patchLog"] as const) {
    const response = await gateway.handle(ask("/openai/models"));
    await response.text();
    const id = response.headers.get("cf-aig-log-id")!;
    const { getLog, patchLog } = gateway.gateway("g");
    if (how === "getLog") assert.equal((await getLog(id))?.id, id);
    else await patchLog(id, { feedback: 1 });
  }
  assert.equal(entries.length, 2);
});
