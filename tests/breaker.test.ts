import assert from "node:assert/strict";
import { test } from "node:test";
import { readAddress } from "../src/address.ts";
import { bytesBody } from "../src/body.ts";
import { createContext } from "../src/context.ts";
import {
  type BreakerSettings,
  createGateway,
  type ErrorCode,
  GatewayError,
  memoryStore,
  type Settings,
} from "../src/index.ts";
import { proxy } from "../src/doors/proxy.ts";
import { part } from "../src/headers.ts";
import { checkSettings } from "../src/settings/settings.ts";
import { createSites } from "../src/site.ts";
import { breaker } from "../src/steps/breaker.ts";
import { retry } from "../src/steps/retry.ts";
import type { UniversalStep } from "../src/public.ts";
import type { Counter, Store } from "../src/store.ts";
import type { Answer, Ending, Outcome, Step } from "../src/types.ts";
import { hear } from "./support/hear.ts";
import { ask, askUniversal, script } from "./support/script.ts";
import { healthy, openai, play, readAll } from "./support/sse.ts";
import { stretch } from "./support/stretch.ts";

const settings = { failureRatio: 0.5, minimum: 4, window: 1000, cooldown: 100 };

/** What the stage under a breaker answers with. */
type Told = number | ErrorCode | Promise<Ending>;

/** The step of a call for a model. */
function stepOf(model: string, provider = "openai"): Step {
  const body = bytesBody(new TextEncoder().encode(JSON.stringify({ model })));
  const headers = { "content-type": "application/json" };
  const rest = {
    index: 0,
    provider,
    endpoint: "chat/completions",
    method: "POST",
    options: {},
    watched: "always" as const,
    metered: false,
    captured: false,
    authorize: (step: Step) => Promise.resolve(step),
  };
  return { ...rest, url: `https://${provider}.test/chat/completions`, headers, body };
}

/** What goes with a call. */
interface Call {
  readonly model?: string;
  readonly provider?: string;
  readonly gateway?: string;
  readonly insist?: boolean;
  readonly headers?: Record<string, string>;
}

/** A breaker whose clock and provider the test holds; `passes` tells whether a call went through. */
function bench(own?: Store & Counter) {
  const clock = { now: 1_000_000 };
  const store = own ?? memoryStore({ entries: 100 }, () => clock.now);
  const layer = breaker(settings, store, () => clock.now);
  let made = 0;

  async function call(told: Told, more: Call = {}): Promise<Outcome> {
    const { model = "m", provider = "openai", gateway = "g", insist = false, headers = {} } = more;
    const context = createContext({ account: "a", gateway, signal: new AbortController().signal, knobs: {} });
    const stage = layer((step) => {
      made++;
      return Promise.resolve(outcomeOf(step, told, headers));
    });
    return await stage(stepOf(model, provider), { ...context, insist });
  }

  /** Whether a call of the kind went through. */
  async function passes(told: Told, more?: Call): Promise<boolean> {
    const before = made;
    await call(told, more);
    await settled();
    return made > before;
  }

  async function repeat(times: number, told: Told, more?: Call): Promise<void> {
    for (let n = 0; n < times; n++) assert.equal(await passes(told, more), true, `${String(told)} ${n}`);
  }

  return { clock, call, passes, repeat };
}

function outcomeOf(step: Step, told: Told, headers: Record<string, string>): Outcome {
  if (typeof told === "string") return { kind: "failure", step, error: new GatewayError(told) };
  const status = typeof told === "number" ? told : 200;
  const attempt = { step: 0, provider: step.provider, began: 0, result: status };
  const answer: Answer = { kind: "answer", step, attempt, response: new Response(null, { status, headers }) };
  return typeof told === "number" ? answer : { ...answer, ended: told };
}

