import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { proxy } from "../src/doors/proxy.ts";
import { createGateway, GatewayError } from "../src/index.ts";
import { checkSettings } from "../src/settings/settings.ts";
import { createSites } from "../src/site.ts";
import { concurrency } from "../src/steps/concurrency.ts";
import type { Answer, Context, Ending, Outcome, Stage, Step } from "../src/types.ts";
import { ask, askUniversal, readError, script } from "./support/script.ts";

const one = { openai: { maxConcurrent: 1 } };
const good = () => Response.json("good");

/** A line that answers when it is told to. */
function later() {
  let answer!: (response: Response) => void;
  const response = new Promise<Response>((resolve) => answer = resolve);
  return { line: () => response, answer };
}

/** The layer around a stage, called as one client would. */
function enter(stage: Stage<Step>, most = 1) {
  const layer = concurrency({ openai: { maxConcurrent: most } })(stage);
  return (signal = new AbortController().signal, provider = "openai") =>
    layer({ index: 0, provider } as Step, { signal, ledger: { attempts: [] } } as unknown as Context);
}

/** A stage whose answers are in flight until they are ended, in the order in which they came. */
function answering() {
  const ends: ((ending: Ending | Promise<Ending>) => void)[] = [];
  const stage: Stage<Step> = (step) => {
    const ended = new Promise<Ending>((resolve) => ends.push(resolve));
    const attempt = { step: 0, provider: "openai", began: 0 };
    return Promise.resolve<Answer>({ kind: "answer", step, attempt, response: good(), ended });
  };
  return { stage, ends };
}

const codeOf = (outcome: Outcome) => outcome.kind === "failure" ? outcome.error.code : "answer";
const tick = () => new Promise((resolve) => setTimeout(resolve));

test("one call too many is 429 / 2003 at once, and no attempt", async () => {
  const { line, answer } = later();
  const { fetch, calls } = script(line, good);
  const gateway = createGateway({ fetch, providers: one });
  const first = gateway.handle(ask("/openai/x", { body: "{}" }));
  const headers = { "cf-aig-max-attempts": "3", "cf-aig-retry-delay": "1" };
  const second = await gateway.handle(ask("/openai/x", { body: "{}", headers }));
  assert.equal(second.status, 429);
  assert.deepEqual(
    ["waygate-trail", "x-should-retry", "retry-after"].map((name) => second.headers.get(name)),
    ["openai;step=0;error=crowded;ms=0", null, null],
  );
  assert.equal((await readError(second)).code, 2003);
  assert.equal(calls.length, 1);
  answer(good());
  assert.equal((await gateway.handle(ask("/openai/x", { body: "{}" }))).status, 429);
  await (await first).text();
  assert.equal((await gateway.handle(ask("/openai/x", { body: "{}" }))).status, 200);
});

test("a step whose provider is crowded gives way to the next", async () => {
  const { line, answer } = later();
  const { fetch, calls } = script(line, good);
  const gateway = createGateway({ fetch, providers: one });
  const first = gateway.handle(ask("/openai/x", { body: "{}" }));
  const steps = ["openai", "custom-openai", "groq"].map((provider) => ({
    provider,
    endpoint: "x",
    query: 1,
  }));
  const response = await gateway.handle(askUniversal(steps));
  assert.equal(response.headers.get("cf-aig-step"), "2");
  assert.match(
    response.headers.get("waygate-trail")!,
    /^openai;step=0;error=crowded;ms=0, custom-openai;step=1;error=crowded;ms=0, groq;step=2;status=200;ms=\d+$/,
  );
  assert.equal(calls.length, 2);
  answer(good());
  await first;
});

test("when every step is crowded the client gets 429 / 2003", async () => {
  const { line, answer } = later();
  const { fetch } = script(line);
  const gateway = createGateway({ fetch, providers: one });
  const first = gateway.handle(ask("/openai/x", { body: "{}" }));
  const steps = [0, 1].map((query) => ({ provider: "openai", endpoint: "x", query }));
  const response = await gateway.handle(askUniversal(steps));
  assert.equal(response.status, 429);
  assert.equal((await readError(response)).code, 2003);
  answer(good());
  await first;
});

test("two gateways, and two providers, do not count each other's calls", async () => {
  const { line, answer } = later();
  const { fetch } = script(line, good, good);
  const gateway = createGateway({ fetch, providers: one });
  const first = gateway.handle(ask("/openai/x", { body: "{}" }));
  const other = createGateway({ fetch, providers: one });
  assert.equal((await other.handle(ask("/openai/x", { body: "{}" }))).status, 200);
  assert.equal((await gateway.handle(ask("/groq/x", { body: "{}" }))).status, 200);
  answer(good());
  await first;
});

