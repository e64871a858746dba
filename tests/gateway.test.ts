import assert from "node:assert/strict";
import { test } from "node:test";
import {
  createGateway,
  handle,
  type LogRecord,
  type RunOptions,
  type Settings,
  type UniversalStep,
} from "../src/index.ts";
import { ask, askUniversal, readError, script } from "./support/script.ts";

const good = () => Response.json("good");
const get = (path: string, headers: Record<string, string> = {}) =>
  new Request(`http://waygate.test${path}`, { headers });

test("without configuration every account and gateway id is open", async () => {
  const { fetch, calls } = script(good(), good());
  const gateway = createGateway({ fetch });
  for (const path of ["/v1/anyone/anything/openai/models", "/v1/x/default/openai/models"]) {
    assert.equal((await gateway.handle(get(path))).status, 200);
  }
  assert.equal(calls.length, 2);
});

test("`handle` is a gateway without configuration", async () => {
  assert.equal((await handle(get("/healthz"))).status, 200);
  assert.equal((await readError(await handle(get("/v1/a/g/nope/x")))).code, 2008);
});

test("an id that is not configured is 400 / 2001, as Cloudflare's clients know it", async () => {
  const gateway = createGateway({ fetch: script(good()).fetch, gateways: { prod: {} } });
  for (
    const request of [
      get("/v1/a/other/openai/x"),
      new Request("http://waygate.test/v1/a/other", { method: "POST", body: "[]" }),
    ]
  ) {
    const response = await gateway.handle(request);
    assert.equal(response.status, 400);
    assert.equal((await readError(response)).code, 2001);
  }
  assert.equal((await gateway.handle(get("/v1/a/prod/openai/x"))).status, 200);
});

test("a gateway id has 1 to 64 characters", async () => {
  for (const id of ["", "g".repeat(65)]) {
    const response = await createGateway().handle(get(`/v1/a/${id}/openai/x`));
    assert.equal((await readError(response)).code, 2001);
  }
});

test("a locked gateway answers 401 / 2009 to everything and sends nothing", async () => {
  const { fetch, calls } = script();
  const gateway = createGateway({ fetch, gateways: { g: { authentication: true, tokens: ["good"] } } });
  const requests = [
    ask("/openai/models"),
    ask("/nope/x"),
    askUniversal("not even JSON"),
    askUniversal([]),
    ask("/openai/models", { headers: { "cf-aig-authorization": "Bearer wrong" } }),
  ];
  for (const request of requests) {
    const response = await gateway.handle(request);
    assert.equal(response.status, 401);
    assert.equal((await readError(response)).code, 2009);
  }
  assert.equal(calls.length, 0);
});

test("health is asked at /healthz, and answers 503 while the server shuts down", async () => {
  const gateway = createGateway();
  const open = await gateway.handle(get("/healthz"));
  assert.deepEqual([open.status, await open.json()], [200, { status: "ok" }]);
  const closing = await gateway.handle(get("/healthz"), { closing: true });
  assert.equal(closing.status, 503);
  const head = await gateway.handle(new Request("http://waygate.test/healthz", { method: "HEAD" }));
  assert.equal(head.status, 200);
  const post = await gateway.handle(new Request("http://waygate.test/healthz", { method: "POST" }));
  assert.deepEqual([post.status, post.headers.get("allow")], [405, "GET, HEAD"]);
});

test("any other path is 404 / 7003", async () => {
  for (const path of ["/", "/v1", "/v1/", "/v1/a", "/v2/a/g/openai/x", "/favicon.ico", "/healthz/x"]) {
    const response = await createGateway().handle(get(path));
    assert.equal(response.status, 404, path);
    assert.equal((await readError(response)).code, 7003);
  }
});

test("a query string with slashes is no path", async () => {
  const response = await createGateway().handle(get("/v1/a/g?x=/openai/models"));
  assert.equal(response.status, 405);
});

test("below a base path everything works, beside it nothing does", async () => {
  const { fetch, calls } = script(good(), good());
  const gateway = createGateway({ fetch, basePath: "/ai/" });
  assert.equal((await gateway.handle(get("/ai/v1/a/g/openai/models"))).status, 200);
  const universal = new Request("http://waygate.test/ai/v1/a/g", {
    method: "POST",
    body: '{"provider":"openai","endpoint":"x","query":1}',
  });
  assert.equal((await gateway.handle(universal)).status, 200);
  assert.equal((await gateway.handle(get("/ai/healthz"))).status, 200);
  for (const path of ["/v1/a/g/openai/models", "/healthz", "/aix/v1/a/g/openai/models"]) {
    assert.equal((await gateway.handle(get(path))).status, 404, path);
  }
  assert.equal(calls.length, 2);
});

