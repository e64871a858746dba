import assert from "node:assert/strict";
import { test } from "node:test";
import { createGateway, type Fetch, type FetchInit, GatewayError } from "../src/index.ts";
import { ask, askUniversal, type Line, readError, script, silence } from "./support/script.ts";
import { stretch } from "./support/stretch.ts";
import { until } from "./support/until.ts";

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test("a lone attempt that stays silent longer than its request timeout is 504 / 2005, and the provider is let go", async () => {
  const { fetch, calls } = script(silence);
  const headers = { "cf-aig-request-timeout": "15" };
  const response = await createGateway({ fetch }).handle(ask("/openai/x", { body: "{}", headers }));
  assert.equal(response.status, 504);
  const { code, description } = await readError(response);
  assert.equal(code, 2005);
  assert.match(description, /^step 0 \(openai\): timeout after \d+ ms$/);
  assert.ok(calls[0]!.signal.aborted);
});

test("a request timeout longer than a timer can measure does not fire at once", async () => {
  const late = async () => {
    await pause(20);
    return Response.json("late");
  };
  const { fetch } = script(late);
  const headers = { "cf-aig-request-timeout": "3000000000" };
  assert.equal(
    (await createGateway({ fetch }).handle(ask("/openai/x", { body: "{}", headers }))).status,
    200,
  );
});

test("a step that stays silent gives way to the next, and the very last attempt waits however long it takes", async () => {
  const late = async () => {
    await pause(40);
    return Response.json("late");
  };
  const { fetch, calls } = script(silence, late);
  const config = { requestTimeout: 15 };
  const steps = [0, 1].map((query) => ({ provider: "openai", endpoint: "x", query, config }));
  const response = await createGateway({ fetch }).handle(askUniversal(steps));
  assert.equal(await response.json(), "late");
  assert.equal(calls.length, 2);
});

/** What comes of a request with a timeout to a gateway with so many keys, whose client leaves after two seconds. */
async function sendKeyed(many: number, lines: readonly Line[], headers: Record<string, string> = {}) {
  const { fetch, calls } = script(...lines);
  const keys = { openai: Array.from({ length: many }, (_, index) => `key-${index}`) };
  const gateway = createGateway({ fetch, bodyLimit: 10, gateways: { g: { keys, retryDelay: 0 } } });
  const signal = AbortSignal.timeout(2000);
  const told = { "content-length": "2", "cf-aig-request-timeout": "15", ...headers };
  const response = await gateway.handle(ask("/openai/x", { body: "{}", headers: told, signal }));
  return { status: response.status, text: await response.text(), calls: calls.length };
}
const no = (status: number) => () => new Response("no", { status });

test("a key that a provider refuses is no attempt by itself: the next key of a lone attempt has the same timeout", async () => {
  for (const refusals of [[no(429)], [no(401), no(429)], [no(403), no(401), no(429)]]) {
    const { status, calls } = await sendKeyed(refusals.length + 1, [...refusals, silence]);
    assert.deepEqual([status, calls], [504, refusals.length + 1]);
  }
});

test("silence with a key that is not the last one ends a lone attempt, too", async () => {
  const { status, calls } = await sendKeyed(3, [no(429), silence, () => Response.json("late")]);
  assert.deepEqual([status, calls], [504, 2]);
});

test("the very last attempt waits with whatever key it takes", async () => {
  const late = async () => {
    await pause(40);
    return Response.json("late");
  };
  const headers = { "cf-aig-max-attempts": "2" };
  const { text, calls } = await sendKeyed(2, [silence, no(429), late], headers);
  assert.deepEqual([text, calls], ['"late"', 3]);
});

test("an attempt is alone though more were asked for where its body cannot be sent twice", async () => {
  const headers = { "cf-aig-max-attempts": "2", "content-length": "11" };
  const { status, calls } = await sendKeyed(1, [silence], headers);
  assert.deepEqual([status, calls], [504, 1]);
});

test("an attempt is alone where the steps before it were never sent", async () => {
  const { fetch, calls } = script(silence);
  const gateway = createGateway({ fetch, gateways: { g: { byokOnly: true, requestTimeout: 15 } } });
  const step = { provider: "openai", endpoint: "x", query: 0 };
  const response = await gateway.handle(askUniversal([step, { ...step, authorization: "Bearer k" }]));
  assert.deepEqual([response.status, calls.length], [504, 1]);
});

