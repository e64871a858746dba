import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32 } from "node:zlib";
import { createGateway } from "../src/index.ts";
import { commonSettings, createFaultyProvider, faults } from "../src/testing/index.ts";
import { until } from "./support/until.ts";

const paths = {
  openai: "/v1/chat/completions",
  responses: "/v1/responses",
  anthropic: "/v1/messages",
  gemini: "/v1beta/models/m:streamGenerateContent?alt=sse",
  geminiArray: "/v1beta/models/m:streamGenerateContent",
  geminiPlain: "/v1beta/models/m:generateContent",
  cohere: "/v2/chat",
  workersAi: "/run/@cf/meta/llama",
  replicate: "/v1/predictions",
  tgi: "/generate",
  tgiStream: "/generate_stream",
  bedrock: "/model/m/converse",
  bedrockStream: "/model/m/converse-stream",
};

function call(
  path: string,
  model: string,
  query: Record<string, unknown> = {},
  signal?: AbortSignal,
): Request {
  const body = JSON.stringify({ model, ...query });
  return new Request(`http://provider.test${path}`, { method: "POST", body, ...(signal && { signal }) });
}
const play = (model: string, path = paths.openai, query = {}) =>
  createFaultyProvider().handle(call(path, model, query));
const streamed = async (model: string, path = paths.openai) =>
  (await play(model, path, { stream: true })).text();
/** The messages of an event stream of AWS, whose headers are all short strings. */
function framesOf(stream: ArrayBuffer) {
  const frames = [];
  const decoder = new TextDecoder();
  for (let at = 0; at < stream.byteLength;) {
    const view = new DataView(stream, at);
    const size = view.getUint32(0);
    const bytes = new Uint8Array(stream, at, size);
    assert.equal(view.getUint32(8), crc32(bytes.subarray(0, 8)));
    assert.equal(view.getUint32(size - 4), crc32(bytes.subarray(0, size - 4)));
    const end = 12 + view.getUint32(4);
    const headers: Record<string, string> = {};
    for (let place = 12; place < end;) {
      const take = (length: number) => decoder.decode(bytes.subarray(place, place += length));
      const name = take(bytes[place++]!);
      place += 3;
      headers[name] = take(bytes[place - 1]!);
    }
    frames.push({ headers, data: JSON.parse(decoder.decode(bytes.subarray(end, size - 4))) });
    at += size;
  }
  return frames;
}

/** The `data:` of every event. */
const dataOf = (text: string) => [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => data!);

test("faulty provider: a request that names no fault is answered well in the dialect of its path", async () => {
  const text = "Hello from a faulty provider";
  const [openai, responses, anthropic, gemini] = await Promise.all(
    [paths.openai, paths.responses, paths.anthropic, paths.geminiPlain].map(async (path) =>
      (await play("m", path)).json()
    ),
  );
  assert.equal(openai.choices[0].message.content, text);
  assert.equal(responses.output[0].content[0].text, text);
  assert.equal(anthropic.content[0].text, text);
  assert.equal(gemini.candidates[0].content.parts[0].text, text);
});

test("faulty provider: every dialect streams the same words and ends with its own mark", async () => {
  const words = ["Hello", " from", " a", " faulty", " provider"];
  const openai = dataOf(await streamed("m"));
  assert.equal(openai.at(-1), "[DONE]");
  const deltas = openai.slice(1, -2).map((data) => JSON.parse(data).choices[0].delta.content);
  assert.deepEqual(deltas, words);
  const responses = dataOf(await streamed("m", paths.responses)).map((data) => JSON.parse(data));
  assert.deepEqual(responses.map((event) => event.sequence_number), responses.map((_, index) => index));
  assert.deepEqual(responses.flatMap((event) => event.delta ?? []), words);
  assert.equal(responses.at(-1).type, "response.completed");
  const anthropic = dataOf(await streamed("m", paths.anthropic)).map((data) => JSON.parse(data));
  assert.deepEqual(anthropic.flatMap((event) => event.delta?.text ?? []), words);
  assert.equal(anthropic.at(-1).type, "message_stop");
  for (
    const chunks of [
      dataOf(await streamed("m", paths.gemini)).map((data) => JSON.parse(data)),
      JSON.parse(await streamed("m", paths.geminiArray)),
    ]
  ) {
    const parts = chunks.map((chunk: { candidates: { content: { parts: { text: string }[] } }[] }) =>
      chunk.candidates[0]!.content.parts[0]!.text
    );
    assert.deepEqual(parts, [...words, ""]);
    assert.equal(chunks.at(-1).candidates[0].finishReason, "STOP");
  }
});