test("run tries steps as the universal endpoint does, without HTTP and without a token", async () => {
  const { fetch, calls } = script(new Response("", { status: 500 }), good());
  const gateway = createGateway({ fetch, gateways: { prod: { authentication: true } } });
  const steps = [
    { provider: "openai", endpoint: "chat/completions", query: { model: "a" }, authorization: "Bearer 1" },
    { provider: "groq", endpoint: "chat/completions", query: { model: "b" } },
  ];
  const response = await gateway.run(steps, { extraHeaders: { "cf-aig-event-id": "e1", "X-Leak": "1" } });
  assert.equal(response.headers.get("cf-aig-step"), "1");
  assert.equal(response.headers.get("cf-aig-event-id"), "e1");
  assert.deepEqual(calls.map(({ url, body }) => [url, body]), [
    ["https://api.openai.com/v1/chat/completions", '{"model":"a"}'],
    ["https://api.groq.com/openai/v1/chat/completions", '{"model":"b"}'],
  ]);
  assert.equal(calls[0]!.headers.get("x-leak"), null);
});

test("run takes null for what is left out, and any text for what goes no further", async () => {
  const ended: LogRecord[] = [];
  const { fetch, calls } = script(...Array.from({ length: 4 }, good));
  const gateway = createGateway({ fetch, onEnd: (record) => void ended.push(record) });
  const step = {
    provider: "openai",
    endpoint: "x",
    query: 1,
    authorization: null,
  } as unknown as UniversalStep;
  const none = { cacheKey: null, eventId: null, retries: null, metadata: null };
  const bare = await gateway.run(step, { gateway: none, extraHeaders: null } as unknown as RunOptions);
  await bare.text();
  assert.equal(bare.headers.get("cf-aig-event-id"), bare.headers.get("cf-aig-log-id"));
  assert.equal(bare.headers.get("cf-aig-cache-status"), null);
  const user = "Дмитрий";
  const headers = { "cf-aig-metadata": { user }, "cf-aig-cache-key": "Дм" } as unknown as Record<
    string,
    string
  >;
  for (
    const options of [{ gateway: { metadata: { user } } }, { extraHeaders: { "cf-aig-cache-key": user } }]
  ) {
    assert.equal(await (await gateway.run(step, options)).text(), '"good"');
  }
  assert.equal(await (await gateway.run({ ...step, headers })).text(), '"good"');
  await gateway.flush();
  assert.deepEqual(ended.map(({ metadata }) => metadata), [null, { user }, null, { user }]);
  assert.equal(calls.length, 4);
});

test("run answers bad steps with the envelope, and never rejects", async () => {
  const gateway = createGateway();
  const none = await gateway.run([]);
  assert.equal((await readError(none)).code, 7001);
  const missing = await gateway.run([{ provider: "openai", endpoint: "x", query: undefined }]);
  assert.match((await readError(missing)).message, /^\[0\]\.query: /);
  const elsewhere = await createGateway({ gateways: { a: {}, b: {} } }).run({
    provider: "openai",
    endpoint: "x",
    query: 1,
  });
  assert.equal((await readError(elsewhere)).code, 2001);
});

test("one of several ids is a binding of its own", async () => {
  const { fetch, calls } = script(new Response("", { status: 500 }), good(), good());
  const gateway = createGateway({ fetch, gateways: { once: {}, twice: { maxAttempts: 2, retryDelay: 0 } } });
  const step = { provider: "openai", endpoint: "x", query: 1 };
  assert.equal((await gateway.gateway("twice").run(step)).status, 200);
  assert.equal((await gateway.gateway("once").run(step)).status, 200);
  assert.equal(calls.length, 3);
  assert.equal((await readError(await gateway.gateway("none").run(step))).code, 2001);
});

test("run takes Headers, and refuses what is no header value without calling anybody", async () => {
  const { fetch, calls } = script(good());
  const gateway = createGateway({ fetch });
  const step = { provider: "openai", endpoint: "x", query: 1 };
  const headers = new Headers({ authorization: "Bearer k" });
  await gateway.run({ ...step, headers }, { extraHeaders: new Headers({ "cf-aig-event-id": "e" }) });
  assert.equal(calls[0]!.headers.get("authorization"), "Bearer k");
  const odd = ["a\nb", "日本"];
  for (const eventId of odd) {
    for (const refused of [gateway.run(step, { gateway: { eventId } }), gateway.run({ ...step, eventId })]) {
      assert.equal((await readError(await refused)).code, 7001);
    }
  }
  assert.equal((await readError(await gateway.run([], null as never))).code, 7001);
  assert.equal(calls.length, 1);
});

test("a status that no client expects is 502, and its body is closed", async () => {
  let closed = false;
  const body = new ReadableStream({ cancel: () => void (closed = true) });
  const odd = new Proxy(new Response(body), {
    get: (target, name) => name === "status" ? 700 : Reflect.get(target, name, target),
  });
  const { fetch, calls } = script(() => odd);
  const response = await createGateway({ fetch }).handle(
    ask("/openai/x", { headers: { "cf-aig-max-attempts": "2" } }),
  );
  assert.equal(response.status, 502);
  assert.match((await readError(response)).description, /odd_status \(700\)/);
  assert.deepEqual([closed, calls.length], [true, 1]);
});

