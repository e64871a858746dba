import assert from "node:assert/strict";
import { test } from "node:test";
import {
  answer,
  bodyOf,
  compose,
  createGateway,
  discard,
  explainRequest,
  GatewayError,
  jsonOf,
  type Layer,
  type Layers,
  type LogEntry,
  memoryLogs,
  type Plan,
  type Settings,
  type Step,
  succeeded,
  when,
} from "../src/index.ts";
import { invite } from "../src/guest.ts";
import { hear } from "./support/hear.ts";
import { ask, askUniversal, type Call, type Line, readError, script } from "./support/script.ts";

const good = () =>
  Response.json({ choices: [{ index: 0, message: { content: "Hi" }, finish_reason: "stop" }] });
const bad = () => new Response("no", { status: 503 });
const json = { "content-type": "application/json" };
const query = (more: object = {}) => ({ model: "large", messages: [], ...more });
const chat = (more: object = {}, headers: Record<string, string> = {}) =>
  ask("/openai/chat/completions", { body: JSON.stringify(query(more)), headers: { ...json, ...headers } });
const step = (provider = "openai", more: object = {}) => ({
  provider,
  endpoint: "chat/completions",
  query: query(more),
});
const models = (calls: readonly Call[]) => calls.map(({ body }) => JSON.parse(body).model);

/** A gateway with layers, before a provider that plays a script. */
function layered(layers: Layers, lines: readonly Line[], more: Settings = {}) {
  const { fetch, calls } = script(...lines);
  const warnings: string[] = [];
  const gateway = createGateway({ fetch, layers, warn: (text) => void warnings.push(text), ...more });
  return { gateway, calls, warnings };
}

/** Tells a list when an input comes by, and when its outcome does. */
const mark = <Input>(name: string, list: string[]): Layer<Input> => (next) => async (input, context) => {
  list.push(name);
  const outcome = await next(input, context);
  list.push(`/${name}`);
  return outcome;
};

const redact: Layer<Step> = (next) => async (step, context) => {
  const text = await step.body.read((bytes) => new TextDecoder().decode(bytes)) ?? "";
  return await next({ ...step, body: bodyOf(text.replaceAll("Ann", "…")) }, context);
};

const cheaper: Layer<Step> = (next) => async (step, context) => {
  const query = await jsonOf(step.body);
  const outcome = await next(step, { ...context, stepsLeft: context.stepsLeft + 1 });
  if (!query || succeeded(outcome)) return outcome;
  discard(outcome);
  return await next({ ...step, body: bodyOf({ ...query, model: "small" }) }, context);
};

const stub: Layer<Step> = () => (step) => Promise.resolve(answer(step, Response.json({ by: "stub" })));

/** A layer of whatever a program without types may hand in. */
const odd = (stage: unknown): Layer<Step> => () => stage as ReturnType<Layer<Step>>;

test("layers stand around the request, each step and each attempt, outermost first, the gateway's own within", async () => {
  const list: string[] = [];
  const layers: Layers = {
    plans: [mark("plan", list), mark("plan 2", list)],
    steps: [mark("step", list)],
    attempts: [mark("attempt", list)],
  };
  const own: Layers = { steps: [mark("own step", list)] };
  const { gateway, calls } = layered(layers, [bad(), good()], { gateways: { g: { layers: own }, h: {} } });
  const options = { "cf-aig-max-attempts": "2", "cf-aig-retry-delay": "0" };
  assert.equal((await gateway.handle(chat({}, options))).status, 200);
  assert.equal(calls.length, 2);
  const attempt = ["attempt", "/attempt"];
  const within = ["step", "own step", ...attempt, ...attempt, "/own step", "/step"];
  assert.deepEqual(list, ["plan", "plan 2", ...within, "/plan 2", "/plan"]);
});