test("faulty provider: chat completions tell a stream's tokens where they are asked for, in an event before the end mark", async () => {
  const told = async (query: object) => {
    const response = await play("m", paths.openai, { stream: true, ...query });
    return [...(await response.text()).matchAll(/^data: (\{.+\})$/gm)].map(([, data = ""]) =>
      JSON.parse(data)
    );
  };
  const chunks = await told({ stream_options: { include_usage: true } });
  assert.deepEqual(chunks.at(-1).choices, []);
  assert.deepEqual(chunks.at(-1).usage, { prompt_tokens: 5, completion_tokens: 5, total_tokens: 10 });
  assert.ok(chunks.slice(0, -1).every(({ usage, choices }) => usage === null && choices.length === 1));
  for (const stream_options of [undefined, null, 1, {}, { include_usage: false }]) {
    const silent = await told({ stream_options });
    assert.equal(silent.length, chunks.length - 1);
    assert.ok(silent.every((chunk) => !("usage" in chunk)));
  }
});

test("faulty provider: Cohere, Workers AI, Replicate and TGI answer and stream in their own words", async () => {
  const text = "Hello from a faulty provider";
  const json = async (path: string) => (await play("m", path)).json();
  assert.equal((await json(paths.cohere)).message.content[0].text, text);
  assert.equal((await json(paths.workersAi)).result.response, text);
  assert.equal((await json(paths.replicate)).output.join(""), text);
  assert.equal((await json(paths.tgi)).generated_text, text);
  const cohere = dataOf(await streamed("m", paths.cohere)).map((data) => JSON.parse(data));
  assert.equal(cohere.map((event) => event.delta?.message?.content?.text ?? "").join(""), text);
  assert.deepEqual(
    [cohere[0].type, cohere[1].type, cohere.at(-2).type, cohere.at(-1).type],
    ["message-start", "content-start", "content-end", "message-end"],
  );
  const workers = dataOf(await streamed("m", paths.workersAi));
  assert.equal(workers.pop(), "[DONE]");
  assert.equal(workers.map((data) => JSON.parse(data).response).join(""), text);
  const listener = new Request(`http://provider.test${paths.replicate}/x`, {
    headers: { accept: "text/event-stream" },
  });
  const replicate = await (await createFaultyProvider().handle(listener)).text();
  assert.equal(
    [...replicate.matchAll(/^event: output\ndata: (.*)$/gm)].map(([, data]) => data).join(""),
    text,
  );
  assert.match(replicate, /event: done\ndata: {}\n\n$/);
  const tgi = dataOf(await streamed("m", paths.tgiStream)).map((data) => JSON.parse(data));
  assert.deepEqual(tgi.map((event) => event.generated_text), [...Array(5).fill(null), text]);
  assert.equal(tgi.slice(0, -1).map((event) => event.token.text).join(""), text);
});

test("faulty provider: Bedrock streams binary frames, the last of which says what it cost", async () => {
  const frames = framesOf(await (await play("m", paths.bedrockStream)).arrayBuffer());
  const types = frames.map(({ headers }) => headers[":event-type"]);
  const deltas = Array(5).fill("contentBlockDelta");
  assert.deepEqual(types, ["messageStart", ...deltas, "contentBlockStop", "messageStop", "metadata"]);
  assert.equal(
    frames.map(({ data }) => data.delta?.text ?? "").join(""),
    "Hello from a faulty provider",
  );
  const failed = await play("fault:error-after-token;kind=rate-limit", paths.bedrockStream);
  const last = framesOf(await failed.arrayBuffer()).at(-1)!;
  assert.equal(last.headers[":message-type"], "exception");
  assert.equal(last.headers[":exception-type"], "throttlingException");
  const limited = await play("fault:429", paths.bedrock);
  assert.equal(limited.headers.get("x-amzn-errortype"), "ThrottlingException");
  const plain = await (await play("m", paths.bedrock)).json();
  assert.equal(plain.output.message.content[0].text, "Hello from a faulty provider");
});

test("faulty provider: a dialect can be asked for where the path does not tell", async () => {
  const tgi = await (await play("fault:healthy;dialect=tgi", "/models/m")).json();
  assert.equal(tgi.generated_text, "Hello from a faulty provider");
  const error = await play("fault:error-json;dialect=cohere", "/x");
  assert.match((await error.json()).message, /overloaded/);
});

