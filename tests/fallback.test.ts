import assert from "node:assert/strict";
import { test } from "node:test";
import { createGateway } from "../src/index.ts";
import { askUniversal, readError, script, silence } from "./support/script.ts";

const steps = (count: number) =>
  Array.from(
    { length: count },
    (_, index) => ({ provider: "openai", endpoint: `step-${index}`, query: index }),
  );

test("a step that fails gives way to the next, whatever its status, and the trail tells all attempts", async () => {
  for (const status of [301, 400, 401, 404, 429, 500, 503]) {
    const { fetch, calls } = script(new Response("bad", { status }), Response.json("good"));
    const response = await createGateway({ fetch }).handle(askUniversal(steps(2)));
    assert.equal(await response.json(), "good");
    assert.equal(response.headers.get("cf-aig-step"), "1");
    assert.deepEqual(calls.map(({ body }) => body), ["0", "1"]);
    const trail = new RegExp(`^openai;step=0;status=${status};ms=\\d+, openai;step=1;status=200;ms=\\d+$`);
    assert.match(response.headers.get("waygate-trail")!, trail);
    assert.equal(response.headers.get("x-should-retry"), null);
  }
});

test("a network error gives way to the next step", async () => {
  const { fetch } = script(new TypeError("secret sk-1 in a message"), Response.json("good"));
  const response = await createGateway({ fetch }).handle(askUniversal(steps(2)));
  assert.equal(await response.json(), "good");
  assert.match(response.headers.get("waygate-trail")!, /^openai;step=0;error=network;ms=\d+, /);
});

test("a success ends the plan", async () => {
  const { fetch, calls } = script(new Response(null, { status: 204 }));
  const response = await createGateway({ fetch }).handle(askUniversal(steps(3)));
  assert.equal(response.status, 204);
  assert.equal(calls.length, 1);
});

test("when all steps fail, the last answer comes back as it was, with its step", async () => {
  const last = new Response('{"error":"last"}', {
    status: 529,
    headers: { "x-request-id": "r2", "retry-after": "7" },
  });
  const { fetch } = script(new Response("first", { status: 500 }), last);
  const response = await createGateway({ fetch }).handle(askUniversal(steps(2)));
  assert.equal(response.status, 529);
  assert.equal(await response.text(), '{"error":"last"}');
  assert.equal(response.headers.get("cf-aig-step"), "1");
  assert.equal(response.headers.get("retry-after"), "7");
  assert.equal(response.headers.get("x-should-retry"), "false");
});

test("the last answer outlives the silence of later steps", async () => {
  const { fetch } = script(
    new Response("said", { status: 500 }),
    new TypeError("gone"),
    new TypeError("gone"),
  );
  const response = await createGateway({ fetch }).handle(askUniversal(steps(3)));
  assert.equal(response.status, 500);
  assert.equal(await response.text(), "said");
  assert.equal(response.headers.get("cf-aig-step"), "0");
});

test("when no provider says anything, 502 / 2005 names each attempt and no secret", async () => {
  const refused = Object.assign(new TypeError("https://x?key=secret"), {
    cause: Object.assign(new Error(), { code: "ECONNREFUSED" }),
  });
  const { fetch } = script(new TypeError("https://x?key=secret"), refused);
  const response = await createGateway({ fetch }).handle(askUniversal(steps(2)));
  assert.equal(response.status, 502);
  const { code, message, description } = await readError(response);
  assert.equal(code, 2005);
  assert.equal(message, "Failed to get response from provider");
  assert.match(
    description,
    /^step 0 \(openai\): network after \d+ ms; step 1 \(openai\): network \(ECONNREFUSED\) after \d+ ms$/,
  );
  assert.equal(response.headers.get("cf-aig-step"), "1");
  assert.equal(response.headers.get("x-should-retry"), "false");
});

test("the answers that nobody reads are closed", async () => {
  const closed: number[] = [];
  const endless = (index: number) =>
    new Response(
      new ReadableStream({
        pull: (controller) => controller.enqueue(new Uint8Array(1024)),
        cancel: () => void closed.push(index),
      }),
      { status: 500 },
    );
  const { fetch } = script(endless(0), endless(1), Response.json("good"));
  const response = await createGateway({ fetch }).handle(askUniversal(steps(3)));
  assert.equal(await response.json(), "good");
  assert.deepEqual(closed, [0, 1]);
});

test("an error answer larger than what is read ahead comes back whole when nothing better follows", async () => {
  const large = "x".repeat(300_000);
  const { fetch } = script(new Response(large, { status: 500 }), new TypeError("gone"));
  const response = await createGateway({ fetch }).handle(askUniversal(steps(2)));
  assert.equal((await response.text()).length, 300_000);
});

test("a client that leaves ends the plan", async () => {
  const leaving = new AbortController();
  const { fetch, calls } = script((call) => {
    leaving.abort();
    return silence(call);
  });
  const gateway = createGateway({ fetch });
  await gateway.run(steps(3), { signal: leaving.signal });
  assert.equal(calls.length, 1);
});

test("a trail of many attempts is bounded: the first ones, how many more, the last", async () => {
  const { fetch } = script(...Array.from({ length: 1000 }, () => new Response(null, { status: 500 })));
  const response = await createGateway({ fetch }).handle(askUniversal(steps(1000)));
  const trail = response.headers.get("waygate-trail")!;
  assert.ok(trail.length <= 4096, String(trail.length));
  assert.match(trail, /^openai;step=0;status=500;ms=\d+, .*, \+\d+, openai;step=999;status=500;ms=\d+$/);
  const shown = trail.split(", ").length - 1;
  assert.equal(shown + Number(/\+(\d+)/.exec(trail)![1]), 1000);
});