/** Lets what follows the end of an answer come to its own end. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

const failing: readonly Told[] = [
  408,
  500,
  503,
  529,
  "network",
  "timeout",
  "odd_status",
  "overloaded",
  "provider_error",
  "malformed",
  "truncated",
  Promise.resolve("truncated"),
  Promise.resolve("provider_error"),
  Promise.resolve("stalled"),
];
const neutral: readonly Told[] = [
  400,
  401,
  404,
  422,
  429,
  "abandoned",
  "client_left",
  "crowded",
  "quota",
  "content_filter",
  "context_length",
  "rate_limited",
  Promise.resolve("client_left"),
];

test("a circuit opens when enough calls of a window have failed, and then nothing is sent", async () => {
  for (const told of failing) {
    const { call, passes, repeat } = bench();
    await repeat(4, told);
    assert.equal(await passes(200), false);
    const outcome = await call(200);
    assert.equal(outcome.kind === "failure" && outcome.error.code, "open");
    assert.equal(outcome.kind === "failure" && outcome.until, 1_000_100);
  }
});

test("what is the client's fault, or nobody's, tells nothing about the provider", async () => {
  for (const told of neutral) {
    const { passes, repeat } = bench();
    await repeat(9, told);
    await repeat(3, 500);
    assert.equal(await passes(500), true, "three failures are not enough");
    assert.equal(await passes(200), false);
  }
});

test("a circuit stays closed below the ratio, and below the minimum of calls", async () => {
  const { passes, repeat } = bench();
  await repeat(3, 500);
  await repeat(4, Promise.resolve("complete"));
  await repeat(1, 200);
  await repeat(2, 500);
  assert.equal(await passes(200), false, "five of ten have failed");
  const few = bench();
  await few.repeat(3, 500);
  assert.equal(await few.passes(200), true);
});

test("failures of an earlier window are forgotten", async () => {
  const { clock, passes, repeat } = bench();
  await repeat(3, 500);
  clock.now += 1000;
  await repeat(3, 500);
  assert.equal(await passes(500), true);
  assert.equal(await passes(500), false);
});

test("each gateway, provider and model has a circuit of its own", async () => {
  const { passes, repeat } = bench();
  await repeat(4, 500);
  assert.equal(await passes(200), false);
  for (const other of [{ model: "n" }, { provider: "groq" }, { gateway: "h" }]) {
    assert.equal(await passes(200, other), true);
  }
});

test("a provider has one circuit, by whichever of its names it is called", async () => {
  const { passes, repeat } = bench();
  await repeat(2, 500, { provider: "mine" });
  await repeat(2, 500, { provider: "custom-mine" });
  for (const provider of ["mine", "custom-mine"]) assert.equal(await passes(200, { provider }), false);
});

test("after the cooldown one call probes at a time, and its success lets all others in", async () => {
  const { clock, call, passes, repeat } = bench();
  await repeat(4, 500);
  clock.now += 99;
  assert.equal(await passes(200), false);
  clock.now += 1;
  const { promise, resolve } = Promise.withResolvers<Ending>();
  await call(promise);
  assert.deepEqual(await Promise.all([passes(200), passes(200), passes(200)]), [false, false, false]);
  resolve("complete");
  await settled();
  await repeat(3, 500);
  assert.equal(await passes(500), true, "the failures of old do not count any more");
});

test("of many calls at the same moment exactly one probes", async () => {
  const { clock, call, repeat } = bench();
  await repeat(4, 500);
  clock.now += 100;
  const { promise } = Promise.withResolvers<Ending>();
  const probes = async () => {
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => call(promise)));
    return outcomes.filter(({ kind }) => kind === "answer").length;
  };
  assert.equal(await probes(), 1);
  clock.now += 59_999;
  assert.equal(await probes(), 0);
  clock.now += 1;
  assert.equal(await probes(), 1, "one that is lost does not keep the circuit open for ever");
});

test("a probe that fails opens the circuit for another cooldown", async () => {
  const { clock, passes, repeat } = bench();
  await repeat(4, 500);
  for (let round = 0; round < 3; round++) {
    clock.now += 100;
    assert.equal(await passes("network"), true);
    clock.now += 99;
    assert.equal(await passes(200), false);
    clock.now += 1;
    assert.equal(await passes(Promise.resolve("truncated")), true);
  }
});

test("a probe that tells nothing makes room for the next at once", async () => {
  for (const told of neutral) {
    const { clock, passes, repeat } = bench();
    await repeat(4, 500);
    clock.now += 100;
    await repeat(3, told);
    assert.equal(await passes(500), true);
    assert.equal(await passes(200), false, "the circuit was still on probation");
  }
});

test("calls that began before a circuit turned tell nothing about what came after", async () => {
  const { clock, call, passes, repeat } = bench();
  const slow = Promise.withResolvers<Ending>();
  for (let n = 0; n < 9; n++) await call(slow.promise);
  await repeat(4, 500);
  clock.now += 50;
  slow.resolve("truncated");
  await settled();
  clock.now += 50;
  await repeat(1, 200);
  await repeat(4, 500);
  assert.equal(await passes(200), false);
});

test("an old call neither closes an open circuit nor prolongs its cooldown", async () => {
  for (const ending of ["complete", "truncated"] as const) {
    const { clock, call, passes, repeat } = bench();
    const slow = Promise.withResolvers<Ending>();
    for (let n = 0; n < 9; n++) await call(slow.promise);
    await repeat(4, "network");
    clock.now += 99;
    slow.resolve(ending);
    await settled();
    assert.equal(await passes(200), false);
    clock.now += 1;
    assert.equal(await passes(200), true);
  }
});

test("a probe that throws makes room for the next", async () => {
  const store = memoryStore();
  const { clock, passes, repeat } = bench(store);
  await repeat(4, 500);
  clock.now += 100;
  const broken = breaker(settings, store, () => clock.now)(() => Promise.reject(new Error("broken")));
  const context = createContext({
    account: "a",
    gateway: "g",
    signal: new AbortController().signal,
    knobs: {},
  });
  await assert.rejects(broken(stepOf("m"), context), /broken/);
  assert.equal(await passes(200), true);
});

test("a 429 lets the step rest for as long as the provider asks", async () => {
  for (const headers of [{ "retry-after-ms": "500" }, { "retry-after": "0.5" }] as Record<string, string>[]) {
    const { clock, passes, repeat } = bench();
    await repeat(1, 429, { headers });
    clock.now += 499;
    assert.equal(await passes(200), false);
    assert.equal(await passes(200, { model: "n" }), true);
    clock.now += 1;
    assert.deepEqual(await Promise.all([passes(200), passes(200)]), [true, true], "without a probe");
  }
});

test("a probe that meets a 429 rests as asked and leaves the circuit on probation", async () => {
  const { clock, passes, repeat } = bench();
  await repeat(4, 500);
  clock.now += 100;
  assert.equal(await passes(429, { headers: { "retry-after": "1" } }), true);
  clock.now += 999;
  assert.equal(await passes(200), false);
  clock.now += 1;
  assert.equal(await passes(500), true);
  assert.equal(await passes(200), false);
});

test("a 429 does not forgive the failures beside it", async () => {
  const { clock, call, passes, repeat } = bench();
  await repeat(3, 500);
  const asks = { headers: { "retry-after-ms": "500" } };
  await Promise.all([call(429, asks), call("network"), call(429, asks)]);
  clock.now += 499;
  assert.equal(await passes(200), false);
  clock.now += 1;
  assert.equal(await passes(500), true);
  assert.equal(await passes(200), false, "the fourth failure has opened the circuit");
});

test("a circuit that has closed does not start anew when an earlier probe ends", async () => {
  for (const ending of ["complete", "client_left", "truncated"] as const) {
    const { clock, call, passes, repeat } = bench();
    await repeat(4, 500);
    clock.now += 100;
    const slow = Promise.withResolvers<Ending>();
    await call(slow.promise);
    await repeat(1, 200, { insist: true });
    await repeat(3, 500);
    slow.resolve(ending);
    await settled();
    await repeat(1, 500);
    assert.equal(await passes(200), false);
  }
});

test("who insists is let in though the circuit is open, and his success closes it", async () => {
  const { clock, passes, repeat } = bench();
  await repeat(4, 500);
  clock.now += 99;
  assert.equal(await passes(500, { insist: true }), true);
  assert.equal(await passes(200), false);
  clock.now += 1;
  assert.equal(await passes(500), true, "who insists and fails does not prolong the cooldown");
  assert.equal(await passes(200, { insist: true }), true);
  assert.equal(await passes(200), true);
});

test("breakers that share a store share their circuits", async () => {
  const store = memoryStore();
  const [one, other] = [bench(store), bench(store)];
  await one.repeat(2, 500);
  await other.repeat(2, 500);
  assert.deepEqual([await one.passes(200), await other.passes(200)], [false, false]);
});

test("a store holds JSON under short keys of gateway, provider and model", async () => {
  const inner = memoryStore();
  const keys = new Set<string>();
  const store = {
    ...inner,
    set(key: string, value: unknown, ttl: number) {
      assert.deepEqual(JSON.parse(JSON.stringify(value)), value);
      keys.add(key);
      return inner.set(key, value, ttl);
    },
    add(key: string, amount: number, window: number) {
      assert.ok(Number.isSafeInteger(amount));
      keys.add(key);
      return inner.add(key, amount, window);
    },
  };
  const { clock, repeat } = bench(store);
  for (const model of ["m", "x".repeat(10_000)]) {
    await repeat(4, 500, { model });
    clock.now += 100;
    await repeat(1, 200, { model });
  }
  assert.ok(keys.has("breaker/g/openai/m"));
  for (const key of keys) assert.ok(key.startsWith("breaker/g/openai/") && key.length <= 256, key);
});

test("circuits of many models, and of many gateway ids, take no more room in memory than others", async () => {
  const inner = memoryStore({ entries: 10 });
  const keys: string[] = [];
  const { repeat } = bench({
    ...inner,
    add(key, amount, window) {
      keys.push(key);
      return inner.add(key, amount, window);
    },
  });
  for (let n = 0; n < 10; n++) await repeat(1, 500, { model: `m:${n}` });
  for (let n = 0; n < 10; n++) await repeat(1, 500, { gateway: `g${n}:1` });
  const sums = await Promise.all(keys.toReversed().map((key) => inner.add(key, 0, 1000)));
  assert.deepEqual(sums.map(({ used }) => used > 0), Array.from({ length: 20 }, (_, n) => n < 10));
});

test("a store that fails lets every call through", async () => {
  const no = () => Promise.reject(new Error("gone"));
  const { repeat } = bench({ get: no, set: no, delete: no, add: no });
  await repeat(9, 500);
  const inner = memoryStore();
  const forgetful = bench({ ...inner, set: no });
  await forgetful.repeat(9, 500);
});

const down = () => new Response("down", { status: 500 });
const chat = (provider = "openai", config = {}) => ({
  provider,
  endpoint: "chat/completions",
  query: { model: "m" },
  config,
});

/** A gateway whose circuits open after two failures, and a provider for each slug. */
function gatewayOf(breaker: boolean | BreakerSettings, lines: Record<string, () => Response | Error>) {
  const calls: string[] = [];
  const gateway = createGateway({
    breaker,
    async fetch(url, init) {
      const slug = Object.keys(lines).find((slug) => url.startsWith(`https://api.${slug}.`))!;
      await new Response(init.body ?? null).text();
      calls.push(slug);
      const line = lines[slug]!();
      if (line instanceof Error) throw line;
      return line;
    },
  });
  /** Asks, and tells the status and whom it reached. */
  async function reach(...steps: UniversalStep[]) {
    calls.length = 0;
    const { response, text } = await hear(gateway, askUniversal(steps));
    return { status: response.status, text, step: response.headers.get("cf-aig-step"), calls: [...calls] };
  }
  return { gateway, calls, reach };
}