test("faulty provider: a fault is named by the model, by the path, or for all calls", async () => {
  assert.equal((await play("fault:503")).status, 503);
  assert.equal((await play("openai/fault:503")).status, 503);
  assert.equal((await play("m", "/fault/404/v1/chat/completions")).status, 404);
  assert.equal((await play("m", "/v1beta/models/fault%3A500:generateContent")).status, 500);
  assert.equal((await createFaultyProvider({ fault: "401" }).handle(call(paths.openai, "m"))).status, 401);
  assert.equal((await play("fault:nonsense")).status, 501);
});

/** Asks for what cannot be played, and returns what is said about it. */
async function refusalOf(model: string, path = paths.openai): Promise<string> {
  const refused = await play(model, path);
  assert.equal(refused.status, 501, model);
  return (await refused.json()).error.message;
}

test("faulty provider: an unknown fault is a 501 that names it and lists those there are", async () => {
  assert.match(await refusalOf("fault:cutt"), /"cutt".* healthy, .*, cut, .*gzip-bomb/);
  assert.match(await refusalOf("fault:cutt;every=2"), /"cutt"/);
});

test("faulty provider: an unknown setting is a 501 that names it and lists those that the fault takes", async () => {
  assert.match(await refusalOf("fault:503;time=2"), /"503".*"time".* times, every, key, dialect, stream, /);
  assert.match(await refusalOf("m", "/fault/cut;aftr=2/v1/chat/completions"), /"cut".*"aftr".* after, times/);
  assert.match(await refusalOf("fault:503;after=2"), /"503".*"after"/);
  assert.match(await refusalOf("fault:503;constructor=2"), /"constructor"/);
});

test("faulty provider: a value that its setting does not take is a 501 that says what it takes", async () => {
  assert.match(await refusalOf("fault:cut;after=x"), /"after".*"x".* a number/);
  assert.match(await refusalOf("fault:503;times="), /"times".*"".* a number/);
  assert.match(await refusalOf("fault:slow-headers;ms=1e9x"), /"ms".*"1e9x".* a number/);
  assert.match(await refusalOf("fault:cut;stream=yes"), /"stream".*"yes".* 0, 1/);
  assert.match(await refusalOf("fault:429;x-should-retry=0"), /"x-should-retry".*"0".* true, false/);
  assert.match(
    await refusalOf("fault:error-event;kind=rate"),
    /"kind".*"rate".* bad-request, .*content-filter/,
  );
  assert.match(await refusalOf("fault:cut;dialect=gpt"), /"dialect".*"gpt".* openai, .*bedrock/);
  assert.match(await refusalOf("fault:html;status=42"), /"status".*"42".* from 200 to 599/);
});

test("faulty provider: values that look odd but say something are taken", async () => {
  for (const settings of ["retry-after-date=-60", "retry-after=1.5", "key=a=b c", "stream", "times=0", ""]) {
    assert.notEqual((await play(`fault:503;${settings}`)).status, 501, settings);
  }
});

test("faulty provider: a fault for all calls that cannot be played is told at creation", () => {
  assert.throws(() => createFaultyProvider({ fault: "cutt" }), /"cutt".* healthy, /);
  assert.throws(() => createFaultyProvider({ fault: "cut;aftr=2" }), /"aftr".* after, /);
  assert.throws(() => createFaultyProvider({ fault: "cut;after=x" }), /"after".*"x".* a number/);
});

test("faulty provider: errors have the status and the words of their dialect", async () => {
  const quota = await play("fault:insufficient-quota");
  assert.deepEqual([quota.status, (await quota.json()).error.code], [429, "insufficient_quota"]);
  const overloaded = await play("fault:overloaded", paths.anthropic);
  assert.deepEqual([overloaded.status, (await overloaded.json()).error.type], [529, "overloaded_error"]);
  const limited = await play("fault:rate-limit", paths.geminiPlain);
  assert.deepEqual([limited.status, (await limited.json()).error.status], [429, "RESOURCE_EXHAUSTED"]);
  const long = await play("fault:context-length");
  assert.deepEqual([long.status, (await long.json()).error.code], [400, "context_length_exceeded"]);
  const filter = await play("fault:content-filter");
  assert.deepEqual([filter.status, (await filter.json()).error.code], [400, "content_filter"]);
});

