import assert from "node:assert/strict";
import { test } from "node:test";
import {
  createGateway,
  GatewayError,
  type GatewaySettings,
  memoryStore,
  type Price,
  type Settings,
} from "../src/index.ts";
import { hear } from "./support/hear.ts";
import { ask, askUniversal, type Line, readError, script } from "./support/script.ts";
import { until } from "./support/until.ts";

/** A day: no test meets the end of such a window. */
const interval = 86_400;
/** A dollar a token, whoever asks what. */
const price: Price = (_provider, model, { input = 0, output = 0 }) =>
  model === "unknown" ? undefined : input + output;
const json = { "content-type": "application/json" };

/** A plain answer that took so many tokens. */
const took = (input: number, output: number): Line => () =>
  Response.json({ choices: [], usage: { prompt_tokens: input, completion_tokens: output } });

/** A gateway `g` that counts, before a provider that plays a script. */
function counted(own: GatewaySettings, lines: readonly Line[], more: Settings = {}) {
  const { fetch, calls } = script(...lines);
  const gateway = createGateway({ fetch, price, ...more, gateways: { g: own } });
  const work: Promise<unknown>[] = [];
  const host = { waitUntil: (promise: Promise<unknown>) => void work.push(promise) };
  const call = (
    query: Record<string, unknown> = {},
    headers: Record<string, string> = {},
    path = "/openai/chat/completions",
  ) => {
    const body = JSON.stringify({ model: "m", max_tokens: 10, ...query });
    return gateway.handle(ask(path, { body, headers: { ...json, ...headers } }), host);
  };
  /** Waits until all that was read to its end is settled. */
  const settled = () => Promise.all(work.splice(0));
  /** Sends, reads to the end, waits until it is settled, and tells the status. */
  const statusOf = async (...args: Parameters<typeof call>) => {
    const response = await call(...args);
    await response.text().catch(() => {});
    await settled();
    return response.status;
  };
  return { gateway, calls, call, settled, statusOf };
}

test("what would cost too much is 429 / 2041, tells which budget and when to come again, and is not sent", async () => {
  const budgets = [{ name: "team", limit: 100, interval }];
  const { call, statusOf, calls } = counted({ budgets }, [took(50, 45)]);
  assert.equal(await statusOf(), 200);
  const refused = await call();
  assert.equal(refused.status, 429);
  assert.match(refused.headers.get("waygate-trail")!, /^openai;step=0;error=spent;ms=0$/);
  assert.ok(Number(refused.headers.get("retry-after")) > 0);
  assert.deepEqual(await readError(refused), {
    code: 2041,
    message: `Spend limit exceeded: rule 'team' (cost limit 100 per ${interval}s, fixed) for openai openai/m`,
    description: "step 0 (openai): spent after 0 ms",
  });
  assert.equal(calls.length, 1);
});

test("what a call may take is set aside while it is under way, and given back when it took less", async () => {
  let answer: (response: Response) => void = () => {};
  const slow: Line = () => new Promise<Response>((resolve) => answer = resolve);
  // A body of about 30 bytes and 60 tokens of answer: two such calls do not fit into 100.
  const { call, calls, settled, statusOf } = counted({ budgets: [{ limit: 100, interval }] }, [
    slow,
    took(5, 5),
  ]);
  const first = call({ max_tokens: 60 });
  await until(() => calls.length > 0, "a call");
  assert.equal((await call({ max_tokens: 60 })).status, 429);
  answer(Response.json({ choices: [], usage: { prompt_tokens: 1, completion_tokens: 1 } }));
  await (await first).text();
  await settled();
  assert.equal(await statusOf({ max_tokens: 60 }), 200);
});

