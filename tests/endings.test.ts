import assert from "node:assert/strict";
import { test } from "node:test";
import { compose } from "../src/compose.ts";
import { createContext } from "../src/context.ts";
import { dispatch } from "../src/dispatch.ts";
import { bytesBody } from "../src/body.ts";
import { anthropic } from "../src/dialects/anthropic.ts";
import { bedrock } from "../src/dialects/bedrock.ts";
import type { Dialect } from "../src/dialects/dialect.ts";
import { gemini } from "../src/dialects/gemini.ts";
import { openai as dialect } from "../src/dialects/openai.ts";
import { eventStream } from "../src/framings/event-stream.ts";
import { conclude } from "../src/outcome.ts";
import { createGateway } from "../src/index.ts";
import { commit } from "../src/steps/commit.ts";
import type { Options } from "../src/options.ts";
import type { Answer, Ledger, Step } from "../src/types.ts";
import { ask, askUniversal, type Line, script, silence } from "./support/script.ts";
import { type Beat, breakOff, healthy, openai, play, readAll, stay } from "./support/sse.ts";
import { stretch } from "./support/stretch.ts";

const { start, word, finish, done, error } = openai;
const send = compose(commit())(dispatch);

/** Sends one watched step to a provider that plays beats, and shows the ledger. */
async function watchOne(
  beats: readonly Beat[],
  init: { dialect?: Dialect; options?: Options; headers?: Record<string, string> } = {},
) {
  const leaving = new AbortController();
  const played = play(beats, init.headers);
  const { fetch } = script(() => played.response);
  const context = createContext({ account: "a", gateway: "g", signal: leaving.signal, knobs: {}, fetch });
  const step: Step = {
    index: 0,
    provider: "openai",
    endpoint: "chat/completions",
    url: "https://a.test/",
    method: "POST",
    headers: {},
    body: bytesBody(new Uint8Array()),
    options: { commit: "headers", ...init.options },
    watched: "always",
    metered: false,
    captured: false,
    authorize: (step) => Promise.resolve(step),
    dialect: "dialect" in init ? init.dialect : dialect,
  };
  const outcome = await send(step, context);
  conclude(outcome, context);
  return { answer: outcome as Answer, ledger: context.ledger, leave: () => leaving.abort(), played };
}

/** An event of one of several choices. */
const of = (index: number, content: string, finish_reason: string | null = null) =>
  `data: ${JSON.stringify({ choices: [{ index, delta: { content }, finish_reason }] })}\n\n`;

/** The error event at the end of a text, if one stands there. */
const farewell = (text: string) => /data: (\{"error".*\})\n\n$/.exec(text)?.[1];

const endings: readonly (readonly [
  name: string,
  beats: Beat[],
  ending: Ledger["ending"],
  told: boolean,
  broken: boolean,
])[] = [
  ["a whole stream is complete", [...healthy], "complete", false, false],
  [
    "a stream without its end mark is complete after a finish reason",
    [start, word("x"), finish],
    "complete",
    false,
    false,
  ],
  ["a stream that ends without a finish is truncated", [start, word("x")], "truncated", true, true],
  ["a stream whose transfer breaks is truncated", [start, word("x"), breakOff], "truncated", true, true],
  ["nothing is said in the middle of an event", [start, word("x").slice(0, 20)], "truncated", false, true],
  [
    "a transfer that breaks after the end is truncated, but nothing is said",
    [...healthy, breakOff],
    "truncated",
    false,
    true,
  ],
  [
    "an error event of the provider's own is the last word",
    [word("x"), error("server_error")],
    "provider_error",
    true,
    false,
  ],
  [
    "no second error is told when the provider then breaks off",
    [word("x"), error("server_error"), breakOff],
    "provider_error",
    true,
    true,
  ],
  ["a stream without an event is truncated", [], "truncated", true, true],
  [
    "a stream that is cut in an event after its finish is truncated, and nothing is said",
    [word("x"), finish, done.slice(0, 9)],
    "truncated",
    false,
    true,
  ],
  ["what comes behind the end mark changes nothing", [...healthy, word("x")], "complete", false, false],
  [
    "a stream of two choices is truncated when only one has finished",
    [of(0, "x"), of(1, "y"), finish],
    "truncated",
    true,
    true,
  ],
  [
    "a stream of two choices is truncated when only the second has finished",
    [of(0, "x"), of(1, "y"), of(1, "", "stop")],
    "truncated",
    true,
    true,
  ],
  [
    "a stream of two choices is complete when both have finished",
    [of(0, "x"), of(1, "y"), of(1, "", "stop"), finish, of(1, "")],
    "complete",
    false,
    false,
  ],
  ["an event without data is none", [word("x"), "data:\n\n", finish], "complete", false, false],
  ["data that are no JSON pass", [word("x"), "data: {oops\n\n", finish, done], "complete", false, false],
];