test("a layer meets what comes by a provider's endpoint, by the universal one and by run", async () => {
  const list: string[] = [];
  const layers: Layers = { plans: [mark("plan", list)], steps: [redact, mark("step", list)] };
  const { gateway, calls } = layered(layers, [good(), bad(), good(), good()]);
  await gateway.handle(chat({ user: "Ann" }));
  await gateway.handle(askUniversal([step("openai", { user: "Ann" }), step("groq", { user: "Ann" })]));
  await gateway.run(step("openai", { user: "Ann" }));
  assert.deepEqual(calls.map(({ body }) => JSON.parse(body).user), ["…", "…", "…", "…"]);
  assert.equal(list.filter((name) => name === "plan").length, 3);
  assert.equal(list.filter((name) => name === "step").length, 4);
});

test("what a layer has made of a body is what is logged, and its model is what is paid", async () => {
  const logs = memoryLogs();
  const price = (_: string, model: string) => model === "small" ? 1 : 100;
  const usage = { usage: { prompt_tokens: 1, completion_tokens: 1 } };
  const lines = [bad(), Response.json({ choices: [], ...usage })];
  const bodies: string[] = [];
  const see = (entry: LogEntry) => {
    bodies.push(new TextDecoder().decode(entry.request));
    return entry;
  };
  const { gateway } = layered({ steps: [redact, cheaper] }, lines, { logs, price, redact: see });
  const response = await gateway.handle(chat({ user: "Ann" }, { "cf-aig-collect-log-payload": "true" }));
  const id = response.headers.get("cf-aig-log-id")!;
  await response.text();
  await gateway.flush();
  const record = (await logs.get(id))!;
  assert.deepEqual([record.model, record.cost, record.attempts.length], ["small", 1, 2]);
  assert.deepEqual(bodies.map((body) => JSON.parse(body)), [{ ...query({ user: "…" }), model: "small" }]);
});

test("a layer tries another model where one fails", async () => {
  const { gateway, calls } = layered({ steps: [cheaper] }, [bad(), good(), good()]);
  assert.equal((await gateway.handle(chat())).status, 200);
  assert.deepEqual(models(calls), ["large", "small"]);
  await gateway.handle(chat());
  assert.deepEqual(models(calls), ["large", "small", "large"]);
});

test("a layer tries another model where a stream ends before it says anything", async () => {
  const stream = () => new Response("", { headers: { "content-type": "text/event-stream" } });
  const { gateway, calls } = layered({ steps: [cheaper] }, [stream(), good()], {
    defaults: { commit: "event" },
  });
  assert.equal((await gateway.handle(chat({ stream: true }))).status, 200);
  assert.deepEqual(models(calls), ["large", "small"]);
});

test("a layer answers by itself, and no provider, limit or circuit hears of it", async () => {
  const rateLimit = { limit: 1, interval: 60 };
  const { gateway, calls } = layered({ steps: [stub] }, [], { gateways: { g: { rateLimit } } });
  for (let call = 0; call < 3; call++) {
    const response = await gateway.handle(askUniversal([step(), step("groq")]));
    assert.deepEqual(await response.json(), { by: "stub" });
    assert.equal(response.headers.get("cf-aig-step"), "0");
    assert.equal(response.headers.get("waygate-trail"), null);
  }
  assert.equal(calls.length, 0);
});

test("an answer of a layer's own around a request is logged as such", async () => {
  const logs = memoryLogs();
  const shut: Layer<Plan> = () => ([step]) =>
    Promise.resolve(answer(step, new Response("shut", { status: 403 })));
  const { gateway } = layered({ plans: [shut] }, [], { logs });
  const response = await gateway.handle(chat());
  assert.deepEqual([response.status, await response.text()], [403, "shut"]);
  await gateway.flush();
  const record = (await logs.get(response.headers.get("cf-aig-log-id")!))!;
  assert.deepEqual([record.status_code, record.attempts, record.cost], [403, [], null]);
});

test("an error that a layer throws on purpose is that step's failure, and the next step answers", async () => {
  const picky = when<Step>(
    ({ provider }) => provider === "openai",
    () => () => Promise.reject(new GatewayError("invalid", "Not in this house")),
  );
  const { gateway, calls, warnings } = layered({ steps: [picky] }, [good()]);
  assert.equal((await gateway.handle(askUniversal([step(), step("groq")]))).headers.get("cf-aig-step"), "1");
  const refused = await gateway.handle(chat());
  assert.equal(refused.status, 400);
  assert.equal((await readError(refused)).message, "Not in this house");
  assert.equal(calls.length, 1);
  assert.deepEqual(warnings, []);
});

