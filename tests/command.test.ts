import assert from "node:assert/strict";
import { test } from "node:test";
import { checkText } from "../adapters/cli/check-settings.ts";
import { tellComplaint } from "../adapters/cli/check-value.ts";
import { readRequest, toRequest } from "../adapters/cli/read-request.ts";
import { type RequestLine, tellDollars, tellLine } from "../adapters/cli/request-line.ts";
import { greeting } from "../adapters/cli/greeting.ts";
import { createPrinter, type LogFormat } from "../adapters/cli/printer.ts";
import { createSwap } from "../adapters/cli/swap.ts";
import { tellJson } from "../adapters/cli/tell-json.ts";
import { createTraffic } from "../adapters/cli/traffic.ts";
import { tellExplanation } from "../adapters/cli/tell-explanation.ts";
import {
  createGateway,
  explainRequest,
  type Fetch,
  inspectSettings,
  memoryStore,
  type Settings,
} from "../src/index.ts";
import { ask, askUniversal } from "./support/script.ts";
import { until } from "./support/until.ts";
import { env, requests, secrets, settings } from "./cli/data.ts";

const tellAll = (text: string, env = {}) =>
  checkText(text, env).complaints.map((complaint) => tellComplaint("f", complaint));

test("every problem of a settings file is told at once, with line, column, path and what was expected", () => {
  const text = `{
  "$schema": "./waygate.schema.json", // for editors
  "gateways": {
    "prod": { "cache_ttl": "x", "foo": 1, "tokens": ["a b"] },
    "x y": {},
    "my.own": { "maxAttempts": 1, "maxAttempts": [] },
  },
  "providers": { "mine": { "base": "ftp://x" }, "other": { "base": "http://\${HOST}/" } },
}`;
  assert.deepEqual(tellAll(text), [
    "f:4:13: gateways.prod: Expected authentication: true beside tokens or verify",
    "f:4:28: gateways.prod.cache_ttl: Expected number",
    "f:4:33: gateways.prod.foo: Expected no such field",
    "f:4:54: gateways.prod.tokens[0]: Expected a token without white space and commas",
    'f:5:5: gateways["x y"]: Expected an id of 1 to 64 letters, digits and ._~-',
    'f:6:35: gateways["my.own"].maxAttempts: Expected one member of this name but found two',
    'f:6:50: gateways["my.own"].maxAttempts: Expected number',
    "f:8:36: providers.mine.base: Expected an absolute http or https URL without credentials, query or fragment",
    "f:8:68: providers.other.base: Expected no ${…}, because only secrets may come out of variables",
  ]);
});

test("what is no JSON is told by its place, and so is what is no object", () => {
  assert.deepEqual(tellAll('{\r\n  "gateways": {,}\r\n}'), [
    "f:2:16: Expected JSON with comments: here a value in its place",
  ]);
  assert.deepEqual(tellAll(""), ["f:1:1: Expected JSON with comments: here a value in its place"]);
  assert.deepEqual(tellAll('{ "gateways": { "a": {} }'), [
    "f:1:26: Expected JSON with comments: here a } before it",
  ]);
  for (const text of ["[]", "null", "5"]) assert.deepEqual(tellAll(text), ["f:1:1: Expected an object"]);
  for (const depth of [101, 100_000]) {
    const deep = `{ "defaults":\n ${"[".repeat(depth)}${"]".repeat(depth)} }`;
    assert.deepEqual(tellAll(deep), ["f:2:101: Expected at most 100 objects and lists within each other"]);
  }
  assert.deepEqual(tellAll("\uFEFF{}"), []);
});

test("what is wrong only when all is put together is told by its place, too, and all of it", () => {
  assert.deepEqual(tellAll('{ "providers": { "x.y": {}, "z": {} } }'), [
    'f:1:25: providers["x.y"].base: Expected a URL, because no provider of this name is known',
    "f:1:34: providers.z.base: Expected a URL, because no provider of this name is known",
  ]);
  const keys = '{ "gateways": {\n "a": { "keys": { "sk-one": "x", "openai": "y", "sk-two": "z" } } } }';
  assert.deepEqual(tellAll(keys), [
    "f:2:19: gateways.a.keys[0]: Expected the slug of a known provider",
    "f:2:49: gateways.a.keys[2]: Expected the slug of a known provider",
  ]);
});