for (const [name, beats, ending, told, broken] of endings) {
  test(`after the commit, ${name}`, async () => {
    const { answer, ledger } = await watchOne(beats);
    const read = await readAll(answer.response);
    const sent = beats.filter((beat) => typeof beat === "string").join("");
    assert.ok(read.text.startsWith(sent));
    assert.equal(farewell(read.text) !== undefined, told);
    assert.equal(read.text.match(/"error"/g)?.length ?? 0, told ? 1 : 0);
    assert.equal(read.broken, broken);
    assert.equal(await answer.ended, ending);
    assert.equal(ledger.ending, ending);
    assert.equal(ledger.attempts[0]!.ending, ending);
    assert.doesNotMatch(read.text.slice(sent.length), /\[DONE\]/);
  });
}

test("a transfer breaks only when the bytes before the break have had time to leave", async () => {
  for (const [last, words] of [[word("x"), 2], [word("x").slice(0, 20), 1]] as const) {
    const { answer } = await watchOne([last, breakOff]);
    const reader = answer.response.body!.getReader();
    for (let read = 0; read < words; read++) assert.equal((await reader.read()).done, false);
    const broken = reader.read().then(() => "read", () => "broken");
    const soon = new Promise((resolve) => setTimeout(resolve, 0, "not yet"));
    assert.equal(await Promise.race([broken, soon]), "not yet");
    assert.equal(await broken, "broken");
  }
});

test("an error is told in the protocol that the client reads", async () => {
  const event = 'event: message_start\ndata: {"type":"message_start"}\n\n';
  const { answer } = await watchOne([event, breakOff], { dialect: anthropic });
  const { text } = await readAll(answer.response);
  assert.match(
    text,
    /\n\nevent: error\ndata: \{"type":"error","error":\{"type":"api_error","message":"[^"]+"\}\}\n\n$/,
  );
});

test("an array of events that is never closed is truncated, and the error closes nothing", async () => {
  const candidate = { content: { parts: [{ text: "x" }] }, finishReason: "STOP" };
  const { answer } = await watchOne([`[${JSON.stringify({ candidates: [candidate] })}`], {
    dialect: gemini,
    headers: { "content-type": "application/json" },
  });
  const { text, broken } = await readAll(answer.response);
  assert.match(text, /\},\n\{"error":.*\}$/);
  assert.equal(broken, true);
  assert.equal(await answer.ended, "truncated");
});

test("frames of which the last is cut are truncated", async () => {
  const frames = eventStream.createReader();
  const stop = frames.print({ type: "messageStop", data: '{"stopReason":"end_turn"}' });
  const { answer } = await watchOne([stop, stop.slice(0, 20)], {
    dialect: bedrock,
    headers: { "content-type": "application/vnd.amazon.eventstream" },
  });
  assert.equal((await readAll(answer.response)).broken, true);
  assert.equal(await answer.ended, "truncated");
});