const soon = { failureRatio: 0.5, minimum: 2 };

test("a step whose circuit is open gives way to the next at once, without a call", async () => {
  const { reach } = gatewayOf(soon, { openai: down, groq: () => Response.json("good") });
  const plan = [chat("openai"), chat("groq")];
  assert.deepEqual((await reach(...plan)).calls, ["openai", "groq"]);
  assert.deepEqual((await reach(...plan)).calls, ["openai", "groq"]);
  assert.deepEqual(await reach(...plan), { status: 200, text: '"good"', step: "1", calls: ["groq"] });
});

test("without the setting there is no breaker", async () => {
  const { reach } = gatewayOf(false, { openai: down, groq: () => Response.json("good") });
  for (let n = 0; n < 12; n++) {
    assert.deepEqual((await reach(chat("openai"), chat("groq"))).calls, ["openai", "groq"]);
  }
});

test("retry does not repeat a step whose circuit has opened, and gives back what the provider said", async () => {
  const { reach } = gatewayOf(soon, { openai: down });
  const { status, text, calls } = await reach(chat("openai", { maxAttempts: 5, retryDelay: 0 }));
  assert.deepEqual({ status, text, calls }, { status: 500, text: "down", calls: ["openai", "openai"] });
});

test("retry ends where a circuit is open, without another look", async () => {
  let looks = 0;
  const step = { ...stepOf("m"), options: { maxAttempts: 5, retryDelay: 0 } };
  const stage = retry()((step) => {
    const skipped = { kind: "failure", step, error: new GatewayError("open"), until: 0 } as const;
    return Promise.resolve(looks++ === 0 ? outcomeOf(step, 500, {}) : skipped);
  });
  const outcome = await stage(
    step,
    createContext({ account: "a", gateway: "g", signal: new AbortController().signal, knobs: {} }),
  );
  assert.equal(looks, 2);
  assert.equal(outcome.kind === "answer" && outcome.response.status, 500);
});