test("of 500 calls at once, exactly as many pass as the budget has money for", async () => {
  const query = { max_tokens: 10 };
  const { length } = JSON.stringify({ model: "m", ...query });
  const cost = 10 + Math.ceil(length / 4);
  const { call } = counted(
    { budgets: [{ limit: 100 * cost, interval }] },
    Array(500).fill(took(cost - 1, 1)),
  );
  const answers = await Promise.all(Array.from({ length: 500 }, () => call(query)));
  assert.equal(answers.filter(({ status }) => status === 200).length, 100);
});

test("every attempt costs what it took, a failed one nothing", async () => {
  const bad: Line = () => new Response("", { status: 500 });
  const own = { budgets: [{ limit: 100, interval }], maxAttempts: 3, retryDelay: 0 };
  const { statusOf, calls } = counted(own, [bad, bad, took(20, 20), new Error("reset"), took(20, 19)]);
  assert.equal(await statusOf(), 200);
  assert.equal(await statusOf(), 200);
  assert.equal(calls.length, 5);
  assert.equal(await statusOf({ max_tokens: 30 }), 429);
});

test("a stream costs what its usage tells at its end", async () => {
  const events = [
    { choices: [{ index: 0, delta: { content: "a" } }] },
    { choices: [{ index: 0, delta: {}, finish_reason: "stop" }] },
    { choices: [], usage: { prompt_tokens: 70, completion_tokens: 20 } },
  ];
  const { statusOf } = counted({ budgets: [{ limit: 100, interval }] }, [() => stream(events)]);
  assert.equal(await statusOf(), 200);
  assert.equal(await statusOf(), 429);
});

test("a stream that tells no usage costs its prompt and a token for each event", async () => {
  const events = Array.from({ length: 80 }, () => ({ choices: [{ index: 0, delta: { content: "a" } }] }));
  const end = { choices: [{ index: 0, delta: {}, finish_reason: "stop" }] };
  const { statusOf } = counted({ budgets: [{ limit: 100, interval }] }, [() => stream([...events, end])]);
  assert.equal(await statusOf(), 200);
  assert.equal(await statusOf(), 429);
});

test("a stream that its client leaves costs what came of it", async () => {
  const word = { choices: [{ index: 0, delta: { content: "a" } }] };
  const { fetch } = script(({ signal }) => stream([word, word], signal), took(1, 1), took(1, 1));
  const gateway = createGateway({
    fetch,
    price,
    gateways: { g: { budgets: [{ limit: 100, interval }] } },
  });
  const body = JSON.stringify({ model: "m", max_tokens: 60, stream: true });
  const leaving = new AbortController();
  const work: Promise<unknown>[] = [];
  const response = await gateway.handle(
    ask("/openai/chat/completions", { body, headers: json, signal: leaving.signal }),
    { waitUntil: (promise) => void work.push(promise) },
  );
  await response.body!.getReader().read();
  const again = () => gateway.handle(ask("/openai/chat/completions", { body, headers: json }));
  assert.equal((await again()).status, 429);
  leaving.abort();
  await Promise.all(work);
  assert.equal((await again()).status, 200);
});

test("a model whose price nobody knows counts against no budget", async () => {
  const { statusOf } = counted({ budgets: [{ limit: 1, interval }] }, Array(4).fill(took(9, 9)));
  assert.equal(await statusOf({ model: "unknown" }), 200);
  assert.equal(await statusOf({ model: "unknown" }), 200);
  assert.equal(await statusOf({ model: undefined }), 200);
  assert.equal(await statusOf(), 200);
  assert.equal(await statusOf(), 429);
});

for (const odd of [NaN, -1, Infinity, () => Promise.reject(new Error("no"))]) {
  test(`a price that is none counts against no budget: ${String(odd)}`, async () => {
    const price = typeof odd === "function" ? odd : () => odd;
    const { statusOf } = counted({ budgets: [{ limit: 1, interval }] }, [took(9, 9)], { price });
    assert.equal(await statusOf(), 200);
  });
}