test("what else a layer throws stays inside, and the error says which layer it was", async () => {
  for (
    const stage of [() => Promise.reject(new Error("sk-secret")), () => {
      throw "sk-secret";
    }]
  ) {
    const { gateway, warnings } = layered({ steps: [(next) => next, odd(stage)] }, []);
    const response = await gateway.handle(chat());
    assert.equal(response.status, 500);
    const text = await response.text();
    assert.match(text, /layers\.steps\[1\]: Expected a layer that does not throw/);
    assert.doesNotMatch(text + warnings, /sk-secret/);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]!, /layers\.steps\[1\]/);
  }
});

test("a layer that gives something else than an outcome is named", async () => {
  const read: Layer<Step> = (next) => async (step, context) => {
    const outcome = await next(step, context);
    if (outcome.kind === "answer") await outcome.response.text();
    return outcome;
  };
  const cases: readonly [Layer<Step>, RegExp][] = [
    [odd(() => undefined), /Expected an outcome/],
    [odd(() => good()), /Expected an outcome/],
    [
      odd((step: Step) => ({ kind: "answer", step, response: good() })),
      /Expected an answer that answer\(\) has made/,
    ],
    [odd((step: Step) => ({ kind: "failure", step, error: new Error("x") })), /Expected a GatewayError/],
    [odd((step: Step) => answer(step, Response.error())), /Expected a status of 200 to 599/],
    [read, /Expected a response that nobody has read/],
    [(next) => (step) => next(step, undefined as never), /Expected next\(input, context\)/],
    [
      (next) => (step, context) => next({ ...step, body: "{}" as never }, context),
      /whose body bodyOf has made/,
    ],
    [
      (next) => (step, context) => next({ ...step, url: "/v1" }, context),
      /Expected a step with an absolute URL/,
    ],
    [(next) => (_, context) => next(undefined as never, context), /Expected an input such as it was given/],
  ];
  for (const [layer, expected] of cases) {
    const { gateway } = layered({ steps: [layer] }, [good()]);
    const response = await gateway.handle(chat());
    assert.equal(response.status, 500, String(expected));
    const { message } = await readError(response);
    assert.match(message, /^layers\.steps\[0\]: /);
    assert.match(message, expected);
  }
  const { gateway } = layered({}, [], {
    gateways: { g: { layers: { plans: [(next) => (_, context) => next([] as never, context)] } } },
  });
  const { message } = await readError(await gateway.handle(chat()));
  assert.equal(message, "the gateway's layers.plans[0]: Expected a plan of at least one step");
});

test("a gateway is not made of layers that are none", () => {
  const complaint = (layers: unknown) => {
    try {
      createGateway({ layers: layers as Layers });
    } catch (error) {
      assert.ok(error instanceof GatewayError && error.code === "invalid");
      return error.message;
    }
    return "none";
  };
  assert.match(complaint({ steps: ["x"] }), /^settings\.layers\.steps\[0\]: Expected a function/);
  assert.match(complaint({ step: [] }), /^settings\.layers\.step: /);
  assert.match(
    complaint({ attempts: [() => Promise.resolve()] }),
    /^layers\.attempts\[0\]: Expected a function/,
  );
  assert.equal(complaint({ plans: [], steps: [(next: unknown) => next] }), "none");
});

test("whoever changes a plan has its steps numbered anew", async () => {
  const reverse: Layer<Plan> = (next) => (plan, context) =>
    next([...plan].reverse() as unknown as [Step, ...Step[]], context);
  const logs = memoryLogs();
  const { gateway, calls } = layered({ plans: [reverse] }, [bad(), good()], { logs });
  const response = await gateway.handle(askUniversal([step(), step("groq")]));
  assert.deepEqual(calls.map(({ url }) => new URL(url).host), ["api.groq.com", "api.openai.com"]);
  assert.equal(response.headers.get("cf-aig-step"), "1");
  assert.match(response.headers.get("waygate-trail")!, /^groq;step=0;.*openai;step=1;/);
  await response.text();
  await gateway.flush();
  const record = (await logs.get(response.headers.get("cf-aig-log-id")!))!;
  assert.deepEqual([record.provider, record.step], ["openai", 1]);
});

