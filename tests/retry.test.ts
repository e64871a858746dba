import assert from "node:assert/strict";
import { test } from "node:test";
import { createGateway, type Settings } from "../src/index.ts";
import { ask, askUniversal, script, silence } from "./support/script.ts";

const twice = { "cf-aig-max-attempts": "2", "cf-aig-retry-delay": "1", "cf-aig-backoff": "constant" };
const post = (headers: Record<string, string> = {}) =>
  ask("/openai/chat/completions", { body: "{ }", headers });
const failed = (status: number, headers: Record<string, string> = {}, body = "no") =>
  new Response(body, { status, headers });
const good = () => Response.json("good");

test("a native endpoint makes exactly one attempt unless it is asked for more", async () => {
  const { fetch, calls } = script(failed(503));
  const response = await createGateway({ fetch }).handle(post());
  assert.equal(response.status, 503);
  assert.equal(calls.length, 1);
  assert.equal(response.headers.get("x-should-retry"), null);
});

test("retry sends the same bytes again after a status that another attempt may mend", async () => {
  for (const status of [408, 425, 429, 500, 502, 503, 504, 520, 524, 529]) {
    const { fetch, calls } = script(failed(status), good());
    const response = await createGateway({ fetch }).handle(post(twice));
    assert.equal(await response.json(), "good", String(status));
    assert.deepEqual(calls.map(({ body }) => body), ["{ }", "{ }"]);
    assert.match(response.headers.get("waygate-trail")!, new RegExp(`^openai;step=0;status=${status};`));
  }
});

test("retry sends again after a network error, then gives up", async () => {
  const { fetch, calls } = script(new TypeError("reset"), new TypeError("reset"));
  const response = await createGateway({ fetch }).handle(post(twice));
  assert.equal(response.status, 502);
  assert.equal(calls.length, 2);
  assert.equal(response.headers.get("x-should-retry"), "false");
});

test("retry leaves a status alone that no further attempt mends", async () => {
  for (const status of [400, 401, 403, 404, 409, 422, 501]) {
    const { fetch, calls } = script(failed(status));
    const response = await createGateway({ fetch }).handle(post(twice));
    assert.equal(response.status, status);
    assert.equal(calls.length, 1);
  }
});

test("retry obeys a provider's x-should-retry: false", async () => {
  const { fetch, calls } = script(failed(500, { "x-should-retry": "false" }));
  const response = await createGateway({ fetch }).handle(post(twice));
  assert.equal(response.status, 500);
  assert.equal(calls.length, 1);
});

test("retry does not wait for money: insufficient_quota comes back at once and whole", async () => {
  const body = '{"error":{"message":"quota","type":"insufficient_quota","code":"insufficient_quota"}}';
  const { fetch, calls } = script(failed(429, {}, body));
  const response = await createGateway({ fetch }).handle(post(twice));
  assert.equal(calls.length, 1);
  assert.equal(await response.text(), body);
});

test("retry gives back the last answer that a provider gave", async () => {
  const { fetch } = script(failed(500, {}, "first"), new TypeError("reset"));
  const response = await createGateway({ fetch }).handle(post(twice));
  assert.equal(response.status, 500);
  assert.equal(await response.text(), "first");
});

test("at most five attempts are made, however many are asked for", async () => {
  const { fetch, calls } = script(...Array.from({ length: 9 }, () => failed(500)));
  await createGateway({ fetch }).handle(post({ ...twice, "cf-aig-max-attempts": "9" }));
  assert.equal(calls.length, 5);
});

test("the pauses grow as the backoff says, never shorter than asked", async () => {
  const expected = { constant: [20, 20, 20], linear: [20, 40, 60], exponential: [20, 40, 80] };
  for (const [backoff, pauses] of Object.entries(expected)) {
    const { fetch, calls } = script(failed(500), failed(500), failed(500), good());
    await createGateway({ fetch }).handle(
      post({ "cf-aig-max-attempts": "4", "cf-aig-retry-delay": "20", "cf-aig-backoff": backoff }),
    );
    pauses.forEach((pause, index) => {
      const waited = calls[index + 1]!.at - calls[index]!.at;
      assert.ok(waited >= pause - 1 && waited < pause * 1.2 + 5000, `${backoff} ${index}: ${waited}`);
    });
  }
});