test("a budget may be for some models, providers or values of metadata, or for each", async () => {
  const cases: readonly [GatewaySettings["budgets"], string, boolean][] = [
    [[{ limit: 1, interval, models: ["m"] }], "/openai/x", true],
    [[{ limit: 1, interval, models: ["openai/m"] }], "/openai/x", true],
    [[{ limit: 1, interval, models: ["other"] }], "/openai/x", false],
    [[{ limit: 1, interval, providers: ["openai"] }], "/openai/x", true],
    [[{ limit: 1, interval, providers: ["groq"] }], "/openai/x", false],
    [[{ limit: 1, interval, providers: ["custom-mine"] }], "/mine/x", true],
    [[{ limit: 1, interval, providers: ["custom-mine"] }], "/custom-mine/x", true],
    [[{ limit: 1, interval, providers: ["mine"] }], "/custom-mine/x", true],
    [[{ limit: 1, interval, models: ["custom-mine/m"] }], "/custom-mine/x", true],
    [[{ limit: 1, interval, models: ["mine/m"] }], "/custom-mine/x", true],
    [[{ limit: 1, interval, models: ["custom-m"] }], "/mine/x", false],
    [[{ limit: 1, interval, metadata: { team: ["a", "7"] } }], "/openai/x", true],
    [[{ limit: 1, interval, metadata: { team: ["b"] } }], "/openai/x", false],
    [[{ limit: 1, interval, metadata: { other: ["7"] } }], "/openai/x", false],
  ];
  for (const [budgets, path, refuses] of cases) {
    const providers = { mine: { base: "https://mine.test", dialect: "openai" as const } };
    const { statusOf } = counted({ budgets: budgets! }, [took(1, 1), took(1, 1)], { providers });
    const headers = { "cf-aig-metadata": '{"team":7}' };
    await statusOf({ max_tokens: 1 }, headers, path);
    assert.equal(
      await statusOf({ max_tokens: 1 }, headers, path),
      refuses ? 429 : 200,
      `${path} ${JSON.stringify(budgets)}`,
    );
  }
  const named = counted({ budgets: [{ limit: 1, interval, models: ["custom-m"] }] }, [took(1, 1)]);
  await named.statusOf({ max_tokens: 1, model: "custom-m" });
  assert.equal(await named.statusOf({ max_tokens: 1, model: "custom-m" }), 429, "a model may be called so");
  const own = { budgets: [{ limit: 30, interval, per: ["metadata.user" as const] }] };
  const { statusOf } = counted(own, [took(20, 5), took(20, 5)]);
  for (const user of ["ann", "bob"]) {
    const headers = { "cf-aig-metadata": JSON.stringify({ user }) };
    assert.equal(await statusOf({}, headers), 200);
    assert.equal(await statusOf({}, headers), 429);
  }
});

test("a step whose budget is spent gives way to the next", async () => {
  const own = { budgets: [{ limit: 1, interval, providers: ["openai"] }] };
  const { gateway } = counted(own, [took(1, 1), took(1, 1)]);
  const steps = ["openai", "groq"].map((provider) => ({ provider, endpoint: "x", query: { model: "m" } }));
  await hear(gateway, askUniversal(steps));
  assert.equal((await gateway.handle(askUniversal(steps))).headers.get("cf-aig-step"), "1");
});

test("a limit of tokens refuses as other limits do", async () => {
  const { call, statusOf, calls } = counted({ rateLimit: { limit: 100, unit: "tokens", interval } }, [
    took(50, 45),
  ]);
  assert.equal(await statusOf(), 200);
  const refused = await call();
  assert.equal(refused.status, 429);
  assert.equal((await readError(refused)).code, 2003);
  const seconds = refused.headers.get("retry-after");
  assert.equal(refused.headers.get("ratelimit"), `"tokens 0";r=5;t=${seconds}`);
  assert.equal(refused.headers.get("ratelimit-policy"), `"tokens 0";q=100;qu="tokens";w=${interval}`);
  assert.equal(calls.length, 1);
});