test("faulty provider: hints go with any error", async () => {
  const { headers } = await play("fault:429;retry-after-ms=5;retry-after=1;x-should-retry=false");
  const hints = ["retry-after-ms", "retry-after", "x-should-retry"].map((name) => headers.get(name));
  assert.deepEqual(hints, ["5", "1", "false"]);
  const dated = (await play("fault:503;retry-after-date=60")).headers.get("retry-after");
  const ahead = Date.parse(dated!) - Date.now();
  assert.ok(ahead > 30_000 && ahead <= 60_000, `${dated}`);
});

test("faulty provider: a fault with times gives way to a good answer, counted per key", async () => {
  const provider = createFaultyProvider();
  const statuses: number[] = [];
  for (const key of ["a", "a", "a", "b"]) {
    statuses.push((await provider.handle(call(paths.openai, `fault:503;times=2;key=${key}`))).status);
  }
  assert.deepEqual(statuses, [503, 503, 200, 503]);
  assert.deepEqual(provider.calls.map(({ fault }) => fault), ["503", "503", "healthy", "503"]);
});

test("faulty provider: a fault with every spares the calls between", async () => {
  const provider = createFaultyProvider({ fault: "503;every=2;times=2" });
  const statuses: number[] = [];
  for (let turn = 0; turn < 6; turn++) {
    statuses.push((await provider.fetch("http://provider.test/v1/chat/completions")).status);
  }
  assert.deepEqual(statuses, [200, 503, 200, 503, 200, 200]);
});

test("faulty provider: an error in a 200 is plain JSON, the first event, or comes after a token", async () => {
  const plain = await play("fault:error-json", paths.anthropic, { stream: true });
  assert.equal(plain.status, 200);
  assert.equal((await plain.json()).error.type, "overloaded_error");
  const openai = dataOf(await streamed("fault:error-event;kind=rate-limit"));
  assert.deepEqual(openai.map((data) => JSON.parse(data).error.code), ["rate_limit_exceeded"]);
  const anthropic = await streamed("fault:error-after-token", paths.anthropic);
  assert.match(anthropic, /text_delta[^]*event: error\ndata: .*overloaded_error.*\n\n$/);
  const array = JSON.parse(await streamed("fault:error-event", paths.geminiArray) + "]");
  assert.equal(array[0].error.status, "UNAVAILABLE");
  const responses = dataOf(await streamed("fault:error-after-start", paths.responses));
  assert.equal(JSON.parse(responses.at(-1)!).type, "error");
});

test("faulty provider: streams are cut, spoilt, emptied or left without their end", async () => {
  const cut = dataOf(await streamed("fault:cut;after=2"));
  assert.equal(JSON.parse(cut.at(-1)!).choices[0].delta.content, " from");
  assert.doesNotMatch(await streamed("fault:cut-in-event"), /\n\n$/);
  const malformed = dataOf(await streamed("fault:malformed"));
  assert.throws(() => JSON.parse(malformed[2]!));
  assert.equal(malformed.at(-1), "[DONE]");
  assert.equal(
    JSON.parse(dataOf(await streamed("fault:missing-terminal")).at(-1)!).choices[0].finish_reason,
    "stop",
  );
  assert.doesNotMatch(await streamed("fault:missing-terminal", paths.anthropic), /message_stop/);
  assert.match(await streamed("fault:missing-terminal", paths.anthropic), /message_delta/);
  assert.equal(await streamed("fault:empty"), "");
  assert.equal(await streamed("fault:pings-only;count=2;ms=0"), ": keep-alive\n\n".repeat(2));
  assert.match(await streamed("fault:pings-only;count=1;ms=0", paths.anthropic), /^event: ping\n/);
  assert.match(await streamed("fault:pings-first;ms=0"), /^: keep-alive[^]*\[DONE\]\n\n$/);
  assert.equal(
    await streamed("fault:drip;ms=0"),
    await streamed("m").then((text) => text.replaceAll('"m"', '"fault:drip;ms=0"')),
  );
});