test("one problem hides no other one, and each is told where it was written", () => {
  assert.deepEqual(tellAll('{ "providers": { "wall": {} },\n "breaker": 5 }'), [
    "f:1:26: providers.wall.base: Expected a URL, because no provider of this name is known",
    "f:2:13: breaker: Expected true, false or an object",
  ]);
  assert.deepEqual(
    tellAll(
      '{ "gateways": { "a": { "foo": 1, "tokens": ["t"] },\n "b": { "cacheTtl": "x", "keys": { "sk-x": "y" } } } }',
    ),
    [
      "f:1:22: gateways.a: Expected authentication: true beside tokens or verify",
      "f:1:24: gateways.a.foo: Expected no such field",
      "f:2:21: gateways.b.cacheTtl: Expected number",
      "f:2:36: gateways.b.keys[0]: Expected the slug of a known provider",
    ],
  );
  assert.deepEqual(
    tellAll('{ "gateways": { "a": { "rate_limiting_limit": 5, "keys": { "openai": 5 } } } }'),
    [
      "f:1:22: gateways.a.rate_limiting_interval: Expected a value but found none",
      "f:1:70: gateways.a.keys.openai: Expected a key, an object with a key, or a list of these",
    ],
  );
  assert.deepEqual(
    tellAll('{ "gateways": { "a": { "rate_limiting_limit": 5, "rate_limiting_interval": 0 } } }'),
    ["f:1:76: gateways.a.rate_limiting_interval: Expected a whole number of at least 1"],
  );
  assert.deepEqual(tellAll('{ "gateways": { "a": { "rateLimit": { "limit": 0, "intervall": 5 } } } }'), [
    "f:1:37: gateways.a.rateLimit.interval: Expected a value but found none",
    "f:1:48: gateways.a.rateLimit.limit: Expected a whole number of at least 1",
    "f:1:51: gateways.a.rateLimit.intervall: Expected no such field",
  ]);
  assert.deepEqual(
    tellAll('{ "gateways": { "a": { "keys": { "custom-wall": "k", "custom-5f1c9": "k" } } } }'),
    [
      "f:1:34: gateways.a.keys.custom-wall: Expected a lower-case slug such as my-provider, without custom-",
      "f:1:54: gateways.a.keys[1]: Expected a lower-case slug such as my-provider, without custom-",
    ],
  );
});

test("what is wrong makes nothing else wrong", () => {
  for (
    const text of [
      '{ "gateways": { "a": { "authentication": "yes", "tokens": ["t"], "keys": { "mine": "k" } } }, "providers": { "mine": 5 } }',
      '{ "gateways": { "a": { "authentication": true, "tokens": [{ "token": 5 }] } }, "providers": { "mine": { "base": 5 } } }',
      '{ "gateways": { "a": 5, "b": 5 } }',
    ]
  ) assert.equal(tellAll(text).length, 2, tellAll(text).join("\n"));
});

test("variables stand in for secrets, wherever these are, and a missing one is told by field and name", () => {
  const text = `{ "gateways": { "a": { "authentication": true,
    "tokens": ["\${T}", { "name": "b", "sha256": "\${S}" }],
    "keys": { "openai": ["\${K}", { "key": "pre-\${K}-post" }], "aws-bedrock": { "key": { "id": "\${K}" } } } } },
  "providers": { "mine": { "base": "http://x", "spread": [{ "key": "\${P}" }] } } }`;
  const variables = { T: "token-of-t", S: "a".repeat(64), K: "sk-1${T}", P: "p" };
  const { settings, complaints } = checkText(text, variables);
  assert.deepEqual(complaints, []);
  const [own] = Object.values(settings!.gateways!);
  assert.deepEqual(own!.tokens, ["token-of-t", { name: "b", sha256: "a".repeat(64) }]);
  assert.deepEqual(own!.keys, {
    "openai": ["sk-1${T}", { key: "pre-sk-1${T}-post" }],
    "aws-bedrock": { key: { id: "sk-1${T}" } },
  });
  assert.deepEqual(tellAll(text, { ...variables, K: "", P: undefined }), [
    "f:3:26: gateways.a.keys.openai[0]: Expected the variable K to be set",
    "f:3:43: gateways.a.keys.openai[1].key: Expected the variable K to be set",
    "f:3:95: gateways.a.keys.aws-bedrock.key.id: Expected the variable K to be set",
    "f:4:68: providers.mine.spread[0].key: Expected the variable P to be set",
  ]);
  assert.deepEqual(tellAll('{ "gateways": { "a": { "keys": { "openai": "${not a name}" } } } }'), [
    "f:1:44: gateways.a.keys.openai: Expected a variable such as ${OPENAI_API_KEY}",
  ]);
});