test("an answer whose encoding is identity or none is read", async () => {
  for (const encoding of ["Identity", "none"]) {
    const { answer } = await watchOne([start, word("x")], { headers: { "content-encoding": encoding } });
    assert.equal((await readAll(answer.response)).broken, true);
    assert.equal(await answer.ended, "truncated");
  }
});

test("a body of anything but bytes is a broken one", async () => {
  const body = new ReadableStream({ start: (controller) => controller.enqueue("no bytes") });
  const played = new Response(body, { headers: { "content-type": "text/event-stream" } });
  const { fetch } = script(played);
  const step = { provider: "openai", endpoint: "chat/completions", query: 0, config: { commit: "event" } };
  const response = await createGateway({ fetch }).handle(askUniversal([step]));
  assert.equal(response.status, 502);
});

test("an event of more than 128 MiB, and what follows it, passes unread", async () => {
  const mib = new Uint8Array(1024 * 1024).fill(0x78);
  const { answer, ledger } = await watchOne([...Array<typeof mib>(129).fill(mib), error("server_error")]);
  let length = 0;
  for await (const chunk of answer.response.body!) length += chunk.byteLength;
  assert.equal(length > 129 * mib.byteLength, true);
  assert.equal(await answer.ended, "complete");
  assert.equal(ledger.ending, "complete");
});

test("an answer in a wire format that nobody knows ends as its transfer does, and nothing is added", async () => {
  for (const [beats, ending] of [[["x"], "complete"], [["x", breakOff], "truncated"]] as const) {
    const { answer } = await watchOne(beats, { dialect: undefined! });
    const { text, broken } = await readAll(answer.response);
    assert.equal(text, "x");
    assert.equal(broken, ending === "truncated");
    assert.equal(await answer.ended, ending);
  }
});

test("a length that the provider announced is not repeated where an error event may come on top of it", async () => {
  const { answer } = await watchOne([...healthy], { headers: { "content-length": "9999" } });
  assert.equal(answer.response.headers.get("content-length"), null);
  await answer.response.body!.cancel();
});

test("an answer that falls silent is stalled; its connection is closed, and the client is told", async () => {
  const { answer, played } = await watchOne([start, word("x"), stay], { options: { idleTimeout: 20 } });
  const { text, broken } = await readAll(answer.response);
  assert.match(farewell(text)!, /"code":"timeout"/);
  assert.equal(broken, true);
  assert.equal(await answer.ended, "stalled");
  assert.equal(played.cancelled(), true);
});

test("an idle timeout of 0 is none", async () => {
  const { now } = performance;
  const played = await Promise.all(
    [0, undefined].map((idleTimeout) =>
      watchOne([word("x"), stay], { options: { ...(idleTimeout !== undefined && { idleTimeout }) } })
    ),
  );
  let states: string[];
  try {
    const readings = played.map(({ answer }) => readAll(answer.response).then(() => "cut"));
    await new Promise((resolve) => setTimeout(resolve, 10));
    performance.now = () => now.call(performance) + 400_000;
    await readings[1];
    states = await Promise.all(readings.map((reading) => Promise.race([reading, "open"])));
  } finally {
    performance.now = now;
  }
  assert.deepEqual(states, ["open", "cut"]);
});

test("comments and pings do not feed the clock", async () => {
  const pings = Array.from({ length: 12 }, (): Beat[] => [10, ": ping\n\n"]).flat();
  const { answer } = await watchOne([word("x"), ...pings, ...healthy], { options: { idleTimeout: 50 } });
  await readAll(answer.response);
  assert.equal(await answer.ended, "stalled");
});

test("a stream that keeps talking is never cut", () =>
  stretch(100, async (ms) => {
    const words = Array.from({ length: 12 }, (): Beat[] => [ms / 10, word("x")]).flat();
    const { answer } = await watchOne([...words, finish], {
      options: { idleTimeout: ms, requestTimeout: ms / 5 },
    });
    assert.equal((await readAll(answer.response)).broken, false);
    assert.equal(await answer.ended, "complete");
  }));