test("faulty provider: plain JSON is cut too", async () => {
  const text = await (await play("fault:cut")).text();
  assert.match(text, /^\{"id"/);
  assert.throws(() => JSON.parse(text), SyntaxError);
});

test("faulty provider: a break fails the body after its first token", async () => {
  const { body } = await play("fault:break", paths.openai, { stream: true });
  const reader = body!.getReader();
  await reader.read();
  await reader.read();
  await assert.rejects(reader.read());
});

test("faulty provider: slow answers are slow where they should be", async () => {
  const started = performance.now();
  await (await play("fault:slow-headers;ms=30")).text();
  assert.ok(performance.now() - started >= 29);
  const { body } = await play("fault:slow-first-token;ms=30", paths.openai, { stream: true });
  const reader = body!.getReader();
  const waited = performance.now();
  await reader.read();
  const token = reader.read().then(() => "token");
  const soon = new Promise((resolve) => setTimeout(resolve, 0, "not yet"));
  assert.equal(await Promise.race([token, soon]), "not yet");
  await token;
  assert.ok(performance.now() - waited >= 28);
  await reader.cancel();
});

test("faulty provider: a flood of headers has as many as asked for", async () => {
  const { headers } = await play("fault:header-flood;count=70;bytes=3");
  assert.equal(
    [...headers].filter(([name, value]) => name.startsWith("x-flood-") && value === "xxx").length,
    70,
  );
});

test("faulty provider: silence ends when the client leaves, and the record says when", async () => {
  const provider = createFaultyProvider();
  const client = new AbortController();
  const answer = provider.handle(call(paths.openai, "fault:silence", {}, client.signal));
  const rejected = assert.rejects(answer);
  await until(() => provider.calls.length > 0, "a call");
  setTimeout(() => client.abort(), 15);
  await rejected;
  const [record] = provider.calls;
  assert.equal(await record!.ended, "aborted");
  assert.equal(record!.ending, "aborted");
  assert.ok(record!.endedAt! - record!.at >= 10);
});

test("faulty provider: a record tells whether the answer was whole, aborted by the client or broken", async () => {
  const provider = createFaultyProvider();
  const stalled = await provider.handle(call(paths.openai, "fault:stall", { stream: true }));
  const reader = stalled.body!.getReader();
  await reader.read();
  await reader.read();
  await reader.cancel();
  await (await provider.handle(call(paths.openai, "m"))).text();
  await assert.rejects((await provider.handle(call(paths.openai, "fault:break"))).text());
  await provider.handle(call(paths.openai, "m"));
  assert.deepEqual(provider.calls.map(({ ending }) => ending), ["aborted", "whole", "broken", undefined]);
  assert.deepEqual(provider.calls.map(({ at, endedAt }) => endedAt! >= at), [true, true, true, false]);
});

test("faulty provider: every call is recorded with time, method, path, headers and body", async () => {
  const provider = createFaultyProvider();
  const before = performance.now();
  const request = call("/v1/chat/completions?x=1", "m");
  request.headers.set("x-test", "yes");
  await (await provider.handle(request)).text();
  const [record] = provider.calls;
  assert.deepEqual([record!.method, record!.path, record!.fault], [
    "POST",
    "/v1/chat/completions?x=1",
    "healthy",
  ]);
  assert.equal(record!.body, '{"model":"m"}');
  assert.deepEqual(record!.headers.find(([name]) => name === "x-test"), ["x-test", "yes"]);
  assert.ok(record!.at >= before && record!.at <= performance.now());
});

test("faulty provider: every listed fault can be named, and those below HTTP say what they need", async () => {
  const client = new AbortController();
  const provider = createFaultyProvider();
  for (const { name, kind, description, settings } of faults) {
    assert.match(description, /^[A-Z].*\.$/);
    if (name === "silence") continue;
    const quick = settings.filter((setting) => setting.startsWith("ms=")).map(() => ";ms=0");
    const request = call(paths.openai, `fault:${name}${quick}`, { stream: true }, client.signal);
    const response = await provider.handle(request);
    assert.equal(response.status === 501, kind === "socket" || kind === "address", name);
    await response.body?.cancel();
  }
  assert.match(commonSettings["dialect"]!, /^openai, .*bedrock\. /);
  assert.equal(new Set(faults.map(({ name }) => name)).size, faults.length);
});

test("faulty provider: stands in for the fetch of a gateway", async () => {
  const provider = createFaultyProvider({ fault: "503;times=2" });
  const gateway = createGateway({ fetch: provider.fetch });
  const response = await gateway.run(
    { provider: "openai", endpoint: "chat/completions", query: { model: "gpt-4o-mini", messages: [] } },
    { gateway: { retries: { maxAttempts: 3, retryDelayMs: 1 } } },
  );
  assert.equal((await response.json()).choices[0].message.content, "Hello from a faulty provider");
  assert.deepEqual(provider.calls.map(({ fault }) => fault), ["503", "503", "healthy"]);
});