test("a provider's retry-after-ms and retry-after outrank the delay", async () => {
  const hints: Record<string, string>[] = [
    { "retry-after-ms": "15", "retry-after": "9" },
    { "retry-after": "0" },
    { "retry-after": new Date(Date.now() - 1000).toUTCString() },
  ];
  for (const hint of hints) {
    const { fetch, calls } = script(failed(429, hint), good());
    await createGateway({ fetch }).handle(post({ "cf-aig-max-attempts": "2", "cf-aig-retry-delay": "5000" }));
    const waited = calls[1]!.at - calls[0]!.at;
    assert.ok(waited >= (hint["retry-after-ms"] ? 14 : 0) && waited < 4500, String(waited));
  }
});

test("a hint that cannot be read leaves the configured delay", async () => {
  for (const hint of ["-1", "abc 5", "5, 10", "soon"]) {
    const { fetch, calls } = script(failed(429, { "retry-after": hint }), good());
    await createGateway({ fetch }).handle(post({ "cf-aig-max-attempts": "2", "cf-aig-retry-delay": "20" }));
    assert.ok(calls[1]!.at - calls[0]!.at >= 19, hint);
  }
});

test("a client that left before the wait began does not wait", async () => {
  const leaving = new AbortController();
  const { fetch } = script(() => {
    leaving.abort();
    return failed(500);
  });
  const started = performance.now();
  const options = { signal: leaving.signal, gateway: { retries: { maxAttempts: 2, retryDelayMs: 5000 } } };
  await createGateway({ fetch }).run({ provider: "openai", endpoint: "x", query: 0 }, options);
  assert.ok(performance.now() - started < 4500);
});

test("a pause that grows beyond 30 seconds is one of 30 seconds, and no attempt is lost", async () => {
  const { fetch, calls } = script(
    ...Array.from({ length: 5 }, () => () => new Response("", { status: 503 })),
  );
  const pauses: number[] = [];
  const { setTimeout } = globalThis;
  const hasten = (wake: () => void, ms = 0) => {
    if (ms >= 5000) pauses.push(ms);
    return setTimeout(wake, ms >= 5000 ? 0 : ms);
  };
  globalThis.setTimeout = hasten as typeof setTimeout;
  try {
    const config = { maxAttempts: 5, retryDelay: 5000 };
    await createGateway({ fetch }).run({ provider: "openai", endpoint: "x", query: {}, config });
  } finally {
    globalThis.setTimeout = setTimeout;
  }
  assert.equal(calls.length, 5);
  assert.deepEqual(pauses.map((pause) => pause <= 30_001), [true, true, true, true]);
});

test("a provider that asks for more than 30 seconds is left at once", async () => {
  const { fetch, calls } = script(failed(429, { "retry-after": "31" }));
  const response = await createGateway({ fetch }).handle(post(twice));
  assert.equal(response.status, 429);
  assert.equal(calls.length, 1);
});

test("options of a step outrank the request's, which outrank the gateway's", async () => {
  const step = (config?: unknown, headers?: unknown) => ({
    provider: "openai",
    endpoint: "x",
    query: 0,
    config,
    headers,
  });
  const attempts = async (settings: number | undefined, request: string | undefined, one: unknown) => {
    const { fetch, calls } = script(...Array.from({ length: 5 }, () => failed(500)));
    const own = { retryDelay: 0, ...(settings && { maxAttempts: settings }) };
    const gateway = createGateway({ fetch, gateways: { g: own } });
    await gateway.handle(askUniversal([one], request ? { "cf-aig-max-attempts": request } : {}));
    return calls.length;
  };
  assert.equal(await attempts(2, undefined, step()), 2);
  assert.equal(await attempts(2, "3", step()), 3);
  assert.equal(await attempts(2, "3", step(undefined, { "cf-aig-max-attempts": 4 })), 4);
  assert.equal(await attempts(2, "3", step({ maxAttempts: 5 }, { "cf-aig-max-attempts": 4 })), 5);
  assert.equal(await attempts(2, "many", step()), 2);
});