test("a body that somebody has read before the gateway is a clear error", async () => {
  const { fetch, calls } = script();
  for (const request of [ask("/openai/x", { body: "{}" }), askUniversal([])]) {
    await request.text();
    const response = await createGateway({ fetch }).handle(request);
    assert.match((await readError(response)).message, /^body: Expected a body that nobody has read/);
  }
  assert.equal(calls.length, 0);
});

test("run obeys its options as the headers of the same meaning", async () => {
  const { fetch, calls } = script(new Response("", { status: 500 }), good());
  const gateway = createGateway({ fetch });
  const options = { gateway: { eventId: "e2", retries: { maxAttempts: 2 as const, retryDelayMs: 0 } } };
  const response = await gateway.run({ provider: "openai", endpoint: "x", query: 1 }, options);
  assert.equal(response.headers.get("cf-aig-event-id"), "e2");
  assert.equal(calls.length, 2);
});

test("getUrl gives what an SDK takes as its base URL", async () => {
  const gateway = createGateway({ origin: "https://ai.example/", basePath: "/ai", gateways: { prod: {} } });
  assert.equal(await gateway.getUrl("openai"), "https://ai.example/ai/v1/default/prod/openai");
  assert.equal(await gateway.getUrl(), "https://ai.example/ai/v1/default/prod/");
  assert.equal(
    await createGateway().gateway("g", "me").getUrl("openai"),
    "http://127.0.0.1:8787/v1/me/g/openai",
  );
});

test("a setting that is unknown or ill-typed is an error at once, and names the field", () => {
  const wrong: readonly (readonly [settings: unknown, says: RegExp])[] = [
    [{ gatways: {} }, /^settings\.gatways: Expected no such field/],
    [{ gateways: { g: { maxAttempts: "3" } } }, /^settings\.gateways\.g\.maxAttempts: Expected number/],
    [{ gateways: { g: { authentification: true } } }, /^settings\.gateways\.g\.authentification/],
    [{ gateways: { g: { tokens: [""] } } }, /^settings\.gateways\.g\.tokens\[0\]/],
    [{ gateways: { "a/b": {} } }, /a\/b/],
    [{ gateways: { "über": {} } }, /über: Expected an id/],
    [
      { gateways: { g: { tokens: ["t"] } } },
      /^settings\.gateways\.g: Expected authentication: true beside tokens/,
    ],
    [{ gateways: [{}] }, /^settings\.gateways: Expected Object/],
    [[], /^settings: Expected Object/],
    [{ providers: { p: { base: "ftp://x" } } }, /^settings\.providers\.p\.base: Expected an absolute http/],
    [{ providers: { p: { base: "https://u:p@x" } } }, /^settings\.providers\.p\.base/],
    [{ providers: { p: { base: "https://x?y=1" } } }, /^settings\.providers\.p\.base/],
    [{ providers: { p: {} } }, /^settings\.providers\.p\.base/],
    [{ providers: { "P P": { base: "https://x" } } }, /slug/],
    [{ basePath: "ai" }, /^settings\.basePath/],
    [{ bodyLimit: "1" }, /^settings\.bodyLimit/],
    [{ fetch: 1 }, /^settings\.fetch: Expected a function/],
    ["text", /^settings: Expected Object/],
  ];
  for (const [settings, says] of wrong) {
    assert.throws(() => createGateway(settings as Settings), { name: "GatewayError", message: says });
  }
});

test("two gateways in one process do not meet", async () => {
  const first = script(good());
  const second = script(good());
  const one = createGateway({ fetch: first.fetch, gateways: { a: {} } });
  const two = createGateway({ fetch: second.fetch, gateways: { b: {} } });
  assert.equal((await one.handle(get("/v1/x/b/openai/x"))).status, 400);
  assert.equal((await two.handle(get("/v1/x/b/openai/x"))).status, 200);
  assert.deepEqual([first.calls.length, second.calls.length], [0, 1]);
});

test("a provider's answer that is none becomes an error, not a crash", async () => {
  const fetch = () => Promise.reject({ not: "an error" });
  const response = await createGateway({ fetch }).handle(ask("/openai/x"));
  assert.equal(response.status, 502);
});

test("options of all gateways are defaults, which a gateway's own outrank", async () => {
  const attempts = async (gateways?: Settings["gateways"]) => {
    const { fetch, calls } = script(...Array.from({ length: 5 }, () => new Response("no", { status: 500 })));
    const defaults = { maxAttempts: 2, retryDelay: 0 };
    await createGateway({ fetch, defaults, ...(gateways && { gateways }) }).handle(
      ask("/openai/x", { body: "{}" }),
    );
    return calls.length;
  };
  assert.equal(await attempts(), 2);
  assert.equal(await attempts({ g: {} }), 2);
  assert.equal(await attempts({ g: { maxAttempts: 3 } }), 3);
  assert.throws(
    () => createGateway({ defaults: { maxAttempts: "2" as unknown as number } }),
    /settings\.defaults\.maxAttempts/,
  );
});