test("a call that may take more than a limit has at all passes while nothing else is under way", async () => {
  const { statusOf } = counted({ rateLimit: { limit: 100, unit: "tokens", interval } }, [
    took(1, 1),
    took(1, 1),
  ]);
  assert.equal(await statusOf({ max_tokens: 5000 }), 200);
  assert.equal(await statusOf({ max_tokens: 98 }), 429);
  assert.equal(await statusOf({ max_tokens: 80 }), 200);
});

test("the longest answer that a call asks for is found in every provider's words", async () => {
  const queries = [
    { max_tokens: 90 },
    { max_tokens: undefined, max_completion_tokens: 90 },
    { max_tokens: undefined, max_output_tokens: 90 },
    { max_tokens: undefined, max_tokens_to_sample: 90 },
    { max_tokens: undefined, generationConfig: { maxOutputTokens: 90 } },
    { max_tokens: undefined, inferenceConfig: { maxTokens: 90 } },
    { max_tokens: 30, n: 3 },
  ];
  for (const query of queries) {
    let answer: (response: Response) => void = () => {};
    const slow: Line = () => new Promise<Response>((resolve) => answer = resolve);
    const { call, calls } = counted({ rateLimit: { limit: 120, unit: "tokens", interval } }, [
      slow,
      took(1, 1),
    ]);
    const first = call(query);
    await until(() => calls.length > 0, "a call");
    assert.equal((await call({ max_tokens: 20 })).status, 429, JSON.stringify(query));
    answer(Response.json({}));
    await first;
  }
});

test("what is kept from before costs nothing", async () => {
  const { statusOf } = counted({ budgets: [{ limit: 100, interval }], cacheTtl: 60 }, [took(50, 45)]);
  for (let asked = 0; asked < 3; asked++) assert.equal(await statusOf(), 200);
});

test("what a refused attempt had set aside is given back, whoever else answers", async () => {
  const refusal = (status: number): Line => () => Response.json({ error: {} }, { status });
  for (const status of [401, 429, 503]) {
    const own = {
      budgets: [{ limit: 1000, interval }],
      keys: { openai: ["sk-a", "sk-b"] },
      maxAttempts: 2,
      retryDelay: 0,
    };
    const { statusOf } = counted(own, [refusal(status), took(5, 5), took(1, 1)]);
    assert.equal(await statusOf({ max_tokens: 600 }), 200);
    assert.equal(await statusOf({ max_tokens: 900 }), 200, String(status));
  }
});

test("what was sent and not waited for costs its prompt", async () => {
  const never: Line = ({ signal }) =>
    new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  const own = { rateLimit: { limit: 150, unit: "tokens" as const, interval } };
  const { statusOf } = counted(own, [never, took(1, 1), took(1, 1)]);
  const pad = "x".repeat(400);
  assert.equal(await statusOf({ pad }, { "cf-aig-request-timeout": "5" }), 504);
  assert.equal(await statusOf({ max_tokens: 80 }), 429);
  assert.equal(await statusOf({ max_tokens: 10 }), 200);
});

for (const odd of [-1e9, 1.5, 1e308, "7", null]) {
  test(`a count that is none is taken for untold: ${odd}`, async () => {
    const told: Line = () => Response.json({ usage: { prompt_tokens: odd, completion_tokens: odd } });
    const { statusOf } = counted({ rateLimit: { limit: 50, unit: "tokens", interval } }, [told, told, told]);
    assert.equal(await statusOf({ max_tokens: 20 }), 200);
    assert.equal(await statusOf({ max_tokens: 20 }), 429);
  });
}

test("a body counts whatever type it says it has", async () => {
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "Application/JSON; charset=utf-8"]) {
    const { statusOf } = counted({ budgets: [{ limit: 100, interval }] }, [took(50, 45), took(1, 1)]);
    assert.equal(await statusOf({}, { "content-type": type }), 200);
    assert.equal(await statusOf({}, { "content-type": type }), 429, type);
  }
});

