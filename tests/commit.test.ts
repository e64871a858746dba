import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createGateway } from "../src/index.ts";
import { askUniversal, type Line, readError, script } from "./support/script.ts";
import { type Beat, breakOff, bytes, healthy, openai, play, readAll, stay } from "./support/sse.ts";
import { stretch } from "./support/stretch.ts";

const { start, word, finish, done, error } = openai;
const whole = healthy.join("");
const stream = (...beats: Beat[]): Line => () => play(beats).response;
const step = (config: object = {}) => ({
  provider: "openai",
  endpoint: "chat/completions",
  query: 0,
  config,
});

/** Sends a request of one step for each config, before a provider that plays the lines. */
async function send(lines: readonly Line[], ...configs: object[]) {
  const { fetch, calls } = script(...lines);
  const response = await createGateway({ fetch }).handle(askUniversal(configs.map(step)));
  return { response, calls };
}

/** Ways in which a stream fails before it says anything. */
const earlyFaults: Readonly<Record<string, { beats: Beat[]; status: number }>> = {
  "an overloaded error as its first event": { beats: [error("overloaded_error"), done], status: 529 },
  "a rate limit after the start-up event": { beats: [start, error("rate_limit_exceeded")], status: 429 },
  "an error of any other kind": { beats: [start, error("server_error"), done], status: 502 },
  "no event at all": { beats: [], status: 502 },
  "nothing but comments": { beats: [": hi\n\n", ": hi\n\n"], status: 502 },
  "nothing but the start-up event": { beats: [start], status: 502 },
  "an end mark without an answer": { beats: [start, done], status: 502 },
  "a transfer that breaks at once": { beats: [breakOff], status: 502 },
  "a transfer that breaks after the start-up event": { beats: [start, breakOff], status: 502 },
  "data that are no JSON": { beats: [start, "data: {oops\n\n", ...healthy], status: 502 },
};
/** Ways in which a stream fails after its first word. */
const lateFaults: Readonly<Record<string, Beat[]>> = {
  "an error event": [start, word("Hel"), error("server_error"), done],
  "a clean end without a finish": [start, word("Hel")],
  "an end in the middle of an event": [start, word("Hel"), word("lo").slice(0, 30)],
  "a transfer that breaks": [start, word("Hel"), breakOff],
  "data that are no JSON": [start, word("Hel"), "data: {oops\n\n", finish, done],
};

for (const [name, { beats, status }] of Object.entries(earlyFaults)) {
  test(`event: ${name} is a failed attempt, and the next step answers`, async () => {
    const { response, calls } = await send([stream(...beats), stream(...healthy)], {}, {});
    assert.equal(response.headers.get("cf-aig-step"), "1");
    assert.deepEqual(await readAll(response), { text: whole, broken: false });
    assert.equal(calls.length, 2);
  });

  test(`event: ${name} is told with its true status where nothing else is left`, async () => {
    const { response } = await send([stream(...beats)], { commit: "event" });
    assert.equal(response.status, status);
    assert.equal((await readError(response)).code, 2005);
  });

  test(`event: after ${name} the same step is tried again when it may be`, async () => {
    const { response, calls } = await send([stream(...beats), stream(...healthy)], {
      maxAttempts: 2,
      retryDelay: 0,
    });
    assert.equal((await readAll(response)).text, whole);
    assert.equal(calls.length, 2);
  });
}

for (
  const [name, beats] of Object.entries({
    ...lateFaults,
    ...mapValues(earlyFaults, ({ beats }) => beats),
  })
) {
  test(`complete: ${name} is a failed attempt, and the client gets a whole answer`, async () => {
    const { response } = await send([stream(...beats), stream(...healthy)], { commit: "complete" }, {});
    assert.equal(response.headers.get("cf-aig-step"), "1");
    assert.deepEqual(await readAll(response), { text: whole, broken: false });
  });

  test(`complete: ${name} never reaches the client where nothing else is left`, async () => {
    const { response } = await send([stream(...beats)], { commit: "complete" });
    assert.ok([429, 502, 529].includes(response.status), String(response.status));
    assert.ok(!(await response.text()).includes("Hel"));
  });
}

test("the provider's own words for an error in a 200 stand in the description", async () => {
  const { response } = await send([stream(error("server_error", "the GPU is on fire"))], { commit: "event" });
  assert.equal((await readError(response)).description, "the GPU is on fire");
});

test("a 200 that failed outranks an earlier answer, and silence after it does not replace it", async () => {
  const lines = [
    new Response("first", { status: 500 }),
    stream(error("overloaded_error")),
    new TypeError("reset"),
  ];
  const { response } = await send(lines, {}, {}, {});
  assert.equal(response.status, 529);
  assert.equal(response.headers.get("cf-aig-step"), "1");
  assert.match(response.headers.get("waygate-trail")!, /status=500.*error=overloaded.*error=network/);
});

test("an insufficient quota in a stream is not tried again", async () => {
  const { response, calls } = await send([stream(error("insufficient_quota"))], {
    maxAttempts: 3,
    retryDelay: 0,
  });
  assert.equal(response.status, 429);
  assert.equal(calls.length, 1);
});

test("what was held is released unchanged, in its own pieces", async () => {
  const { response } = await send([stream(...healthy)], { commit: "event" });
  const pieces: string[] = [];
  for await (const piece of response.body!) pieces.push(new TextDecoder().decode(piece));
  assert.deepEqual(pieces, [...healthy]);
});

