import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  createGateway,
  forgetProvider,
  type GatewaySettings,
  memoryStore,
  type Provider,
  type Settings,
} from "../src/index.ts";
import { hear } from "./support/hear.ts";
import { ask, askUniversal, type Line, script } from "./support/script.ts";
import { until } from "./support/until.ts";

const MIB = 1024 * 1024;
const JSON_BODY = { "content-type": "application/json" };

/** Answers with how often it was asked. */
function numbered(): Line[] {
  return Array.from({ length: 100 }, (_, index) => () => Response.json({ answer: index }));
}

/** A gateway `g` that keeps answers for a minute, or as told, and a clock for its store. */
function keeping(own: GatewaySettings = {}, lines: readonly Line[] = numbered(), more: Settings = {}) {
  const clock = { now: 0 };
  const { fetch, calls } = script(...lines);
  const store = memoryStore({}, () => clock.now);
  const gateway = createGateway({ fetch, store, gateways: { g: { cacheTtl: 60, ...own } }, ...more });
  return { gateway, calls, clock };
}

/** A store that says what it has of an answer when so many have asked. */
function inLockstep(many: number) {
  const kept = memoryStore();
  const { promise: all, resolve } = Promise.withResolvers<void>();
  let asked = 0;
  const get = async (key: string) => {
    if (!key.startsWith("cache:")) return await kept.get(key);
    if (++asked === many) resolve();
    await all;
    return await kept.get(key);
  };
  return { ...kept, get };
}

const chat = (
  headers: Record<string, string> = {},
  body = '{"model":"m"}',
  path = "/openai/chat/completions",
) => ask(path, { body, headers: { ...JSON_BODY, ...headers } });

const stream = 'data: {"choices":[{"delta":{"content":"Hi"}}]}\n\n' +
  'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';
const events = (text: string, broken = false) => () =>
  new Response(
    new ReadableStream({
      start(controller) {
        for (const char of text.match(/[^]{1,7}/g) ?? []) controller.enqueue(new TextEncoder().encode(char));
        if (broken) controller.error(new Error("broken"));
        else controller.close();
      },
    }),
    { headers: { "content-type": "text/event-stream" } },
  );

test("what was asked before is answered as it was, and nobody is asked", async () => {
  const { gateway, calls } = keeping();
  const first = await hear(gateway, chat());
  const second = await hear(gateway, chat());
  assert.deepEqual([first.status, second.status], ["MISS", "HIT"]);
  assert.equal(second.text, first.text);
  assert.equal(second.response.headers.get("content-type"), first.response.headers.get("content-type"));
  assert.equal(second.response.headers.get("cf-aig-step"), "0");
  assert.equal(second.response.headers.get("waygate-trail"), null);
  assert.notEqual(second.response.headers.get("cf-aig-log-id"), first.response.headers.get("cf-aig-log-id"));
  assert.equal(calls.length, 1);
});

test("without a time to keep it nothing is kept, and nothing is said of it", async () => {
  const { gateway, calls } = keeping({ cacheTtl: 0 });
  assert.equal((await hear(gateway, chat())).status, null);
  assert.equal((await hear(gateway, chat())).status, null);
  assert.equal(calls.length, 2);
});