test("a plan that has become longer is carried and logged as any", async () => {
  const twice: Layer<Plan> = (next) => ([first], context) =>
    next([first, { ...first, provider: "spare" }], context);
  const logs = memoryLogs();
  const { gateway } = layered({ plans: [twice] }, [bad(), good()], { logs });
  const response = await gateway.run(step());
  await response.text();
  await gateway.flush();
  const record = (await logs.get(response.headers.get("cf-aig-log-id")!))!;
  assert.deepEqual(record.attempts.map(({ provider, result }) => [provider, result]), [["openai", 503], [
    "spare",
    200,
  ]]);
});

test("header fields that a layer adds reach the provider, whatever their case", async () => {
  const label: Layer<Step> = (next) => (step, context) =>
    next({ ...step, headers: { ...step.headers, "X-Asked-By": "me", "Authorization": "Bearer b" } }, context);
  const { gateway, calls } = layered({ steps: [label] }, [good()]);
  await gateway.handle(chat({}, { authorization: "Bearer a" }));
  assert.equal(calls[0]!.headers.get("x-asked-by"), "me");
  assert.equal(calls[0]!.headers.get("authorization"), "Bearer b");
});

test("a URL that a layer has changed counts, of a provider with several ways, too", async () => {
  const move: Layer<Step> = (next) => (step, context) =>
    next({ ...step, url: "https://else.example/v1" }, context);
  const openai = { spread: [{ key: "sk-one", weight: 1e9 }, { key: "sk-two", weight: 1e-9 }] };
  const { gateway, calls } = layered({ steps: [move] }, [good()], { providers: { openai } });
  await gateway.handle(chat());
  assert.equal(calls[0]!.url, "https://else.example/v1");
  assert.equal(calls[0]!.headers.get("authorization"), "Bearer sk-one");
});