test("a healthy stream arrives byte for byte under every policy, wherever its bytes are cut", async () => {
  const all = bytes(
    `\ufeff: hi\r\n\r\n${start}${
      word("Grüße 🚀 日本語")
    }event: x\r\ndata: {"a":\r\ndata: 1}\r\n\r\n${finish}${done}`,
  );
  const policy = fc.constantFrom("headers", "event", "complete");
  const cuts = fc.array(fc.integer({ min: 0, max: all.length }), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(policy, cuts, async (commit, cuts) => {
      const at = [0, ...cuts.sort((a, b) => a - b), all.length];
      const pieces = at.slice(1).map((to, index) => all.slice(at[index], to)).filter(({ length }) =>
        length > 0
      );
      const { response } = await send([stream(...pieces)], { commit });
      assert.deepEqual(new Uint8Array(await response.arrayBuffer()), all);
    }),
    { numRuns: 200 },
  );
});

test("an unknown event commits", async () => {
  const { response, calls } = await send([stream('data: {"news":1}\n\n', stay)], {}, {});
  assert.equal(response.headers.get("cf-aig-step"), "0");
  assert.equal(calls.length, 1);
  await response.body!.cancel();
});

test("64 events, or 256 KiB, commit though they say nothing", async () => {
  for (const beats of [Array<string>(64).fill(": hi\n\n"), [`: ${"x".repeat(256 * 1024)}`]]) {
    const { response, calls } = await send([stream(...beats, stay)], {}, {});
    assert.equal(calls.length, 1);
    await response.body!.cancel();
  }
});

test("silence before the first word is an honest 504 where nothing else is left, and at requestTimeout the stream is let go", async () => {
  const silent = await send([stream(start, stay)], { commit: "event", idleTimeout: 20 });
  assert.equal(silent.response.status, 504);
  await stretch(20, async (ms) => {
    const beats = [start, 3 * ms, ...healthy.slice(1)];
    const late = await send([stream(...beats)], { commit: "event", requestTimeout: ms });
    assert.deepEqual(await readAll(late.response), { text: whole, broken: false });
  });
});

test("a wire format that nobody knows commits at once and passes untouched", async () => {
  const { fetch, calls } = script(stream("oops", breakOff));
  const steps = [0, 1].map(() => ({ provider: "deepgram", endpoint: "v1/listen", query: 0 }));
  const response = await createGateway({ fetch }).handle(askUniversal(steps));
  assert.equal(calls.length, 1);
  assert.deepEqual(await readAll(response), { text: "oops", broken: true });
});

test("a plain answer commits at once, also one that is an error", async () => {
  const { response } = await send([Response.json({ error: { message: "no" } })], {}, {});
  assert.deepEqual(await response.json(), { error: { message: "no" } });
});

test("complete: a plain answer that is no JSON though it says so, or that is an error, is a failed attempt", async () => {
  const type = { "content-type": "application/json" };
  const faults: Line[] = [
    new Response('{"a":', { headers: type }),
    new Response(null, { headers: type }),
    Response.json({ error: { message: "no", type: "overloaded_error" } }),
    () => play(['{"a":1}', breakOff], type).response,
  ];
  for (const fault of faults) {
    const { response } = await send([fault, Response.json("good")], { commit: "complete" }, {});
    assert.equal(await response.json(), "good");
  }
});

test("complete: what is no JSON is whole when its transfer is", async () => {
  const { response } = await send([new Response("{", { headers: { "content-type": "audio/mpeg" } })], {
    commit: "complete",
  });
  assert.equal(await response.text(), "{");
});

test("complete: an answer of more than 25 MiB is committed as it stands", async () => {
  const mib = word("x".repeat(1024 * 1024));
  const { response } = await send([stream(...Array<string>(26).fill(mib), breakOff)], { commit: "complete" });
  assert.equal(response.status, 200);
  assert.equal((await readAll(response)).broken, true);
});

test("the policy may be told by a header, by a step and by the gateway, the step's word first", async () => {
  const outcome = async (gateway: object, headers: Record<string, string>, config: object) => {
    const { fetch } = script(stream(start, word("Hel")));
    const settings = { fetch, gateways: { g: gateway } };
    return (await createGateway(settings).handle(askUniversal([step(config)], headers))).status;
  };
  assert.equal(await outcome({}, {}, {}), 200);
  assert.equal(await outcome({ commit: "complete" }, {}, {}), 502);
  assert.equal(await outcome({ commit: "complete" }, { "waygate-commit": "event" }, {}), 200);
  assert.equal(await outcome({}, { "waygate-commit": "event" }, { commit: "complete" }), 502);
});

test("a watched stream is asked for without compression, and a compressed one passes as it came", async () => {
  const packed = Uint8Array.of(0x1f, 0x8b, 8, 0);
  const { response, calls } = await send([() => play([packed], { "content-encoding": "gzip" }).response], {
    commit: "event",
  });
  assert.match(calls[0]!.headers.get("accept-encoding")!, /^identity/);
  assert.equal(response.status, 200);
  await response.body!.cancel();
});

function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  map: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}

for (const commit of ["headers", "event", "complete"]) {
  test(`${commit}: an answer of a status without a body is whole, whatever its type`, async () => {
    for (const type of ["text/event-stream", "application/json"]) {
      for (const status of [204, 205]) {
        const answer = new Response(null, { status, headers: { "content-type": type } });
        const { response } = await send([answer], { commit });
        assert.equal(response.status, status);
      }
    }
  });
}

test("complete: lines of JSON are no JSON that must parse", async () => {
  const answer = new Response('{"a":1}\n{"a":2}\n', {
    headers: { "content-type": "application/stream+json" },
  });
  const { response } = await send([answer], { commit: "complete" });
  assert.equal(response.status, 200);
});