const others: readonly (readonly [what: string, request: () => Request])[] = [
  ["another body", () => chat({}, '{"model": "m"}')],
  ["another path", () => chat({}, undefined, "/openai/completions")],
  ["another query", () => chat({}, undefined, "/openai/chat/completions?a=1")],
  ["another provider", () => chat({}, undefined, "/groq/chat/completions")],
  ["another key", () => chat({ authorization: "Bearer other" })],
  ["the key in another field", () => chat({ "x-api-key": "own" })],
  ["another organization", () => chat({ "openai-organization": "org" })],
  ["another project", () => chat({ "openai-project": "p" })],
  ["another version", () => chat({ "anthropic-version": "2023-06-01" })],
  ["another beta", () => chat({ "anthropic-beta": "x" })],
  ["a key in a field that nobody knows", () => chat({ "x-auth-key": "other" })],
  ["another form", () => chat({ accept: "text/event-stream" })],
  ["a request for a trace of its guardrails", () => chat({ "x-amzn-bedrock-trace": "ENABLED" })],
  ["another conversation", () => chat({ "x-session-id": "1" })],
  ["another context of its own", () => chat({ "x-request-context": "1" })],
  ["another tenant", () => chat({ "x-tenant-id": "1" })],
  ["a token of its platform", () => chat({ "x-vercel-oidc-token": "secret" })],
  ["a token for a protected deployment", () => chat({ "x-vercel-protection-bypass": "secret" })],
  ["a signature of its platform", () => chat({ "fly-src-signature": "secret" })],
  ["another time of a signature", () => chat({ "x-amz-date": "20260101T000000Z" })],
];
for (const [what, request] of others) {
  test(`${what} is another question`, async () => {
    const { gateway } = keeping();
    await hear(gateway, chat());
    assert.equal((await hear(gateway, request())).status, "MISS");
    assert.equal((await hear(gateway, request())).status, "HIT");
  });
}

/** Fields that say by what means, when and in whose trace somebody asks. */
const mute = [
  ...["user-agent", "accept-encoding", "accept-language", "priority", "idempotency-key", "x-stainless-lang"],
  ...["cache-control", "pragma", "date", "x-request-start", "x-queue-start", "sec-fetch-mode", "dnt"],
  ...["traceparent", "tracestate", "baggage", "sentry-trace", "b3", "x-b3-traceid", "x-b3-sampled"],
  ...["x-datadog-trace-id", "x-datadog-parent-id", "x-datadog-sampling-priority", "x-datadog-tags"],
  ...["x-amzn-trace-id", "amz-sdk-invocation-id", "amz-sdk-request", "x-amz-user-agent", "x-amz-cf-id"],
  ...[
    "x-cloud-trace-context",
    "grpc-trace-bin",
    "x-goog-api-client",
    "x-ms-client-request-id",
    "x-ms-useragent",
  ],
  ...["uber-trace-id", "uberctx-a", "ot-tracer-spanid", "x-ot-span-context", "sw8", "sw8-correlation"],
  ...["newrelic", "x-newrelic-transaction", "elastic-apm-traceparent", "x-dynatrace", "x-instana-t"],
  ...[
    "request-id",
    "x-request-id",
    "x-client-request-id",
    "x-correlation-id",
    "correlation-id",
    "x-trace-id",
  ],
  ...["correlation-context", "postman-token", "x-span-id", "x-requestid", "x-nf-request-id"],
  ...["x-vercel-id", "x-vercel-ip-country", "x-vercel-forwarded-for", "x-vercel-deployment-url"],
  ...["fly-client-ip", "fly-region", "fly-request-id", "fly-forwarded-proto", "x-envoy-attempt-count"],
];
for (const name of mute) {
  test(`who asks the same with another ${name} gets the same answer`, async () => {
    const { gateway } = keeping();
    for (const [value, status] of [["1", "MISS"], ["2", "HIT"]] as const) {
      assert.equal((await hear(gateway, chat({ [name]: value }))).status, status);
    }
    assert.equal((await hear(gateway, chat())).status, "HIT");
  });
}

test("gateway ids do not meet", async () => {
  const { fetch } = script(...numbered());
  const gateway = createGateway({ fetch, gateways: { g: { cacheTtl: 60 }, h: { cacheTtl: 60 } } });
  await hear(gateway, chat());
  const { url, ...init } = { url: chat().url.replace("/g/", "/h/"), method: "POST", body: '{"model":"m"}' };
  assert.equal((await hear(gateway, new Request(url, { ...init, headers: JSON_BODY }))).status, "MISS");
});