test("a path counts however it is written", async () => {
  for (const path of ["/openai/chat/%63ompletions", "/openai/chat/completions/"]) {
    const { statusOf } = counted({ rateLimit: { limit: 1000, unit: "tokens", interval } }, [
      took(1, 990),
      took(1, 1),
    ]);
    assert.equal(await statusOf({}, {}, path), 200);
    assert.equal(await statusOf({}, {}, path), 429, path);
  }
});

test("a model that has no price for an answer is priced by its prompt", async () => {
  const price: Price = (_provider, _model, { input = 0, output }) => output ? undefined : input;
  const told: Line = () => Response.json({ usage: { prompt_tokens: 90 } });
  const { statusOf } = counted({ budgets: [{ limit: 100, interval }] }, [told, told], { price });
  assert.equal(await statusOf({ pad: "x".repeat(100) }, {}, "/openai/embeddings"), 200);
  assert.equal(await statusOf({ pad: "x".repeat(100) }, {}, "/openai/embeddings"), 429);
});

test("a model that costs nothing passes though nothing is left", async () => {
  const price: Price = (_provider, model, { input = 0, output = 0 }) => model === "free" ? 0 : input + output;
  const { statusOf } = counted({ budgets: [{ limit: 10, interval }] }, [took(50, 50), took(1, 1)], { price });
  assert.equal(await statusOf(), 200);
  assert.equal(await statusOf(), 429);
  assert.equal(await statusOf({ model: "free" }), 200);
});

test("a price that never comes holds nobody up for long, and whoever leaves waits for nothing", async () => {
  const price = () => new Promise<never>(() => {});
  const { call } = counted({ budgets: [{ limit: 10, interval }], totalTimeout: 20 }, [took(1, 1)], { price });
  assert.equal((await call()).status, 504);
});

test("calls that are over have nothing left that waits for the signal they came with", async () => {
  const { signal } = new AbortController();
  const waiting = new Set<unknown>();
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
    waiting.add(args[1]);
    addEventListener.apply(signal, args);
  };
  signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
    waiting.delete(args[1]);
    removeEventListener.apply(signal, args);
  };
  const word = { choices: [{ index: 0, delta: { content: "a" } }] };
  const bad = () => new Response("no", { status: 500 });
  const lines = [took(1, 1), () => stream([word]), new Error("reset"), bad, took(1, 1)];
  const budgets = [{ limit: 40, interval }];
  const { gateway, calls } = counted({ budgets }, lines);
  const statuses = [];
  for (const max_tokens of [10, 10, 10, 10, 10, 90]) {
    const work: Promise<unknown>[] = [];
    const response = await gateway.run(
      { provider: "openai", endpoint: "chat/completions", query: { model: "m", max_tokens } },
      { signal, waitUntil: (promise) => void work.push(promise) },
    );
    await response.text().catch(() => {});
    await Promise.all(work);
    statuses.push(response.status);
    assert.equal(waiting.size, 0, `after ${statuses}`);
  }
  assert.deepEqual(statuses, [200, 200, 502, 500, 200, 429]);
  assert.equal(calls.length, 5);
});

test("gateways with one store share budgets", async () => {
  const store = memoryStore();
  const own = { budgets: [{ limit: 100, interval }] };
  assert.equal(await counted(own, [took(50, 45)], { store }).statusOf(), 200);
  assert.equal(await counted(own, [took(50, 45)], { store }).statusOf(), 429);
});

test("without a store that works money is spent uncounted, or with failClosed not at all", async () => {
  const broken = (..._: unknown[]) => Promise.reject(new Error("gone"));
  const store = { get: broken, set: broken, delete: broken, add: broken };
  const budgets = [{ limit: 1, interval }];
  const more = { store, warn: () => {} };
  assert.equal(await counted({ budgets }, [took(50, 45)], more).statusOf(), 200);
  assert.equal(await counted({ budgets, failClosed: true }, [], more).statusOf(), 503);
});

