import assert from "node:assert/strict";
import { test } from "node:test";
import { createGateway } from "../src/index.ts";
import { ask, askUniversal, readError, script } from "./support/script.ts";

const chat = (query: unknown = {}) => ({ provider: "openai", endpoint: "chat/completions", query });
const good = () => Response.json({ ok: true });

test("a universal request sends its first step and says which step answered", async () => {
  const { fetch, calls } = script(good());
  const response = await createGateway({ fetch }).handle(askUniversal([chat({ model: "m" })]));
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), { ok: true });
  assert.equal(response.headers.get("cf-aig-step"), "0");
  assert.equal(calls[0]!.url, "https://api.openai.com/v1/chat/completions");
  assert.equal(calls[0]!.method, "POST");
  assert.equal(calls[0]!.headers.get("content-type"), "application/json");
  assert.equal(calls[0]!.body, '{"model":"m"}');
});

test("a single object is a universal request of one step", async () => {
  const { fetch, calls } = script(good());
  const response = await createGateway({ fetch }).handle(askUniversal(chat()));
  assert.equal(response.status, 200);
  assert.equal(calls.length, 1);
});

test("a trailing slash belongs to the universal endpoint", async () => {
  const { fetch, calls } = script(good());
  const response = await createGateway({ fetch }).handle(ask("/", { body: JSON.stringify([chat()]) }));
  assert.equal(response.status, 200);
  assert.equal(calls.length, 1);
});

test("a query reaches the provider byte for byte as the client wrote it", async () => {
  const query = '{"seed":  9007199254740993, "b":1,\n\t"a":"\\u00e9", "a":"é" ,"n":1.0e+2 }';
  const { fetch, calls } = script(new Response("", { status: 500 }), good());
  const body = `[ {"query" : ${query} ,"provider":"openai","endpoint":"x"},
    {"provider":"groq", "endpoint":"y", "\\u0071uery":   [1, 2 ,"]}\\\\\\""]}]`;
  const response = await createGateway({ fetch }).handle(askUniversal(body));
  assert.equal(response.status, 200);
  assert.equal(calls[0]!.body, query);
  assert.equal(calls[1]!.body, '[1, 2 ,"]}\\\\\\""]');
});

test("any JSON value is a query", async () => {
  for (const query of ["null", '"text"', "0", "[]", "true", "-1.5E3"]) {
    const { fetch, calls } = script(good());
    await createGateway({ fetch }).handle(
      askUniversal(`{"provider":"openai","endpoint":"x","query":${query}}`),
    );
    assert.equal(calls[0]!.body, query);
  }
});

test("a step sends its own headers only, and values that are no strings become strings", async () => {
  const { fetch, calls } = script(good());
  const step = {
    ...chat(),
    authorization: "Bearer sk-step",
    headers: {
      "X-Number": 5,
      "x-flag": true,
      "x-object": { a: 1 },
      "cf-aig-max-attempts": 1,
      "cookie": "c=1",
    },
  };
  const request = askUniversal([step], { "authorization": "Bearer of the request", "x-request": "1" });
  await createGateway({ fetch }).handle(request);
  const { headers } = calls[0]!;
  assert.equal(headers.get("authorization"), "Bearer sk-step");
  assert.equal(headers.get("x-number"), "5");
  assert.equal(headers.get("x-flag"), "true");
  assert.equal(headers.get("x-object"), '{"a":1}');
  for (const name of ["x-request", "cookie", "cf-aig-max-attempts"]) {
    assert.equal(headers.get(name), null, name);
  }
});

test("headers, config and an event id that are null say nothing", async () => {
  const { fetch, calls } = script(good());
  const step = { ...chat(), headers: null, config: null, eventId: null };
  assert.equal((await createGateway({ fetch }).handle(askUniversal([step]))).status, 200);
  assert.equal(calls.length, 1);
});

test("headers that a client printed from an empty object do no harm", async () => {
  const { fetch, calls } = script(good());
  await createGateway({ fetch }).handle(askUniversal([{ ...chat(), headers: {} }]));
  assert.equal(calls[0]!.headers.get("content-type"), "application/json");
});

test("an endpoint may carry a query string and one leading slash", async () => {
  const { fetch, calls } = script(good());
  const endpoint = "/v1beta/models/gemini-2.0-flash:streamGenerateContent?alt=sse";
  await createGateway({ fetch }).handle(
    askUniversal([{ provider: "google-ai-studio", endpoint, query: {} }]),
  );
  assert.equal(
    calls[0]!.url,
    "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.0-flash:streamGenerateContent?alt=sse",
  );
});