test("an alias of a key gets what was answered to the same alias alone", async () => {
  const keys = { openai: [{ key: "one" }, { key: "two", alias: "batch" }] };
  const { gateway, calls } = keeping({ keys });
  const as = async (alias?: string) =>
    (await hear(gateway, chat(alias === undefined ? {} : { "cf-aig-byok-alias": alias }))).status;
  assert.deepEqual([await as(), await as("batch"), await as("batch"), await as()], [
    "MISS",
    "MISS",
    "HIT",
    "HIT",
  ]);
  assert.deepEqual(calls.map(({ headers }) => headers.get("authorization")), ["Bearer one", "Bearer two"]);
});

test("nobody ever gets what was answered to another's credentials", async () => {
  const field = fc.constantFrom("authorization", "api-key", "x-api-key", "x-goog-api-key", "xi-api-key");
  const secret = fc.stringMatching(/^(Bearer |Key )?[a-c]{1,2}$/);
  const caller = fc.dictionary(field, secret, { maxKeys: 3, noNullPrototype: true });
  await fc.assert(fc.asyncProperty(fc.array(caller, { minLength: 2, maxLength: 20 }), async (callers) => {
    const lines: Line[] = callers.map(() => ({ headers }) => Response.json(credentialsOf(headers)));
    const { gateway } = keeping({}, lines);
    for (const headers of callers) {
      const { text } = await hear(gateway, chat(headers));
      assert.deepEqual(JSON.parse(text), credentialsOf(new Headers(headers)));
    }
  }));
});

/** The secrets of a call; a scheme in front makes no other caller. */
function credentialsOf(headers: Headers): Record<string, string> {
  const names = ["authorization", "api-key", "x-api-key", "x-goog-api-key", "xi-api-key"];
  const told = names.flatMap((name) => {
    const value = headers.get(name);
    return value === null ? [] : [[name, value.slice(value.lastIndexOf(" ") + 1)]];
  });
  return Object.fromEntries(told);
}

test("callers with tokens of their own do not meet, though they bring the same key", async () => {
  const { gateway } = keeping({ authentication: true, tokens: ["one", "two"] });
  const as = (token: string) => chat({ "cf-aig-authorization": token, authorization: "Bearer k" });
  await hear(gateway, as("one"));
  assert.equal((await hear(gateway, as("two"))).status, "MISS");
  assert.equal((await hear(gateway, as("one"))).status, "HIT");
});

test("a shared cache answers everybody, whatever their credentials", async () => {
  const { gateway } = keeping({ cache: { shared: true } });
  await hear(gateway, chat({ authorization: "Bearer one" }));
  assert.equal((await hear(gateway, chat({ authorization: "Bearer two" }))).status, "HIT");
});

test("an answer is kept for as long as was told, and the client's time outranks the gateway's", async () => {
  const { gateway, clock } = keeping();
  await hear(gateway, chat());
  await hear(gateway, chat({ "cf-aig-cache-ttl": "120" }, "{}"));
  clock.now = 59_999;
  assert.equal((await hear(gateway, chat())).status, "HIT");
  clock.now = 60_000;
  assert.equal((await hear(gateway, chat())).status, "MISS");
  assert.equal((await hear(gateway, chat({}, "{}"))).status, "HIT");
  clock.now = 120_000;
  assert.equal((await hear(gateway, chat({}, "{}"))).status, "MISS");
});

for (
  const [name, value] of [["cf-aig-skip-cache", "true"], ["cf-skip-cache", "TRUE"], ["cf-aig-cache-ttl", "0"]]
) {
  test(`${name}: ${value} neither looks for an answer nor keeps one`, async () => {
    const { gateway } = keeping();
    const request = () => chat({ [name!]: value! });
    assert.equal((await hear(gateway, request())).status, null);
    assert.equal((await hear(gateway, chat())).status, "MISS");
    assert.equal((await hear(gateway, request())).status, null);
  });
}