test("what settings come to has the defaults of all gateways in each, and no secret", () => {
  const { effective, complaints } = checkText(settings, env);
  assert.deepEqual(complaints, []);
  const text = JSON.stringify(effective);
  for (const secret of secrets) assert.ok(!text.includes(secret), secret);
  const { gateways } = effective as { gateways: Record<string, Record<string, unknown>> };
  assert.equal(gateways["prod"]!["maxAttempts"], 3);
  assert.equal(gateways["prod"]!["cacheTtl"], 60);
  assert.equal(gateways["open"]!["maxAttempts"], 2);
  assert.deepEqual(gateways["prod"]!["tokens"], [{ name: "ann", token: "***" }]);
  assert.deepEqual(gateways["prod"]!["keys"], { openai: [{ key: "***" }, { key: "***", alias: "batch" }] });
});

test("what settings come to tells of nobody's words but those of the file", () => {
  const told = (text: string) => checkText(text, {}).effective as Record<string, unknown>;
  assert.deepEqual(Object.keys(told('{ "gateways": { "a": {} } }')).sort(), [
    "basePath",
    "bodyLimit",
    "gateways",
    "origin",
  ]);
  const { providers } = told('{ "providers": { "aws-bedrock": { "maxConcurrent": 3 } } }');
  assert.deepEqual(providers, { "aws-bedrock": { maxConcurrent: 3 } });
});

test("settings of code are inspected as those of a file", () => {
  assert.deepEqual(inspectSettings({ gateways: 5, fetch: 1 } as unknown as Settings).problems, [
    { path: ["gateways"], expected: "Expected an object", name: false },
    { path: ["fetch"], expected: "Expected a function", name: false },
  ]);
  assert.deepEqual(inspectSettings(null as unknown as Settings).problems[0]!.path, []);
});

test("an explanation tells where a request would go, what the provider would see, and what would count", async () => {
  const explained = await explain(requests.native);
  assert.equal(explained.caller, "token ann");
  const [step] = explained.steps;
  assert.equal(step!.url, "https://api.openai.com/v1/chat/completions?trace=…");
  assert.deepEqual(step!.headers, [
    { name: "accept-encoding", from: "gateway" },
    { name: "authorization", from: "gateway" },
    { name: "content-type", from: "client" },
    { name: "x-own", from: "client" },
  ]);
  assert.equal(step!.model, "gpt-4o-mini");
  assert.equal(step!.options.maxAttempts, 5);
  assert.equal(step!.options.requestTimeout, 20_000);
  assert.equal(step!.cache!.ttl, 60);
  assert.deepEqual(step!.limits.map(({ unit, takes }) => [unit, takes]), [
    ["requests", 1],
    ["tokens", 100 + Math.ceil(JSON.stringify({ model: "gpt-4o-mini", max_tokens: 100 }).length / 4)],
    ["USD", null],
  ]);
});

test("an explanation tells of each step of a universal request what is its own", async () => {
  const { steps } = await explain(requests.universal);
  assert.deepEqual(steps.map(({ provider, url }) => [provider, url]), [
    ["openai", "https://api.openai.com/v1/chat/completions"],
    ["mine", "http://127.0.0.1:9/one/chat/completions"],
  ]);
  assert.deepEqual(steps[0]!.options.fallbackOn, ["5xx"]);
  assert.deepEqual(steps[1]!.choices!.map(({ url, weight }) => [url, weight]), [
    ["http://127.0.0.1:9/one/chat/completions", 1],
    ["http://127.0.0.1:9/two/chat/completions", 3],
  ]);
});

test("an explanation of what the gateway itself would answer tells that answer", async () => {
  assert.deepEqual((await explain(requests.stranger)).answer, {
    status: 401,
    internalCode: 2009,
    message: "Unauthorized",
  });
});

