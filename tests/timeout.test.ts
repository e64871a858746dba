import assert from "node:assert/strict";
import { test } from "node:test";
import { createGateway } from "../src/index.ts";
import { ask, askUniversal, readError, script, silence } from "./support/script.ts";

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

test("a running stream is never cut by the request timeout", async () => {
  const encoder = new TextEncoder();
  const stream = new ReadableStream<Uint8Array>({
    async start(controller) {
      for (let index = 0; index < 4; index++) {
        await pause(15);
        controller.enqueue(encoder.encode(`data: ${index}\n\n`));
      }
      controller.close();
    },
  });
  const { fetch, calls } = script(new Response(stream, { headers: { "content-type": "text/event-stream" } }));
  const headers = { "cf-aig-request-timeout": "20" };
  const response = await createGateway({ fetch }).handle(ask("/openai/x", { body: "{}", headers }));
  assert.equal(await response.text(), "data: 0\n\ndata: 1\n\ndata: 2\n\ndata: 3\n\n");
  assert.equal(calls[0]!.signal.aborted, false);
});

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