test("the old name of the time still counts, and the new one outranks it", async () => {
  const { gateway } = keeping({ cacheTtl: 0 });
  assert.equal((await hear(gateway, chat({ "cf-cache-ttl": "60" }))).status, "MISS");
  assert.equal((await hear(gateway, chat({ "cf-cache-ttl": "60" }))).status, "HIT");
  assert.equal((await hear(gateway, chat({ "cf-cache-ttl": "60", "cf-aig-cache-ttl": "0" }))).status, null);
});

test("a key of the client's stands in for path and body, as it is written, for 300 s, and for him alone", async () => {
  const { gateway, clock } = keeping({}, numbered(), { gateways: { g: {} } });
  const named = (key: string, body: string, secret = "k") =>
    chat({ "cf-aig-cache-key": key, authorization: `Bearer ${secret}` }, body);
  assert.equal((await hear(gateway, named("Key", "{}"))).status, "MISS");
  assert.equal((await hear(gateway, named("Key", '{"other":1}'))).status, "HIT");
  assert.equal((await hear(gateway, named("key", "{}"))).status, "MISS");
  assert.equal((await hear(gateway, named("Key", "{}", "other"))).status, "MISS");
  clock.now = 300_000;
  assert.equal((await hear(gateway, named("Key", "{}"))).status, "MISS");
});

test("a key of the client's stands in for no key in the query", async () => {
  const { gateway } = keeping();
  const google = (key: string) =>
    chat(
      { "cf-aig-cache-key": "faq" },
      undefined,
      `/google-ai-studio/v1beta/models/m:generateContent?key=${key}`,
    );
  assert.equal((await hear(gateway, google("alice"))).status, "MISS");
  assert.equal((await hear(gateway, google("bob"))).status, "MISS");
  assert.equal((await hear(gateway, google("alice"))).status, "HIT");
});

test("a key of the client's is no URL of another's", async () => {
  const { gateway } = keeping();
  const headers = { "cf-aig-cache-key": "https://api.openai.com/v1/chat/completions" };
  const post = (path: string, headers: Record<string, string> = {}) =>
    new Request(`http://waygate.test/v1/a/g${path}`, { method: "POST", headers });
  await hear(gateway, post("/openai/x", headers));
  assert.equal((await hear(gateway, post("/openai/chat/completions"))).status, "MISS");
});

test("who was only vouched for meets nobody else, though the provider's key is the gateway's", async () => {
  const providers = { openai: { spread: [{ key: "server" }] } };
  const own = { cacheTtl: 60, authentication: true, verify: () => true };
  const { gateway } = keeping({}, numbered(), { providers, gateways: { g: own } });
  for (const name of ["authorization", "cf-aig-authorization", "cookie", "cf-access-jwt-assertion"]) {
    assert.equal((await hear(gateway, chat({ [name]: "ann" }))).status, "MISS");
    assert.equal((await hear(gateway, chat({ [name]: "bob" }))).status, "MISS");
    assert.equal((await hear(gateway, chat({ [name]: "ann" }))).status, "HIT");
  }
});

test("only what is posted is kept: what a GET answers may be another thing tomorrow", async () => {
  const { gateway, calls } = keeping();
  for (let asked = 0; asked < 2; asked++) {
    assert.equal((await hear(gateway, ask("/replicate/predictions/1"))).status, null);
  }
  assert.equal(calls.length, 2);
});

test("a stream is kept when it has ended, and comes again byte for byte", async () => {
  const { gateway, calls } = keeping({}, [events(stream)]);
  assert.equal((await hear(gateway, chat())).text, stream);
  const again = await hear(gateway, chat());
  assert.deepEqual([again.status, again.text], ["HIT", stream]);
  assert.equal(again.response.headers.get("content-type"), "text/event-stream");
  assert.equal(calls.length, 1);
});

