import assert from "node:assert/strict";
import { test } from "node:test";
import { createGateway } from "../src/index.ts";
import { askUniversal, type Call, type Line, script, silence } from "./support/script.ts";
import { healthy, openai, play, readAll, stay } from "./support/sse.ts";
import { stretch } from "./support/stretch.ts";
import { until } from "./support/until.ts";

const hedged = { provider: "openai", endpoint: "chat/completions", query: 0, config: { hedgeAfter: 10 } };
const plain = { ...hedged, query: 1, config: {} };
const good = () => play(healthy).response;
const later = (ms: number, line: Response) => () =>
  new Promise<Response>((resolve) => setTimeout(() => resolve(line), ms));

/** Two lines, of which the first answers so long after the second was asked, in ms. */
function overtaken(
  ms: number,
  line: Response,
  second: (call: Call) => Response | Promise<Response>,
): [first: Line, second: Line] {
  const { promise, resolve } = Promise.withResolvers<Response>();
  const next: Line = (call) => {
    setTimeout(() => resolve(line), ms);
    return second(call);
  };
  return [() => promise, next];
}

async function race(lines: readonly Line[], ...steps: object[]) {
  const { fetch, calls } = script(...lines);
  const response = await createGateway({ fetch }).handle(askUniversal(steps));
  return { response, calls, step: response.headers.get("cf-aig-step") };
}

test("a step that stays silent gets the next one beside it; the winner answers and the loser is aborted", () =>
  stretch(10, async (hedgeAfter) => {
    const patient = { ...hedged, config: { hedgeAfter } };
    const { response, calls, step } = await race([silence, good], patient, plain);
    assert.equal(step, "1");
    assert.equal((await readAll(response)).broken, false);
    assert.equal(calls[0]!.signal.aborted, true);
    assert.equal(calls[1]!.signal.aborted, false);
    assert.ok(calls[1]!.at - calls[0]!.at >= 0.9 * hedgeAfter);
    assert.match(
      response.headers.get("waygate-trail")!,
      /^openai;step=0;error=abandoned;ms=\d+, openai;step=1;status=200/,
    );
  }));

test("a stream that has begun and says nothing is overtaken; its connection is closed", async () => {
  const slow = play([openai.start, stay]);
  const { step } = await race([() => slow.response, good], hedged, plain);
  assert.equal(step, "1");
  await until(slow.cancelled, "a connection closed");
});

test("a step that answers in time is not hedged", async () => {
  const { step, calls } = await race([good], { ...hedged, config: { hedgeAfter: 60_000 } }, plain);
  assert.equal(step, "0");
  assert.equal(calls.length, 1);
});

test("the first step may still win after the second has begun", async () => {
  const { step, calls } = await race(overtaken(5, Response.json("slow"), silence), hedged, plain);
  assert.equal(step, "0");
  assert.equal(calls.length, 2);
  assert.equal(calls[1]!.signal.aborted, true);
});

test("an error event never wins: the last step, too, must say something first", async () => {
  const failing = () => play([openai.start, openai.error("overloaded_error")]).response;
  const { response, step } = await race(overtaken(40, Response.json("slow"), failing), hedged, plain);
  assert.equal(step, "0");
  assert.equal(await response.json(), "slow");
});

test("a step that fails while another is under way does not start a third before its time", async () => {
  const { step, calls } = await race(
    overtaken(5, new Response("no", { status: 500 }), later(40, Response.json("second"))),
    hedged,
    plain,
    plain,
  );
  assert.equal(step, "1");
  assert.equal(calls.length, 2);
});

test("when all fail, the last answer that a provider gave stands", async () => {
  const { response, calls } = await race(
    overtaken(20, new Response("late", { status: 500 }), () => new Response("early", { status: 503 })),
    hedged,
    plain,
  );
  assert.equal(calls.length, 2);
  assert.equal(response.status, 500);
  assert.equal(await response.text(), "late");
});

test("the client's leaving ends all of them", async () => {
  const leaving = new AbortController();
  const { fetch, calls } = script(silence, (call) => {
    setTimeout(() => leaving.abort(), 5);
    return silence(call);
  });
  const response = await createGateway({ fetch }).run([{ ...hedged, config: { hedgeAfter: 1 } }, plain], {
    signal: leaving.signal,
  });
  assert.equal(response.status, 499);
  assert.deepEqual(calls.map(({ signal }) => signal.aborted), [true, true]);
});