test("retry goes through to a provider that has rested as long as it asked", async () => {
  for (let n = 0; n < 50; n++) {
    const limited = new Response("later", { status: 429, headers: { "retry-after-ms": "5" } });
    const { fetch, calls } = script(limited, Response.json("good"));
    const response = await createGateway({ fetch, breaker: true }).run(chat("openai", { maxAttempts: 2 }));
    assert.equal(response.status, 200);
    assert.equal(calls.length, 2);
  }
});

test("when every circuit is open, the step that rests the shortest is tried once", async () => {
  const rested = (ms: number) => () =>
    new Response("later", { status: 429, headers: { "retry-after-ms": String(ms) } });
  const lines = { openai: rested(60_000), groq: rested(40_000), mistral: rested(90_000) };
  const { reach } = gatewayOf(true, lines);
  const config = { maxAttempts: 3, retryDelay: 0 };
  const plan = Object.keys(lines).map((provider) => chat(provider, config));
  assert.deepEqual((await reach(...plan)).calls, Object.keys(lines));
  assert.deepEqual(await reach(...plan), { status: 429, text: "later", step: "1", calls: ["groq"] });
});

test("a plan of one step is tried once though its circuit is open, and lets others in when it succeeds", async () => {
  let line = down;
  const { reach } = gatewayOf(soon, { openai: () => line(), groq: () => Response.json("spare") });
  const often = { maxAttempts: 2, retryDelay: 0 };
  await reach(chat("openai", often));
  assert.deepEqual((await reach(chat("openai", often))).calls, ["openai"]);
  line = () => Response.json("back");
  assert.equal((await reach(chat("openai"))).text, '"back"');
  assert.deepEqual((await reach(chat("openai"), chat("groq"))).calls, ["openai"]);
});