const unworthy: readonly (readonly [what: string, line: Line])[] = [
  ["an error", () => Response.json({ error: { message: "no" } }, { status: 400 })],
  ["a 201", () => Response.json({ id: 1 }, { status: 201 })],
  ["a 200 that is an error", () => Response.json({ error: { message: "no", type: "server_error" } })],
  ["JSON that is none", () => new Response('{"a":', { headers: JSON_BODY })],
  ["a stream without an end", events(stream.slice(0, 48))],
  ["a stream with an error in it", events(`data: {"error":{"message":"no","type":"server_error"}}\n\n`)],
  ["a stream with data that are none", events(`${stream.slice(0, 48)}data: {oops\n\ndata: [DONE]\n\n`)],
  ["an answer that is too long", () => new Response(new Uint8Array(25 * MIB + 1))],
];
for (const [what, line] of unworthy) {
  test(`${what} is not kept`, async () => {
    const { gateway, calls } = keeping({}, [line, line]);
    for (let asked = 0; asked < 2; asked++) {
      await gateway.handle(chat()).then((one) => one.text()).catch(() => {});
    }
    assert.equal(calls.length, 2);
  });
}

test("a stream that breaks is not kept", async () => {
  const { gateway, calls } = keeping({}, [events(stream.slice(0, 60), true), events(stream)]);
  await assert.rejects(gateway.handle(chat()).then((response) => response.text()));
  assert.equal((await hear(gateway, chat())).text, stream);
  assert.equal(calls.length, 2);
});

test("a stream whose client leaves is not kept", async () => {
  const { gateway, calls } = keeping({}, [events(stream), events(stream)]);
  const reader = (await gateway.handle(chat())).body!.getReader();
  await reader.read();
  await reader.cancel();
  assert.equal((await hear(gateway, chat())).status, "MISS");
  assert.equal(calls.length, 2);
});

test("a request body that is too long is sent, and not looked up", async () => {
  const { gateway, calls } = keeping();
  const body = "x".repeat(25 * MIB + 1);
  const request = () => chat({ "content-length": String(body.length) }, body);
  for (let asked = 0; asked < 2; asked++) assert.equal((await gateway.handle(request())).status, 200);
  assert.equal(calls.length, 2);
});

test("whoever leaves while his request is read is told nothing, and its provider neither", async () => {
  const { gateway, calls } = keeping();
  const leaving = new AbortController();
  const body = new ReadableStream({ pull: () => leaving.abort() }, { highWaterMark: 0 });
  const init = { method: "POST", body, duplex: "half", signal: leaving.signal } as RequestInit;
  const response = await gateway.handle(new Request("http://waygate.test/v1/a/g/openai/x", init));
  assert.equal(response.status, 499);
  assert.equal(calls.length, 0);
});

test("a request of unknown length that turns out too long for memory is sent once, and not kept", async () => {
  const { gateway, calls } = keeping({}, numbered(), { bodyLimit: 10 });
  const request = () => {
    const init = { method: "POST", body: new Blob(["x".repeat(11)]).stream(), duplex: "half" } as RequestInit;
    return new Request("http://waygate.test/v1/a/g/openai/x", init);
  };
  for (let asked = 0; asked < 2; asked++) assert.equal((await gateway.handle(request())).status, 200);
  assert.deepEqual(calls.map(({ body }) => body), ["x".repeat(11), "x".repeat(11)]);
});

test("equal requests that come while one is under way wait for it where they are told to", async () => {
  let answer: (response: Response) => void = () => {};
  const { gateway, calls } = keeping({ cache: { coalesce: true } }, [
    () => new Promise((resolve) => answer = resolve),
  ]);
  const all = Array.from({ length: 10 }, () => hear(gateway, chat()));
  await until(() => calls.length > 0, "a call");
  answer(Response.json({ answer: 7 }));
  const heard = await Promise.all(all);
  assert.deepEqual(heard.map(({ status }) => status).sort(), [...Array(9).fill("HIT"), "MISS"]);
  for (const { text } of heard) assert.equal(text, '{"answer":7}');
  assert.equal(calls.length, 1);
});