test("a step's event id is echoed, before the request's, before a generated one", async () => {
  const gateway = createGateway({ fetch: script(good(), good(), good()).fetch });
  const own = await gateway.handle(
    askUniversal([{ ...chat(), eventId: "step" }], { "cf-aig-event-id": "request" }),
  );
  const whole = await gateway.handle(askUniversal([chat()], { "cf-aig-event-id": "request" }));
  const none = await gateway.handle(askUniversal([chat()]));
  assert.equal(own.headers.get("cf-aig-event-id"), "step");
  assert.equal(whole.headers.get("cf-aig-event-id"), "request");
  assert.equal(none.headers.get("cf-aig-event-id"), none.headers.get("cf-aig-log-id"));
  assert.match(
    none.headers.get("cf-aig-log-id")!,
    /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
});

const many = (count: number) => Array.from({ length: count }, () => chat());
const refusals: readonly (readonly [name: string, body: unknown, says: RegExp])[] = [
  ["malformed JSON", '[{"provider":', /^body: Expected JSON$/],
  ["no body", " ", /^body: Expected JSON$/],
  ["a text", '"openai"', /^body: Expected an array of steps$/],
  ["an empty array", [], /at least one step/],
  ["1,001 steps", many(1001), /at most 1000 steps/],
  ["a step without endpoint", [chat(), { provider: "openai", query: {} }], /^\[1\]\.endpoint: Expected/],
  ["a step without query", [{ provider: "openai", endpoint: "x" }], /^\[0\]\.query: Expected/],
  ["a step that is a number", [1], /^\[0\]: Expected/],
  ["an endpoint that is a number", [{ ...chat(), endpoint: 1 }], /^\[0\]\.endpoint: Expected string/],
  ["headers that are a list", [{ ...chat(), headers: "x" }], /^\[0\]\.headers: Expected/],
  [
    "an ill-typed timeout",
    [{ ...chat(), config: { requestTimeout: "1" } }],
    /^\[0\]\.config\.requestTimeout: Expected number$/,
  ],
  [
    "a flag in a list",
    [{ ...chat(), config: { skipCache: ["true"] } }],
    /^\[0\]\.config\.skipCache: Expected boolean$/,
  ],
  ["an unknown backoff", [{ ...chat(), config: { backoff: "random" } }], /^\[0\]\.config\.backoff: Expected/],
  [
    "a line break in a header",
    [{ ...chat(), headers: { "x-a": "1\r\nevil: 1" } }],
    /^\[0\]\.headers\.x-a: Expected/,
  ],
  [
    "a line break in authorization",
    [{ ...chat(), authorization: "a\nb" }],
    /^\[0\]\.authorization: Expected/,
  ],
  [
    "an event id that is no header value",
    [{ ...chat(), eventId: "日本" }],
    /^\[0\]\.eventId: Expected Latin-1/,
  ],
  [
    "headers that are pairs",
    [{ ...chat(), headers: [["authorization", "Bearer k"]] }],
    /^\[0\]\.headers: Expected/,
  ],
  ["a config that is a list", [{ ...chat(), config: [] }], /^\[0\]\.config: Expected/],
  ["a header name that is none", [{ ...chat(), headers: { "a b": "1" } }], /^\[0\]\.headers: Expected/],
];
for (const [name, body, says] of refusals) {
  test(`a universal request with ${name} is refused with 400 / 7001 and nothing is sent`, async () => {
    const { fetch, calls } = script();
    const response = await createGateway({ fetch }).handle(askUniversal(body));
    assert.equal(response.status, 400);
    const { code, message } = await readError(response);
    assert.equal(code, 7001);
    assert.match(message, says);
    assert.equal(calls.length, 0);
  });
}

test("100,000 nested brackets are refused or passed on, and the gateway lives", async () => {
  const { fetch } = script(good());
  const gateway = createGateway({ fetch });
  const response = await gateway.handle(askUniversal("[".repeat(100_000)));
  assert.equal(response.status, 400);
  assert.equal((await readError(response)).code, 7001);
  const deep = "[".repeat(100_000) + "]".repeat(100_000);
  const nested = await gateway.handle(askUniversal(`{"provider":"openai","endpoint":"x","query":${deep}}`));
  assert.ok([200, 400].includes(nested.status));
  const listed = await gateway.handle(askUniversal(deep));
  assert.equal(listed.status, 400);
});

test("bytes that are no UTF-8 are refused", async () => {
  const body = new Uint8Array([0x5b, 0x22, 0xff, 0x22, 0x5d]);
  const response = await createGateway({ fetch: script().fetch }).handle(ask("", { body }));
  assert.equal(response.status, 400);
});

test("an unknown provider is 400 / 2008, and says at which step", async () => {
  const { fetch, calls } = script();
  const response = await createGateway({ fetch }).handle(
    askUniversal([chat(), { ...chat(), provider: "__proto__" }]),
  );
  const { code, message } = await readError(response);
  assert.deepEqual([response.status, code, message], [
    400,
    2008,
    "[1].provider: Invalid provider: __proto__",
  ]);
  assert.equal(calls.length, 0);
});

test("another method than POST is 405 and says which is right", async () => {
  const response = await createGateway().handle(ask(""));
  assert.equal(response.status, 405);
  assert.equal(response.headers.get("allow"), "POST");
});

test("a universal body over the limit is 413 / 7001 and names the limit, declared or not", async () => {
  const { fetch, calls } = script();
  const gateway = createGateway({ fetch, bodyLimit: 1000 });
  const text = JSON.stringify([chat("x".repeat(2000))]);
  const declared = await gateway.handle(
    ask("", { body: text, headers: { "content-length": String(text.length) } }),
  );
  const chunked = await gateway.handle(ask("", { body: text }));
  for (const response of [declared, chunked]) {
    assert.equal(response.status, 413);
    const { code, message } = await readError(response);
    assert.equal(code, 7001);
    assert.match(message, /1000 bytes/);
  }
  assert.equal(calls.length, 0);
});