test("an option that is undefined says nothing, wherever it stands", async () => {
  const none = { maxAttempts: undefined } as unknown as { maxAttempts: number };
  const some = { maxAttempts: 3, retryDelay: 0 };
  const settings: readonly Settings[] = [
    { gateways: { g: some } },
    { defaults: some, gateways: { g: none } },
    { defaults: none, gateways: { g: some } },
  ];
  for (const own of settings) {
    const { fetch, calls } = script(failed(500), failed(500), failed(500));
    const gateway = createGateway({ ...own, fetch }).gateway("g");
    await gateway.run({ provider: "openai", endpoint: "x", query: 0, config: none });
    assert.equal(calls.length, 3, JSON.stringify(own));
  }
});

test("a body of unknown length is kept up to the limit, beyond it the request is refused", async () => {
  const { fetch, calls } = script(failed(500), good());
  const gateway = createGateway({ fetch, bodyLimit: 10 });
  const response = await gateway.handle(ask("/openai/x", { body: "x".repeat(11), headers: twice }));
  assert.equal(response.status, 413);
  assert.equal(calls.length, 0);
});

test("a body whose declared length is over the limit is sent once, as it streams", async () => {
  const { fetch, calls } = script(failed(500));
  const gateway = createGateway({ fetch, bodyLimit: 10 });
  const headers = { ...twice, "content-length": "11" };
  const response = await gateway.handle(ask("/openai/x", { body: "x".repeat(11), headers }));
  assert.equal(response.status, 500);
  assert.deepEqual(calls.map(({ body }) => body), ["x".repeat(11)]);
});

test("a client that leaves while waiting ends the wait", async () => {
  const leaving = new AbortController();
  const leave = () => {
    setTimeout(() => leaving.abort(), 10);
    return failed(500);
  };
  const { fetch, calls } = script(leave, good());
  const started = performance.now();
  const options = { signal: leaving.signal, gateway: { retries: { maxAttempts: 2, retryDelayMs: 5000 } } };
  await createGateway({ fetch }).run({ provider: "openai", endpoint: "x", query: 0 }, options);
  assert.equal(calls.length, 1);
  assert.ok(performance.now() - started < 4500);
});

test("an attempt that times out is not repeated while another step is left", async () => {
  const { fetch, calls } = script(silence, good());
  const config = { maxAttempts: 3, retryDelay: 0 };
  const steps = [15, 60_000].map((requestTimeout, query) => ({
    provider: "openai",
    endpoint: "x",
    query,
    config: { ...config, requestTimeout },
  }));
  const response = await createGateway({ fetch }).handle(askUniversal(steps));
  assert.equal(response.headers.get("cf-aig-step"), "1");
  assert.deepEqual(calls.map(({ body }) => body), ["0", "1"]);
});

test("an attempt that times out is repeated where no other step takes over from silence", async () => {
  const stays = script(silence, silence, good());
  const config = { maxAttempts: 3, retryDelay: 0, requestTimeout: 15, fallbackOn: [429] };
  const step = { provider: "openai", endpoint: "x", query: 0 };
  const steps = [{ ...step, config }, { ...step, query: 1 }];
  const response = await createGateway({ fetch: stays.fetch }).handle(askUniversal(steps));
  assert.deepEqual([response.status, response.headers.get("cf-aig-step")], [200, "0"]);
  assert.deepEqual(stays.calls.map(({ body }) => body), ["0", "0", "0"]);

  for (const cause of ["timeout", 504, "5xx"]) {
    const moves = script(silence, good());
    const moving = [{ ...step, config: { ...config, fallbackOn: [429, cause] } }, { ...step, query: 1 }];
    const response = await createGateway({ fetch: moves.fetch }).handle(askUniversal(moving));
    assert.equal(response.headers.get("cf-aig-step"), "1", `${cause}`);
    assert.deepEqual(moves.calls.map(({ body }) => body), ["0", "1"]);
  }
});