test("Cloudflare's spend limits say the same", async () => {
  const rule = { limit: 30, limitType: "cost" as const, window: interval, technique: "fixed" as const };
  const filter = (...values: string[]) => ({ mode: "filter" as const, values });
  const own: GatewaySettings = {
    spend_limits: {
      enabled: true,
      rules: [
        { ...rule, id: "off", enabled: false, limit: 1 },
        { ...rule, id: "others", limit: 1, provider: filter("groq"), model: filter("x") },
        { ...rule, id: "users", metadata: { user: { mode: "partition" }, plan: filter("free") } },
      ],
    },
  };
  const { statusOf, call } = counted(own, [took(20, 5), took(20, 5), took(20, 5), took(20, 5)]);
  const metadata = (user: string, plan: string) => ({ "cf-aig-metadata": JSON.stringify({ user, plan }) });
  assert.equal(await statusOf({}, metadata("ann", "free")), 200);
  assert.match((await readError(await call({}, metadata("ann", "free")))).message, /rule 'users'/);
  assert.equal(await statusOf({}, metadata("bob", "free")), 200);
  assert.equal(await statusOf({}, metadata("ann", "paid")), 200);
  const filtered = { ...rule, limit: 1, provider: filter("custom-mine") };
  const custom = counted({ spend_limits: { enabled: true, rules: [filtered] } }, [took(20, 5)], {
    providers: { mine: { base: "https://mine.test", dialect: "openai" } },
  });
  await custom.statusOf({ max_tokens: 1 }, {}, "/custom-mine/x");
  assert.equal(await custom.statusOf({ max_tokens: 1 }, {}, "/custom-mine/x"), 429);
  const off = { spend_limits: { enabled: false, rules: [{ ...rule, limit: 1 }] } };
  assert.equal(await counted(off, [took(20, 5)]).statusOf(), 200);
});

for (
  const [told, settings] of Object.entries<unknown>({
    "settings.gateways.g.budgets[0].limit": {
      price,
      gateways: { g: { budgets: [{ limit: 0, interval: 1 }] } },
    },
    "settings.gateways.g.budgets[0].window": {
      price,
      gateways: { g: { budgets: [{ limit: 1, interval: 1, window: 1 }] } },
    },
    "settings.gateways.g.budgets": {
      price,
      gateways: { g: { budgets: [1, 2].map((limit) => ({ name: "a", limit, interval: 1 })) } },
    },
    "settings.price": { gateways: { g: { budgets: [{ limit: 1, interval: 1 }] } } },
    "settings.gateways.g.rateLimit[0].unit": {
      gateways: { g: { rateLimit: { limit: 1, interval: 1, unit: "words" } } },
    },
    "settings.gateways.g.spend_limits.rules[0].limitType": {
      price,
      gateways: {
        g: {
          spend_limits: {
            enabled: true,
            rules: [{ limit: 1, window: 1, limitType: "count", technique: "fixed" }],
          },
        },
      },
    },
  })
) {
  test(`a budget that is none is an error at the start: ${told}`, () => {
    try {
      createGateway(settings as Settings);
      assert.fail("no error");
    } catch (error) {
      assert.ok(error instanceof GatewayError);
      assert.ok(error.message.startsWith(`${told}: Expected`), error.message);
    }
  });
}

/** A stream of events, which ends with its mark, or where there is a signal, when that aborts. */
function stream(events: readonly unknown[], signal?: AbortSignal): Response {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const event of events) controller.enqueue(encoder.encode(`data: ${JSON.stringify(event)}\n\n`));
      if (signal) return signal.addEventListener("abort", () => controller.error(signal.reason));
      controller.enqueue(encoder.encode("data: [DONE]\n\n"));
      controller.close();
    },
  });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}