test("an explanation sends nothing, counts nothing, logs nothing, and asks no vault", async () => {
  const { settings: told } = checkText(settings, env);
  const touched: string[] = [];
  const touch = (what: string) => () => {
    touched.push(what);
    return Promise.reject(new Error(what));
  };
  const store = { get: touch("get"), set: touch("set"), delete: touch("delete"), add: touch("add") };
  const { prod } = told!.gateways!;
  const watched: Settings = {
    ...told!,
    store,
    cacheStore: store,
    fetch: touch("fetch"),
    onRequest: touch("onRequest"),
    onAttempt: touch("onAttempt"),
    onEnd: touch("onEnd"),
    gateways: { prod: { ...prod, keys: { openai: { key: touch("vault") } } } },
  };
  const request = readRequest(requests.native);
  const { steps } = await explainRequest(watched, request);
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(steps[0]!.url, "https://api.openai.com/v1/chat/completions?trace=…");
  assert.deepEqual(steps[0]!.headers.find(({ name }) => name === "authorization"), {
    name: "authorization",
    from: "gateway",
  });
  assert.deepEqual(touched, []);
});

test("an explanation tells who would be asked first, and all ways of a provider's own endpoint", async () => {
  const asked: string[] = [];
  const settings: Settings = {
    gateways: { g: { keys: { asks: "sk" } } },
    providers: {
      asks: {
        base: "http://asks.test",
        async authorize(key, { fetch }) {
          await fetch("https://tokens.test/one?key=secret", {}).finally(() => asked.push(key));
          return {};
        },
      },
      ways: { base: "http://ways.test", spread: [{ key: "sk-1" }, { base: "http://other.test", weight: 3 }] },
    },
  };
  const init = { body: '{"model":"m"}', headers: { "content-type": "application/json" } };
  const [asks] = (await explainRequest(settings, ask("/asks/x", init))).steps;
  assert.deepEqual([asks!.asks, asks!.refusal, asked], [["https://tokens.test"], undefined, ["sk"]]);
  const [ways] = (await explainRequest(settings, ask("/ways/x", init))).steps;
  assert.equal(ways!.model, "m");
  assert.deepEqual(
    ways!.choices!.map(({ url, weight, headers }) => [url, weight, headers.map(({ name }) => name)]),
    [
      ["http://ways.test/x", 1, ["accept-encoding", "authorization", "content-type"]],
      ["http://other.test/x", 3, ["content-type"]],
    ],
  );
});

test("an explanation is what the gateway then does", async () => {
  const { settings: told } = checkText(settings, env);
  const { cache: kept, url, headers } = (await explain(requests.native)).steps[0]!;
  const sent: { url: string; headers: string[] }[] = [];
  const keys: string[] = [];
  const store = memoryStore();
  const fetch: Fetch = (url, { headers }) => {
    sent.push({ url, headers: Object.keys(headers as object).sort() });
    return Promise.resolve(Response.json({}));
  };
  const cacheStore = { ...store, get: (key: string) => (keys.push(key), store.get(key)) };
  const gateway = createGateway({ ...told!, store, cacheStore, onEnd: () => {} });
  const response = await gateway.handle(readRequest(requests.native), { fetch, encoding: "kept" });
  await response.text();
  assert.equal(response.status, 200);
  assert.deepEqual(sent, [{ url: url.replace("…", "1"), headers: headers.map(({ name }) => name) }]);
  assert.deepEqual(keys.map((key) => key.split(":").at(-1)), [kept!.key]);
});

test("no explanation holds a secret, whether of the gateway or of the client", async () => {
  for (const request of Object.values(requests)) {
    const explained = await explain(request);
    const text = JSON.stringify(explained) + tellExplanation(explained);
    for (const secret of secrets) assert.ok(!text.includes(secret), secret);
  }
});

test("a collector's URL with a query is refused and not repeated, and one with a password is none to explain", () => {
  const text =
    '{ "gateways": { "a": { "otel": [{ "url": "https://otel.test/v1?key=sk-in-the-query-6e6e&b=1" }] } } }';
  const { effective, complaints } = checkText(text, {});
  assert.equal(effective, undefined);
  assert.deepEqual(complaints.map(({ path }) => path.join(".")), ["gateways.a.otel.0.url"]);
  assert.doesNotMatch(JSON.stringify(complaints), /6e6e/);
  for (const url of ["http://u:sk-pw@h.test/v1/a/b?key=sk-2", "http://sk-u@h.test/v1/a/b"]) {
    assert.throws(() => toRequest({ url }), { message: "url: Expected a URL without a name and a password" });
  }
});

test("an explanation says that a key of the cache was given, and not which", async () => {
  const explained = await explain(
    "POST /v1/me/open/openai/x\ncf-aig-cache-key: sk-as-a-key-17ab\n\n{}",
  );
  assert.ok(!JSON.stringify(explained).includes("17ab"));
  assert.equal(explained.steps[0]!.options.cacheKey, "***");
  assert.match(explained.steps[0]!.cache!.key!, /^[0-9a-f]{64}$/);
});