test("who comes while an answer is on its way to a slow store waits for no other", async () => {
  const kept = memoryStore();
  const slowly = async <Value>(work: () => Promise<Value>) => {
    await new Promise((resolve) => setTimeout(resolve, 10));
    return await work();
  };
  const store = {
    ...kept,
    get: (key: string) => slowly(() => kept.get(key)),
    set: (key: string, value: unknown, ttl: number) => slowly(() => kept.set(key, value, ttl)),
  };
  const { gateway, calls } = keeping({ cache: { coalesce: true } }, numbered(), { store });
  const heard = [];
  for (let asked = 0; asked < 20; asked++) {
    heard.push(hear(gateway, chat()));
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await Promise.all(heard);
  assert.equal(calls.length, 1);
});

test("who looks in lockstep with another waits for him all the same", async () => {
  const store = inLockstep(6);
  const { gateway, calls } = keeping({ cache: { coalesce: true } }, numbered(), { store });
  await Promise.all(Array.from({ length: 6 }, () => hear(gateway, chat())));
  assert.equal(calls.length, 1);
});

test("an answer that was purged does not come back when the store forgets the purge", async () => {
  const store = memoryStore();
  const { gateway } = keeping({}, numbered(), { store });
  await hear(gateway, chat());
  assert.equal((await hear(gateway, chat())).status, "HIT");
  await gateway.gateway("g").purgeCache();
  await store.delete("epoch:g");
  assert.equal((await hear(gateway, chat())).status, "MISS");
});

test("where the one that others wait for fails, all of them ask at once", async () => {
  let fail: (response: Response) => void = () => {};
  const lines: Line[] = [() => new Promise((resolve) => fail = resolve), ...numbered()];
  const { gateway, calls } = keeping({ cache: { coalesce: true } }, lines, { store: inLockstep(5) });
  const all = Array.from({ length: 5 }, () => hear(gateway, chat()));
  await until(() => calls.length > 0, "a call");
  assert.equal(calls.length, 1);
  fail(new Response("", { status: 500 }));
  const heard = await Promise.all(all);
  assert.deepEqual(heard.map(({ response: { status } }) => status).sort(), [200, 200, 200, 200, 500]);
  assert.equal(calls.length, 5);
});

test("where the one that others wait for leaves, they ask", async () => {
  const { gateway, calls } = keeping({ cache: { coalesce: true } }, [
    ({ signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
    ...numbered(),
  ]);
  const leaving = new AbortController();
  const first = gateway.handle(new Request(chat(), { signal: leaving.signal }));
  await until(() => calls.length > 0, "a call");
  const second = hear(gateway, chat());
  setTimeout(() => leaving.abort(), 10);
  assert.equal((await first).status, 499);
  assert.equal((await second).status, "MISS");
});

test("a step does not wait for another step of the same request", async () => {
  const { gateway, calls } = keeping({ cache: { coalesce: true } }, [
    ({ signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
    ...numbered(),
  ]);
  const step = { provider: "openai", endpoint: "chat/completions", query: {}, config: { hedgeAfter: 10 } };
  const { response } = await hear(gateway, askUniversal([step, step]));
  assert.equal(response.headers.get("cf-aig-step"), "1");
  assert.equal(calls.length, 2);
});

test("who waits for another's answer may leave", async () => {
  const { gateway } = keeping({ cache: { coalesce: true } }, [() => new Promise(() => {})]);
  hear(gateway, chat());
  const leaving = new AbortController();
  const waiting = gateway.handle(new Request(chat(), { signal: leaving.signal }));
  setTimeout(() => leaving.abort(), 10);
  assert.equal((await waiting).status, 499);
});

test("a purge forgets every answer of its gateway id, and no other's", async () => {
  const { fetch } = script(...numbered());
  const gateway = createGateway({ fetch, gateways: { g: { cacheTtl: 60 }, h: { cacheTtl: 60 } } });
  const other = () => new Request(chat().url.replace("/g/", "/h/"), { method: "POST", body: "{}" });
  await hear(gateway, chat());
  await hear(gateway, other());
  await gateway.gateway("g").purgeCache();
  assert.equal((await hear(gateway, chat())).status, "MISS");
  assert.equal((await hear(gateway, chat())).status, "HIT");
  assert.equal((await hear(gateway, other())).status, "HIT");
});

test("other settings forget what was kept only where they are told to", async () => {
  for (const invalidateOnUpdate of [true, false]) {
    const store = memoryStore();
    const { fetch } = script(...numbered());
    const open = (maxAttempts: number) =>
      createGateway({
        fetch,
        store,
        gateways: { g: { cacheTtl: 60, maxAttempts, cache: { invalidateOnUpdate } } },
      });
    await hear(open(1), chat());
    assert.equal((await hear(open(1), chat())).status, "HIT");
    assert.equal((await hear(open(2), chat())).status, invalidateOnUpdate ? "MISS" : "HIT");
  }
});

const one = "https://one.example", two = "https://two.example";
const moves: readonly [how: string, from: Partial<Provider>, to: Partial<Provider>][] = [
  ["another host", { base: one }, { base: two }],
  ["another path of its host", { base: `${one}/v1` }, { base: `${one}/v2` }],
  ["another one of several bases", { spread: [{ base: one }, { base: two }] }, { spread: [{ base: one }] }],
  ["a base of its own, then none", { base: one }, {}],
];
for (const [how, from, to] of moves) {
  test(`what was kept under a name is not given once its provider is elsewhere: ${how}`, async () => {
    const store = memoryStore();
    const { fetch } = script(...numbered());
    const asked = async (row: Partial<Provider>, path = "/openai/chat/completions") => {
      const gateway = createGateway({ fetch, store, providers: { openai: row }, gateways: { g: {} } });
      return (await hear(gateway, chat({ "cf-aig-cache-key": "k" }, "{}", path))).status;
    };
    assert.deepEqual([await asked(from), await asked(from)], ["MISS", "HIT"]);
    assert.equal(await asked(from, "/openai/responses"), "HIT");
    assert.deepEqual([await asked(to), await asked(to)], ["MISS", "HIT"]);
    assert.equal(await asked({ ...to, maxConcurrent: 9 }), "HIT");
  });
}

test("who forgets what was kept of a provider forgets it by either of its names, and nothing else", async () => {
  const store = memoryStore();
  const providers = { mine: { base: one }, other: { base: two } };
  const { gateway } = keeping({}, numbered(), { store, providers });
  const statuses = async () => {
    const heard = [];
    for (const slug of ["mine", "custom-mine", "other", "openai"]) {
      for (const named of [{}, { "cf-aig-cache-key": "k" }]) {
        heard.push((await hear(gateway, chat(named, "{}", `/${slug}/x`))).status);
      }
    }
    return heard;
  };
  assert.deepEqual(await statuses(), Array(8).fill("MISS"));
  assert.deepEqual(await statuses(), Array(8).fill("HIT"));
  await forgetProvider(store, "mine");
  assert.deepEqual(await statuses(), [...Array(4).fill("MISS"), ...Array(4).fill("HIT")]);
  assert.deepEqual(await statuses(), Array(8).fill("HIT"));
  await store.delete("epoch:provider:mine");
  assert.deepEqual(await statuses(), [...Array(4).fill("MISS"), ...Array(4).fill("HIT")]);
});

test("a hit counts against no limit", async () => {
  const { gateway } = keeping({ rateLimit: { limit: 1, interval: 86_400 } });
  await hear(gateway, chat());
  assert.equal((await hear(gateway, chat())).response.status, 200);
  assert.equal((await hear(gateway, chat({}, "{}"))).response.status, 429);
});

test("each step of a universal request is looked up by itself", async () => {
  const down = () => new Response("", { status: 503 });
  const { gateway, calls } = keeping({}, [down, ...numbered().slice(0, 1), down], { gateways: { g: {} } });
  const steps = [
    { provider: "openai", endpoint: "chat/completions", query: {} },
    { provider: "groq", endpoint: "chat/completions", query: {}, config: { cacheTtl: 60 } },
  ];
  const first = await hear(gateway, askUniversal(steps));
  const second = await hear(gateway, askUniversal(steps));
  assert.deepEqual([first.status, second.status], ["MISS", "HIT"]);
  assert.equal(second.text, first.text);
  assert.equal(second.response.headers.get("cf-aig-step"), "1");
  assert.equal(calls.length, 3);
});

test("a store that fails keeps nothing and stops nobody", async () => {
  const gone = () => Promise.reject(new Error("gone"));
  const store = { get: gone, set: gone, delete: gone, add: gone };
  const { gateway, calls } = keeping({}, numbered(), { store });
  for (let asked = 0; asked < 2; asked++) assert.equal((await hear(gateway, chat())).response.status, 200);
  assert.equal(calls.length, 2);
});

test("a store that throws instead of rejecting keeps nothing and stops nobody", async () => {
  const gone = () => {
    throw new Error("gone");
  };
  const store = { get: gone, set: gone, delete: gone, add: gone };
  const rateLimit = { limit: 1, interval: 60 };
  const { gateway } = keeping({}, numbered(), { store, gateways: { g: { cacheTtl: 60, rateLimit } } });
  for (let asked = 0; asked < 2; asked++) assert.equal((await hear(gateway, chat())).response.status, 200);
});

test("what a store holds that is no answer of ours is a miss", async () => {
  for (const value of ["text", 7, new Uint8Array(2), new Uint8Array([0, 0, 0, 9, 1]), new Uint8Array(9)]) {
    const store = {
      ...memoryStore(),
      get: (key: string) => Promise.resolve(key.startsWith("cache") ? value : undefined),
    };
    const { gateway } = keeping({}, numbered(), { store });
    assert.equal((await hear(gateway, chat())).status, "MISS");
  }
});

for (const own of [{ cache_ttl: 0 }, { cacheTtl: 0 }, { cache_ttl: null }] as GatewaySettings[]) {
  test(`a gateway without a cache (${JSON.stringify(own)}) keeps for 300 s what a client names`, async () => {
    const { gateway, clock } = keeping({}, numbered(), { gateways: { g: own } });
    const named = () => chat({ "cf-aig-cache-key": "k" });
    assert.deepEqual([(await hear(gateway, named())).status, (await hear(gateway, named())).status], [
      "MISS",
      "HIT",
    ]);
    clock.now = 299_999;
    assert.equal((await hear(gateway, named())).status, "HIT");
    clock.now = 300_000;
    assert.equal((await hear(gateway, named())).status, "MISS");
    assert.equal((await hear(gateway, chat())).status, null);
  });
}

test("who names an answer and gives it no time keeps none: a request, a step, or a gateway's own key", async () => {
  const { gateway } = keeping({ cacheTtl: 60 });
  const none = { "cf-aig-cache-key": "k", "cf-aig-cache-ttl": "0" };
  for (let time = 0; time < 2; time++) {
    assert.equal((await hear(gateway, chat(none))).status, null);
    const step = { provider: "openai", endpoint: "x", query: 0, config: { cacheTtl: 0 } };
    assert.equal((await hear(gateway, askUniversal([step], { "cf-aig-cache-key": "k" }))).status, null);
  }
  const off = keeping({ cacheTtl: 0, cacheKey: "k" });
  for (let time = 0; time < 2; time++) assert.equal((await hear(off.gateway, chat())).status, null);
});

test("Cloudflare's name of the time says the same", async () => {
  const { gateway } = keeping({}, numbered(), { gateways: { g: { cache_ttl: 60 } } });
  await hear(gateway, chat());
  assert.equal((await hear(gateway, chat())).status, "HIT");
});