test("a place is kept until the answer has ended, however it ends", async () => {
  const { stage, ends } = answering();
  const call = enter(stage);
  const broken = () => Promise.reject<Ending>(new Error("whoever watched it broke"));
  const endings = ["complete", "truncated", "provider_error", "stalled", "client_left", broken] as const;
  for (const ending of endings) {
    assert.equal(codeOf(await call()), "answer", String(ending));
    assert.equal(codeOf(await call()), "crowded", String(ending));
    ends.shift()!(typeof ending === "function" ? ending() : ending);
    await tick();
  }
  assert.equal(codeOf(await call()), "answer");
});

test("a client that leaves frees its place, once", async () => {
  const { stage, ends } = answering();
  const call = enter(stage, 2);
  const leaving = new AbortController();
  await call(leaving.signal);
  await call();
  assert.equal(codeOf(await call()), "crowded");
  leaving.abort();
  assert.equal(codeOf(await call()), "answer");
  ends[0]!("client_left");
  await tick();
  assert.equal(codeOf(await call()), "crowded");
  const hasty = enter(stage);
  for (const _ of [1, 2]) assert.equal(codeOf(await hasty(AbortSignal.abort())), "answer");
});

test("a client that leaves frees its place though its call never comes back", async () => {
  const { stage } = answering();
  const stages = [() => new Promise<Outcome>(() => {}), stage];
  const call = enter((step, context) => stages.shift()!(step, context));
  const leaving = new AbortController();
  void call(leaving.signal);
  assert.equal(codeOf(await call()), "crowded");
  leaving.abort();
  assert.equal(codeOf(await call()), "answer");
});

test("what has no end to wait for frees its place when it comes", async () => {
  const attempt = { step: 0, provider: "openai", began: 0 };
  const never = new Promise<Ending>(() => {});
  const outcomes: Record<string, (step: Step) => Outcome> = {
    unwatched: (step) => ({ kind: "answer", step, attempt, response: good() }),
    bodiless: (step) => ({
      kind: "answer",
      step,
      attempt,
      response: new Response(null, { status: 204 }),
      ended: never,
    }),
    refused: (step) => ({
      kind: "answer",
      step,
      attempt,
      response: new Response("no", { status: 503 }),
      ended: never,
    }),
    failed: (step) => ({ kind: "failure", step, error: new GatewayError("network") }),
  };
  for (const [name, stage] of Object.entries(outcomes)) {
    const call = enter((step) => Promise.resolve(stage(step)));
    for (const _ of [1, 2, 3]) assert.notEqual(codeOf(await call()), "crowded", name);
  }
  const thrower = enter(() => Promise.reject(new Error("thrown")));
  for (const _ of [1, 2]) await assert.rejects(thrower(), /^Error: thrown$/);
});

test("a retry finds the place that its first attempt left, though the error answer is not read", async () => {
  const { fetch, calls } = script(
    new Response(new ReadableStream({ pull: () => new Promise(() => {}) }), { status: 503 }),
    good,
  );
  const headers = { "cf-aig-max-attempts": "2", "cf-aig-retry-delay": "1" };
  const response = await createGateway({ fetch, providers: one })
    .handle(ask("/openai/x", { body: "{}", headers }));
  assert.deepEqual([response.status, calls.length], [200, 2]);
});

test("whatever comes and goes in whatever order, never more are in flight and no place is lost", async () => {
  const moves = fc.array(fc.record({ leaves: fc.boolean(), at: fc.nat(9) }), { maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 4 }), moves, async (most, moves) => {
      const { stage, ends: inFlight } = answering();
      const call = enter(stage, most);
      for (const { leaves, at } of moves) {
        if (leaves) inFlight.splice(at, 1)[0]?.("complete");
        else {
          const free = inFlight.length < most;
          assert.equal(codeOf(await call()), free ? "answer" : "crowded");
        }
        for (const _ of [1, 2, 3]) await Promise.resolve();
      }
    }),
  );
});

test("a provider that counts is watched at its own endpoint too", () => {
  const address = { account: "a", gateway: "g", provider: "openai", endpoint: "chat/completions" };
  const watched = (providers: Parameters<typeof concurrency>[0] = {}) => {
    const site = createSites(checkSettings({ providers }), () => ({
      run: () => Promise.reject(),
      refused: undefined,
    })).find("g")!;
    return proxy(ask("/openai/chat/completions"), address, { forward: {}, knobs: {} }, site)[0].watched;
  };
  assert.deepEqual([watched(), watched(one), watched({ groq: { maxConcurrent: 1 } })], [
    "never",
    "always",
    "never",
  ]);
});

test("a limit is a whole number of at least 1", () => {
  for (const maxConcurrent of [0, -1, 1.5, NaN, "2", null]) {
    assert.throws(
      () => createGateway({ providers: { openai: { maxConcurrent: maxConcurrent as number } } }),
      /settings\.providers\.openai\.maxConcurrent: Expected/,
    );
  }
});