test("an open circuit does not hide what an earlier step has said", async () => {
  const { reach } = gatewayOf(soon, { openai: () => new TypeError("reset"), groq: down });
  await reach(chat("groq", { maxAttempts: 2, retryDelay: 0 }));
  const { status, step, calls } = await reach(chat("openai"), chat("groq"));
  assert.deepEqual({ status, step, calls }, { status: 502, step: "0", calls: ["openai"] });
});

test("a provider's own endpoint shares the circuit with the universal one", async () => {
  const { gateway, reach } = gatewayOf(soon, { openai: down, groq: () => Response.json("good") });
  for (let n = 0; n < 2; n++) {
    const headers = { "content-type": "application/json" };
    const response = await gateway.handle(
      ask("/openai/chat/completions", { body: '{"model":"m"}', headers }),
    );
    await response.text();
  }
  assert.deepEqual((await reach(chat("openai"), chat("groq"))).calls, ["groq"]);
});

test("the answers of a provider's own endpoint are watched where there is a breaker", () => {
  const request = ask("/openai/chat/completions", { body: "{}" });
  for (const breaker of [true, false]) {
    const { find } = createSites(checkSettings({ breaker }), () => ({
      run: () => Promise.reject(),
      refused: undefined,
    }));
    const [step] = proxy(request, readAddress(request.url, "")!, part(request.headers), find("g")!);
    assert.equal(step.watched, breaker ? "always" : "never");
    assert.equal(step.dialect?.name, breaker ? "openai" : undefined);
  }
});