test("a running stream is never cut by the request timeout", () =>
  stretch(20, async (ms) => {
    const encoder = new TextEncoder();
    const stream = new ReadableStream<Uint8Array>({
      async start(controller) {
        for (let index = 0; index < 4; index++) {
          await pause(0.75 * ms);
          controller.enqueue(encoder.encode(`data: ${index}\n\n`));
        }
        controller.close();
      },
    });
    const answer = new Response(stream, { headers: { "content-type": "text/event-stream" } });
    const { fetch, calls } = script(answer);
    const headers = { "cf-aig-request-timeout": `${ms}` };
    const response = await createGateway({ fetch }).handle(ask("/openai/x", { body: "{}", headers }));
    assert.equal(await response.text(), "data: 0\n\ndata: 1\n\ndata: 2\n\ndata: 3\n\n");
    assert.equal(calls[0]!.signal.aborted, false);
  }));

test("a client that leaves aborts the provider's call before any answer", async () => {
  const leaving = new AbortController();
  const { fetch, calls } = script((call) => {
    setTimeout(() => leaving.abort(), 5);
    return silence(call);
  });
  const request = ask("/openai/x", {
    body: "{}",
    signal: leaving.signal,
    headers: { "cf-aig-request-timeout": "9000" },
  });
  await createGateway({ fetch }).handle(request);
  assert.ok(calls[0]!.signal.aborted);
});

test("whoever connects is told how long a connection may take, where something was asked for", async () => {
  const told: FetchInit[] = [];
  const fetch: Fetch = (_url, init) => {
    told.push(init);
    return Promise.resolve(new Response("no", { status: 500 }));
  };
  const gateway = createGateway({ fetch, gateways: { g: { connectTimeout: 70 }, free: {} } });
  const step = { provider: "openai", endpoint: "x", query: 1 };
  await gateway.handle(askUniversal([step, { ...step, config: { connectTimeout: 0 } }]));
  await gateway.handle(ask("/openai/x"));
  await gateway.gateway("free").run(step);
  assert.deepEqual(told.map(({ connectTimeout }) => connectTimeout), [70, 0, 70, undefined]);
  assert.equal("connectTimeout" in told.at(-1)!, false);
});

test("a connection that takes too long is a network failure, which another attempt may mend", async () => {
  const late = Object.assign(new Error("to https://key@host"), { code: "UND_ERR_CONNECT_TIMEOUT" });
  const { fetch, calls } = script(late, late);
  const headers = { "cf-aig-max-attempts": "2", "cf-aig-retry-delay": "1" };
  const response = await createGateway({ fetch }).handle(ask("/openai/x", { body: "{}", headers }));
  assert.deepEqual([response.status, calls.length], [502, 2]);
  const attempt = String.raw`step 0 \(openai\): network \(UND_ERR_CONNECT_TIMEOUT\) after \d+ ms`;
  assert.match((await readError(response)).description, new RegExp(`^${attempt}; ${attempt}$`));
});

test("whoever connects may say what went wrong, in a word", async () => {
  const said = async (description: string) => {
    const { fetch, calls } = script(new GatewayError("odd_status", undefined, { description }));
    const headers = { "cf-aig-max-attempts": "2" };
    const response = await createGateway({ fetch }).handle(ask("/openai/x", { body: "{}", headers }));
    assert.deepEqual([response.status, calls.length], [502, 1]);
    return (await readError(response)).description;
  };
  assert.match(await said("700"), /^step 0 \(openai\): odd_status \(700\) after \d+ ms$/);
  assert.match(await said("from https://key@host"), /^step 0 \(openai\): odd_status after \d+ ms$/);
});

/** A `fetch` that takes no notice of its signal and answers when somebody says so. */
function deaf() {
  let cancelled = false;
  let say = () => {};
  const body = new ReadableStream({ cancel: () => void (cancelled = true) });
  const answer = new Promise<Response>((resolve) => say = () => resolve(new Response(body)));
  return { fetch: (() => answer) as Fetch, say, cancelled: () => cancelled };
}

for (const name of ["cf-aig-request-timeout", "waygate-total-timeout"]) {
  test(`${name} ends a call whose fetch takes no notice, and what comes later is closed`, async () => {
    const { fetch, say, cancelled } = deaf();
    const response = await createGateway({ fetch }).handle(ask("/openai/x", { headers: { [name]: "5" } }));
    assert.equal(response.status, 504);
    say();
    await until(cancelled, "a connection closed");
  });
}

test("a client that leaves ends a call whose fetch takes no notice", async () => {
  const leaving = new AbortController();
  const { fetch } = deaf();
  const step = { provider: "openai", endpoint: "x", query: 0 };
  const answer = createGateway({ fetch }).run(step, { signal: leaving.signal });
  leaving.abort();
  assert.equal((await answer).status, 499);
});