test("a slow client does not use up the provider's time", () =>
  stretch(30, async (ms) => {
    const { answer } = await watchOne([word("x"), word("y"), ms / 6, finish], {
      options: { idleTimeout: ms },
    });
    const reader = answer.response.body!.getReader();
    await reader.read();
    await new Promise((resolve) => setTimeout(resolve, ms * 2 / 3));
    await reader.read();
    await new Promise((resolve) => setTimeout(resolve, ms * 2 / 3));
    await reader.read();
    assert.equal((await reader.read()).done, true);
    assert.equal(await answer.ended, "complete");
  }));

test("a client that leaves closes the provider's connection, whether it cancels or its signal says so", async () => {
  for (const how of ["cancel", "signal"]) {
    const { answer, played, leave } = await watchOne([word("x"), stay]);
    const reader = answer.response.body!.getReader();
    await reader.read();
    if (how === "cancel") await reader.cancel();
    else leave();
    assert.equal(await answer.ended, "client_left");
    assert.equal(played.cancelled(), true, how);
  }
});

test("what the answer told of tokens stands in the ledger", async () => {
  const usage = 'data: {"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":2}}\n\n';
  const { answer, ledger } = await watchOne([start, word("x"), finish, usage, done]);
  await readAll(answer.response);
  assert.deepEqual(ledger.attempts[0]!.usage, { input: 5, output: 2 });
});

test("a native stream is watched only when something is asked that needs it", async () => {
  const text = start + word("x");
  for (const [headers, added] of [[{}, false], [{ "waygate-commit": "headers" }, true]] as const) {
    const { fetch } = script(() => play([text]).response);
    const response = await createGateway({ fetch }).handle(
      ask("/openai/chat/completions", { body: "{}", headers }),
    );
    const read = await readAll(response);
    assert.equal(read.text.length > text.length, added);
    assert.equal(read.broken, added);
  }
});

test("totalTimeout ends waiting, pauses and a running stream", () =>
  stretch(60, async (ms) => {
    const slow = Array.from({ length: 100 }, (): Beat[] => [ms / 12, word("x")]).flat();
    const { fetch } = script(() => play(slow).response);
    const config = { totalTimeout: ms };
    const step = { provider: "openai", endpoint: "chat/completions", query: 0, config };
    const response = await createGateway({ fetch }).handle(askUniversal([step]));
    const { text, broken } = await readAll(response);
    assert.equal(broken, true);
    assert.match(farewell(text) ?? "", /"code":"timeout"/);
  }));

test("totalTimeout does not hand on an earlier error answer whose body it has broken", async () => {
  const slow = () => play(["no", stay]).response;
  const { fetch } = script(() => new Response(slow().body, { status: 503 }), silence);
  const config = { totalTimeout: 40 };
  const step = { provider: "openai", endpoint: "chat/completions", query: 0, config };
  const response = await createGateway({ fetch }).handle(askUniversal([step, step]));
  assert.equal(response.status, 504);
  assert.equal((await readAll(response)).broken, false);
});

const waits: Readonly<Record<string, readonly [line: () => Line, headers: Record<string, string>]>> = {
  "a wait between attempts": [
    () => new Response("no", { status: 503 }),
    { "cf-aig-max-attempts": "3", "cf-aig-retry-delay": "5000" },
  ],
  "a silent provider's": [() => silence, {}],
};
for (const [name, [line, headers]] of Object.entries(waits)) {
  test(`totalTimeout ends ${name}, with 504`, () =>
    stretch(40, async (ms) => {
      const { fetch, calls } = script(line(), line(), line());
      const timed = { ...headers, "waygate-total-timeout": `${ms}` };
      const request = ask("/openai/chat/completions", { body: "{}", headers: timed });
      assert.equal((await createGateway({ fetch }).handle(request)).status, 504);
      assert.equal(calls.length, 1);
    }));
}