test("options that a layer has changed count: cache, attempts, total time", async () => {
  const opt = (options: Step["options"]): Layer<Step> => (next) => (step, context) =>
    next({ ...step, options: { ...step.options, ...options } }, context);
  const cached = layered({ steps: [opt({ cacheTtl: 60 })] }, [good(), good()]);
  await hear(cached.gateway, chat());
  assert.equal((await cached.gateway.handle(chat())).headers.get("cf-aig-cache-status"), "HIT");
  assert.equal((await cached.gateway.handle(chat({ user: 2 }))).headers.get("cf-aig-cache-status"), "MISS");

  const tried = layered({ steps: [opt({ maxAttempts: 2, retryDelay: 0 })] }, [bad(), good()]);
  assert.equal((await tried.gateway.handle(chat())).status, 200);

  const error = () =>
    new Response('data: {"error":{"message":"no"}}\n\n', {
      headers: { "content-type": "text/event-stream" },
    });
  const again = layered({ steps: [opt({ maxAttempts: 2, retryDelay: 0 })] }, [error(), good()]);
  assert.equal((await again.gateway.handle(chat({ stream: true }))).status, 200);
  assert.equal(again.calls.length, 2);

  const hurry: Layer<Plan> = (next) => ([step], context) =>
    next([{ ...step, options: { ...step.options, totalTimeout: 10 } }], context);
  const hurried = layered({ plans: [hurry] }, [
    ({ signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
  ]);
  assert.equal((await hurried.gateway.handle(chat())).status, 504);
});

test("the cache and limits go by what a layer has made of a step", async () => {
  const own = { cacheTtl: 60, rateLimit: { limit: 2, interval: 60, per: ["model"] as const } };
  const { gateway, calls } = layered({ steps: [redact] }, [good(), good()], { gateways: { g: own } });
  await hear(gateway, chat({ user: "Ann" }));
  assert.equal((await gateway.handle(chat({ user: "…" }))).headers.get("cf-aig-cache-status"), "HIT");
  assert.equal(calls.length, 1);
});

test("an answer that a layer has changed reaches the client whole, and is kept so where the cache is outside", async () => {
  const shout: Layer<Step> = (next) => async (step, context) => {
    const outcome = await next(step, context);
    if (outcome.kind === "failure") return outcome;
    const text = (await outcome.response.text()).toUpperCase() + "!";
    return { ...outcome, response: new Response(text, outcome.response) };
  };
  const plain = () =>
    new Response("hi", { headers: { "content-length": "2", "content-type": "text/plain" } });
  const { gateway } = layered({ attempts: [shout], steps: [shout] }, [plain()], {
    defaults: { cacheTtl: 60 },
  });
  const first = await hear(gateway, chat());
  assert.deepEqual([first.text, first.response.headers.get("content-length")], ["HI!!", null]);
  const second = await hear(gateway, chat());
  assert.deepEqual([second.text, second.status], ["HI!!", "HIT"]);
});

test("a response that a layer has of somebody else says the truth about its body", async () => {
  const headers = { "content-encoding": "gzip", "content-length": "3" };
  const decoded: Layer<Step> = () => (step) =>
    Promise.resolve(answer(step, new Response("not compressed any more", { headers })));
  const response = await layered({ steps: [decoded] }, []).gateway.handle(chat());
  assert.deepEqual([...response.headers.keys()].filter((name) => name in headers), []);
  assert.equal(await response.text(), "not compressed any more");
});

test("no layer sees a key of the gateway's, neither in a step nor in what comes of it", async () => {
  const seen: unknown[] = [];
  const spy: Layer<Step> = (next) => async (step, context) => {
    const outcome = await next(step, context);
    seen.push(step, outcome.step);
    return outcome;
  };
  const gateways = { g: { authentication: true, tokens: ["t"], keys: { openai: "sk-secret" } } };
  const { gateway, calls } = layered({ steps: [spy], attempts: [spy] }, [good()], { gateways });
  await gateway.handle(chat({}, { "cf-aig-authorization": "Bearer t" }));
  assert.equal(calls[0]!.headers.get("authorization"), "Bearer sk-secret");
  assert.equal(seen.length, 4);
  assert.doesNotMatch(JSON.stringify(seen), /sk-secret/);
});

test("a client that leaves is no fault of a layer's", async () => {
  const client = new AbortController();
  const slow: Layer<Step> = () => (_, { signal }) =>
    new Promise((_, reject) => {
      signal.addEventListener("abort", () => reject(new Error("left")));
      client.abort();
    });
  const { gateway, warnings } = layered({ steps: [slow] }, []);
  const response = await gateway.run(step(), { signal: client.signal });
  assert.equal(response.status, 499);
  assert.deepEqual(warnings, []);
});

test("what goes wrong within is told to a layer as a failure, not thrown", async () => {
  const kinds: string[] = [];
  const tell: Layer<Step> = (next) => async (step, context) => {
    const outcome = await next(step, context);
    kinds.push(outcome.kind === "failure" ? outcome.error.code : outcome.kind);
    return outcome;
  };
  const { gateway } = layered({ steps: [tell] }, [new Error("broken")]);
  assert.equal((await gateway.handle(chat())).status, 502);
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(new Uint8Array(9));
      controller.close();
    },
  });
  const small = layered({ steps: [tell] }, [], { bodyLimit: 8, defaults: { maxAttempts: 2 } });
  const long = new Request(ask("/openai/files"), { method: "POST", body, duplex: "half" } as RequestInit);
  assert.equal((await small.gateway.handle(long)).status, 413);
  assert.deepEqual(kinds, ["network", "too_large"]);
});

test("explaining a request asks no layer", async () => {
  const list: string[] = [];
  const layers = { plans: [mark<Plan>("plan", list)], steps: [mark<Step>("step", list)] };
  const { steps } = await explainRequest({ layers, gateways: { g: { layers } } }, chat());
  assert.equal(steps.length, 1);
  assert.deepEqual(list, []);
});

test("where there are no layers, nothing stands in their place", () => {
  const stage = () => Promise.reject(new Error("not called"));
  assert.equal(compose<Step>()(stage), stage);
  assert.equal(compose<Step>(false, undefined)(stage), stage);
  const none = { plans: [], steps: [], attempts: [] };
  assert.deepEqual(invite(undefined, undefined, () => {}), none);
  assert.deepEqual(invite({}, { steps: [] }, () => {}), none);
});
