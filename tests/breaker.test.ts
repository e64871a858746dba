import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesBody } from "../src/body.ts";
import { createContext } from "../src/context.ts";
import { type ErrorCode, GatewayError, memoryStore } from "../src/index.ts";
import { breaker } from "../src/steps/breaker.ts";
import type { Answer, Ending, Outcome, Step } from "../src/types.ts";

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
    watched: true,
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
function bench(store = memoryStore()) {
  const clock = { now: 1_000_000 };
  const layer = breaker(settings, store, () => clock.now);
  let made = 0;

  async function call(told: Told, more: Call = {}): Promise<Outcome> {
    const { model = "m", provider = "openai", gateway = "g", insist = false, headers = {} } = more;
    const context = createContext({ gateway, signal: new AbortController().signal, knobs: {} });
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
  const clock = { now: 0 };
  const { passes, repeat } = bench(memoryStore(100, () => clock.now));
  await repeat(3, 500);
  clock.now = 1000;
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
  const outcomes = await Promise.all(Array.from({ length: 50 }, () => call(promise)));
  assert.equal(outcomes.filter(({ kind }) => kind === "answer").length, 1);
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

test("a probe that throws makes room for the next", async () => {
  const store = memoryStore();
  const { clock, passes, repeat } = bench(store);
  await repeat(4, 500);
  clock.now += 100;
  const broken = breaker(settings, store, () => clock.now)(() => Promise.reject(new Error("broken")));
  const context = createContext({ gateway: "g", signal: new AbortController().signal, knobs: {} });
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

test("who insists is let in though the circuit is open, and his success closes it", async () => {
  const { passes, repeat } = bench();
  await repeat(4, 500);
  assert.equal(await passes(500, { insist: true }), true);
  assert.equal(await passes(200), false);
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

test("a store that fails lets every call through", async () => {
  const no = () => Promise.reject(new Error("gone"));
  const { repeat } = bench({ get: no, set: no, delete: no, add: no });
  await repeat(9, 500);
  const inner = memoryStore();
  const forgetful = bench({ ...inner, set: no });
  await forgetful.repeat(9, 500);
});