test("a gateway's own breaker outranks the one for all, and may be off", async () => {
  const { fetch, calls } = script(...Array.from({ length: 8 }, () => down()));
  const gateway = createGateway({ fetch, breaker: soon, gateways: { on: {}, off: { breaker: false } } });
  const often = [chat("openai", { maxAttempts: 4, retryDelay: 0 })];
  await gateway.gateway("off").run(often);
  assert.equal(calls.length, 4);
  await gateway.gateway("on").run(often);
  assert.equal(calls.length, 6);
});

test("gateways that are given the same store share their circuits", async () => {
  const { fetch, calls } = script(...Array.from({ length: 3 }, () => down()));
  const settings = { fetch, breaker: soon, store: memoryStore() };
  const often = chat("openai", { maxAttempts: 3, retryDelay: 0 });
  await createGateway(settings).run(often);
  assert.equal(calls.length, 2);
  await createGateway(settings).run(often);
  assert.equal(calls.length, 3);
});

test("a breaker's settings are checked and named", () => {
  const wrong: [unknown, RegExp][] = [
    [{ failureRatio: 0 }, /settings\.breaker\.failureRatio: /],
    [{ failureRatio: 1.1 }, /settings\.breaker\.failureRatio: /],
    [{ minimum: 0 }, /settings\.breaker\.minimum: /],
    [{ window: 0.5 }, /settings\.breaker\.window: /],
    [{ cooldown: "30s" }, /settings\.breaker\.cooldown: Expected number/],
    [{ ratio: 1 }, /settings\.breaker\.ratio: Expected no such field/],
    ["on", /settings\.breaker: Expected true, false or an object/],
    [[], /settings\.breaker: Expected true, false or an object/],
  ];
  for (const [breaker, message] of wrong) {
    assert.throws(() => createGateway({ breaker } as Settings), { code: "invalid", message });
    const gateways = { g: { breaker } };
    assert.throws(() => createGateway({ gateways } as Settings), {
      code: "invalid",
      message: /settings\.gateways\.g\.breaker/,
    });
  }
  for (const store of [{}, null]) {
    assert.throws(() => createGateway({ store } as unknown as Settings), {
      message: "settings.store: Expected an object with get, set, delete and add",
    });
  }
  for (const breaker of [true, false, {}, { minimum: 1, failureRatio: 1 }]) createGateway({ breaker });
});

test("streams that break off after the commit open the circuit, and a whole one closes it", () =>
  stretch(50, async (cooldown) => {
    const broken = () => play([openai.word("x")]).response;
    const whole = () => play(healthy).response;
    const { fetch, calls } = script(broken, broken, whole, whole, whole);
    const step = { provider: "openai", endpoint: "chat/completions", query: { model: "m" } };
    const gateway = createGateway({ fetch, breaker: { minimum: 2, cooldown } });
    const other = { provider: "openai", endpoint: "chat/completions", query: { model: "other" } };
    const asked = async (...steps: object[]) => {
      const work: Promise<unknown>[] = [];
      const host = { waitUntil: (promise: Promise<unknown>) => void work.push(promise) };
      const response = await gateway.handle(askUniversal(steps), host);
      await readAll(response);
      await Promise.all(work);
      return [response.headers.get("cf-aig-step"), JSON.parse(calls.at(-1)!.body).model];
    };
    assert.deepEqual(await asked(step), ["0", "m"]);
    assert.deepEqual(await asked(step), ["0", "m"]);
    assert.deepEqual(await asked(step, other), ["1", "other"]);
    await new Promise((resolve) => setTimeout(resolve, cooldown + 10));
    assert.deepEqual(await asked(step, other), ["0", "m"]);
    assert.deepEqual(await asked(step, other), ["0", "m"]);
  }));