test("nothing that is told holds what a terminal would obey", async () => {
  const body = JSON.stringify({ model: "m\u001b[31m\u009b1m\u202e" });
  const explained = await explain(`POST /v1/me/open/openai/x\ncontent-type: application/json\n\n${body}`);
  assert.equal(
    tellExplanation(explained).split("\n").find((line) => line.includes("model"))?.trim(),
    "model       m?[31m?1m?",
  );
  const told = [
    tellComplaint("f\u001b[31m\nx", { path: ["a\u001b[31m", "b\u009b"], expected: "Expected \u001b[31m" }),
    tellJson({ "a\u009b1m": "\u202e\u{e0001}\n" }),
  ];
  // deno-lint-ignore no-control-regex -- control characters are what is looked for
  for (const line of told) assert.doesNotMatch(line, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  assert.deepEqual(JSON.parse(told[1]!), { "a\u009b1m": "\u202e\u{e0001}\n" });
  const { printer, written } = writing("pretty", true, true);
  printer.warn("one\u001b[31m\ntwo");
  printer.end();
  assert.ok(written().includes("one?[31m\ntwo\n"));
});

test("a request is read as HTTP writes it, or as JSON, and what is none is told without its words", async () => {
  const raw = readRequest(
    "# a comment\n\nPUT /v1/a/b/c?d HTTP/1.1\r\nHost: h.test\r\nX-One: 1\r\n\r\nline\r\nline\r\n",
  );
  assert.equal(raw.method, "PUT");
  assert.equal(raw.url, "http://h.test/v1/a/b/c?d");
  assert.equal(raw.headers.get("x-one"), "1");
  assert.equal(raw.headers.get("content-type"), null);
  assert.equal(await raw.text(), "line\r\nline");
  const json = readRequest('{"url":"http://h.test/v1/a/b","headers":{"a":"b"},"body":{"c":1}}');
  assert.deepEqual([json.method, json.headers.get("a"), await json.text()], ["POST", "b", '{"c":1}']);
  for (
    const wrong of [
      "sk-secret",
      "GET /x y z sk-secret",
      '{"url":5,"x":"sk-secret"}',
      "GET /\nsk-secret",
      "GET /\n\nsk-secret",
    ]
  ) {
    assert.throws(
      () => readRequest(wrong),
      (error: Error) => /Expected/.test(error.message) && !error.message.includes("sk-secret"),
    );
  }
});

test("each request is one line, with what it took, what went wrong, and no more than a line", async () => {
  const lines: RequestLine[] = [];
  const traffic = createTraffic((line) => lines.push(line));
  const answers = [503, 200, 503, 200];
  const fetch: Fetch = () => {
    const status = answers.shift()!;
    const usage = { prompt_tokens: 12, completion_tokens: 34 };
    return Promise.resolve(Response.json(status === 200 ? { choices: [], usage } : {}, { status }));
  };
  const gateway = traffic.watch(createGateway({
    fetch,
    price: () => 0.0012,
    onEnd: traffic.end,
    gateways: { g: {} },
  }));
  const body = JSON.stringify({ model: "gpt\u001b[31m\n-4o" });
  const headers = { "cf-aig-max-attempts": "2", "cf-aig-retry-delay": "0" };
  const send = async (request: Request) => {
    const before = lines.length;
    await (await gateway.handle(request)).text();
    if (!request.url.endsWith("/healthz")) await until(() => lines.length > before, "a line");
  };
  await send(ask("/openai/chat/completions", { body, headers }));
  await send(askUniversal(
    [{ provider: "openai", endpoint: "chat/completions", query: {} }, {
      provider: "groq",
      endpoint: "chat/completions",
      query: { model: "llama" },
    }],
  ));
  await send(new Request("http://localhost/v1/a/unknown/openai/models?key=secret"));
  await send(new Request("http://localhost/healthz"));
  const told = lines.map((line) => tellLine({ ...line, ms: 5 }, (_, text) => text).replace(/^\S+ /, ""));
  assert.deepEqual(told, [
    "POST g openai gpt?[31m?-4o 200 5 ms, 12+34 tokens, $0.0012, 2 attempts",
    "POST g groq llama 200 5 ms, 12+34 tokens, $0.0012, 2 attempts, fell back to step 1",
    "GET /v1/a/unknown/openai/models 400 5 ms",
  ]);
  assert.equal(traffic.summary(), "3 requests, 1 failed, 0 in flight, 92 tokens, $0.0024");
});

test("sums of money have two digits that tell something, and no fewer than cents", () => {
  const sums = [0, 0.0000038, 0.0012, 0.01, 0.015, 0.126, 0.5, 0.999, 1, 1.015, 12.5];
  assert.deepEqual(
    sums.map(tellDollars),
    ["0.00", "0.0000038", "0.0012", "0.010", "0.015", "0.13", "0.50", "1.00", "1.00", "1.01", "12.50"].map((
      told,
    ) => `$${told}`),
  );
});

test("the requests to try name a gateway that there is, and a token where it asks for one", () => {
  const told = (settings: Settings) => greeting("http://h.test", settings);
  const token = 'cf-aig-authorization: Bearer $TOKEN"';
  assert.match(told({}), /\/v1\/me\/my-gateway\/openai/);
  assert.ok(!told({}).includes(token));
  const locked = { authentication: true, tokens: ["t"] };
  const asking = told({ gateways: { prod: locked, other: locked } });
  assert.match(asking, /\/v1\/me\/prod\/openai/);
  assert.equal(asking.split(token).length, 3);
  assert.ok(!told({ gateways: { open: {}, prod: locked } }).includes(token));
  assert.match(told({}), /npx waygate demo/);
});

/** What a printer writes, to a terminal or not. */
function writing(format: LogFormat, isTTY: boolean, plain = false) {
  let written = "";
  const out = { isTTY, columns: 20, write: (text: string) => written += text };
  let requests = 0;
  const summary = () => `${requests} requests and so on and on`;
  const printer = createPrinter({ format, out, err: out, plain, summary });
  const line = { time: "2026-11-22T12:00:00.000Z", method: "GET", path: "/x", status: 404, ms: 1 };
  return { printer, written: () => written, request: () => (requests++, printer.request(line)) };
}

test("an interactive terminal has a last line that tells what has passed, and no longer than the terminal", () => {
  const { printer, request, written } = writing("pretty", true, true);
  request();
  request();
  printer.warn("beware");
  printer.draw();
  printer.end();
  const [clear, line] = ["\r\u001b[2K", "GET /x 404 1 ms\n"];
  const told = written().replace(/\d\d:\d\d:\d\d /g, "");
  const last = "2 requests and so o";
  assert.equal(told, `${clear}${line}${line}${last}${clear}beware\n${last}${clear}${last}${clear}`);
});

test("colours and a last line are for interactive terminals alone, and NO_COLOR takes the colours away", () => {
  for (
    const [isTTY, plain, colours] of [[true, false, true], [true, true, false], [
      false,
      false,
      false,
    ]] as const
  ) {
    const { printer, request, written } = writing("pretty", isTTY, plain);
    request();
    printer.end();
    assert.equal(written().includes("\u001b[31m404"), colours);
    assert.equal(written().includes("\u001b[2K"), isTTY);
  }
});

test("lines for programs are JSON, each of them, and none are written where nobody wants any", () => {
  const { printer, request, written } = writing("json", true);
  request();
  printer.note("hello", { url: "u" });
  printer.warn("beware");
  const told = written().trim().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(told.map(({ level, event, message, url }) => [level, event, message, url]), [
    ["info", "request", undefined, undefined],
    ["info", "note", "hello", "u"],
    ["warn", "note", "beware", undefined],
  ]);
  const silent = writing("none", true);
  silent.request();
  silent.printer.end();
  assert.equal(silent.written(), "");
});

test("a request that is under way ends at the gateway where it began, and the next begins at the new one", async () => {
  const { promise, resolve } = Promise.withResolvers<Response>();
  const open = (fetch: Fetch) => createGateway({ fetch });
  const swap = createSwap(open(() => promise), () => Promise.resolve());
  const first = swap.gateway.handle(ask("/openai/models", { body: "{}" }));
  swap.turn(open(() => Promise.resolve(new Response("new"))));
  const second = await swap.gateway.handle(ask("/openai/models", { body: "{}" }));
  assert.equal(await second.text(), "new");
  resolve(new Response("old"));
  assert.equal(await (await first).text(), "old");
});

async function explain(request: string) {
  const { settings: told } = checkText(settings, env);
  return await explainRequest({ ...told!, onEnd: () => {} }, readRequest(request));
}
