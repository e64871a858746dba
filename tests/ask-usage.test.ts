import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createGateway, type GatewaySettings, type LogRecord, type Settings } from "../src/index.ts";
import { arrayLogs } from "./support/array-logs.ts";
import { hear } from "./support/hear.ts";
import { metered } from "./support/metered.ts";
import { cuttings, cutUp } from "./support/odd-writing.ts";
import { ask, askUniversal, script } from "./support/script.ts";
import { until } from "./support/until.ts";

const asked = '"stream_options":{"include_usage":true}';
const json = { "content-type": "application/json" };
const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

const word = 'data: {"choices":[{"index":0,"delta":{"content":"Grüße 😀"}}],"usage":null}\n\n';
const stop = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":null}\n\n';
const usage = 'data: {"choices":[],"usage":{"prompt_tokens":12,"completion_tokens":3}}\n\n';
const done = "data: [DONE]\n\n";
const whole = word + stop + usage + done;
const rest = word + stop + done;

const stream = (...chunks: readonly string[]) =>
  new Response(
    new ReadableStream({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(encode(chunk));
        controller.close();
      },
    }),
    { headers: { "content-type": "text/event-stream" } },
  );

/** A gateway that asks, before a provider that plays some answers. */
function asking(answers: readonly Response[], own: GatewaySettings = {}, more: Settings = {}) {
  const provider = script(...answers);
  const records: LogRecord[] = [];
  const gateway = createGateway({
    fetch: provider.fetch,
    onEnd: (record) => void records.push(record),
    gateways: { g: { askUsage: true, ...own } },
    ...more,
  });
  return { ...gateway, records, calls: provider.calls };
}

const post = (body: string, path = "/openai/chat/completions", headers: Record<string, string> = {}) =>
  ask(path, { body, headers: { ...json, ...headers } });

/** What a provider is sent in place of a body. */
const bodies: readonly (readonly [what: string, written: string, sent: string])[] = [
  ["a stream", '{"model":"m","stream":true}', `{"model":"m","stream":true,${asked}}`],
  [
    "odd spaces and numbers that nobody can hold",
    '\n{ "seed" : 12345678901234567890 ,\t"stream":true,"x":1.0e0 \r\n}\n ',
    `\n{ "seed" : 12345678901234567890 ,\t"stream":true,"x":1.0e0 \r\n,${asked}}\n `,
  ],
  ["names in escapes", '{"\\u0073tream":true}', `{"\\u0073tream":true,${asked}}`],
  [
    "a name twice, of which the last counts",
    '{"stream":false,"stream":true}',
    `{"stream":false,"stream":true,${asked}}`,
  ],
  [
    "other options of the stream",
    '{"stream_options":{"a":[1,{"include_usage":true}]},"stream":true}',
    '{"stream_options":{"a":[1,{"include_usage":true}],"include_usage":true},"stream":true}',
  ],
  [
    "no options of the stream",
    '{"stream_options":{ },"stream":true}',
    '{"stream_options":{ "include_usage":true},"stream":true}',
  ],
  ["options that are null", '{"stream_options":null,"stream":true}', `{${asked},"stream":true}`],
  [
    "no wish for the event",
    '{"stream_options":{"include_usage": false ,"a":1},"stream":true}',
    '{"stream_options":{"include_usage": true ,"a":1},"stream":true}',
  ],
];

for (const [what, written, sent] of bodies) {
  test(`a request with ${what} asks for tokens, and keeps every other byte`, async () => {
    const { handle, calls, records } = asking([stream(whole)]);
    const response = await handle(post(written));
    assert.equal(await response.text(), rest);
    assert.equal(calls[0]!.body, sent);
    await until(() => records.length > 0, "a record");
    const { tokens_in, tokens_out, ending, request_size, response_size } = records[0]!;
    assert.deepEqual([tokens_in, tokens_out, ending], [12, 3, "complete"]);
    assert.deepEqual([request_size, response_size], [encode(written).length, encode(whole).length]);
  });
}

/** What goes on as it came, and so does its answer. */
const left: readonly (readonly [
  what: string,
  body: string,
  path?: string | undefined,
  headers?: Record<string, string>,
])[] = [
  ["a client that asks by itself", `{"stream":true,${asked}}`],
  ["no stream", '{"stream":false}'],
  ["no word of a stream", '{"model":"m","x":{"stream":true}}'],
  ["a stream that is no boolean", '{"stream":"true"}'],
  ["options that are no object", '{"stream":true,"stream_options":"all"}'],
  ["a wish that is no boolean", '{"stream":true,"stream_options":{"include_usage":1}}'],
  ["a list", '[{"stream":true}]'],
  ["no JSON", '{"stream":true'],
  ["another type", '{"stream":true}', undefined, { "content-type": "text/plain" }],
  ["responses", '{"stream":true}', "/openai/responses"],
  ["a provider that tells tokens unasked", '{"stream":true}', "/groq/chat/completions"],
  ["a provider that refuses to be asked", '{"stream":true}', "/mistral/chat/completions"],
  [
    "a version of Azure's that refuses to be asked",
    '{"stream":true}',
    "/azure-openai/r/d/chat/completions?api-version=2024-08-01-preview",
  ],
];

for (const [what, body, path, headers] of left) {
  test(`a request with ${what} is not touched, and neither is its answer`, async () => {
    const { handle, calls } = asking([stream(whole)]);
    const response = await handle(post(body, path, headers));
    assert.equal(await response.text(), whole);
    assert.equal(calls[0]!.body, body);
  });
}

test("nothing is asked without the setting, or where nobody wants to know", async () => {
  const body = '{"stream":true}';
  for (const [own, more] of [[{ askUsage: false }, {}], [{}, { onEnd: undefined }]] as const) {
    const { handle, calls } = asking([stream(whole)], own, more as Settings);
    assert.equal(await (await handle(post(body))).text(), whole);
    assert.equal(calls[0]!.body, body);
    const universal = asking([stream(whole)], own, more as Settings);
    const step = { provider: "openai", endpoint: "chat/completions", query: { stream: true } };
    assert.equal(await (await universal.handle(askUniversal(step))).text(), whole);
    assert.equal(universal.calls[0]!.body, body);
  }
});

test("Azure is asked from the version on that can be, and a row of one's own where it says so", async () => {
  const paths = [
    "/azure-openai/r/d/chat/completions?api-version=2024-10-21",
    "/azure-openai/r/d/chat/completions?api-version=2024-09-01-preview",
    "/openai/completions",
    "/wall/chat/completions",
    "/custom-wall/v1/chat/completions",
  ];
  const { handle, calls } = asking(paths.map(() => stream(whole)), {}, {
    providers: { wall: { base: "http://127.0.0.1:1/v1", usageOnRequest: true } },
  });
  for (const path of paths) assert.equal(await (await handle(post('{"stream":true}', path))).text(), rest);
  assert.deepEqual(calls.map(({ body }) => body), paths.map(() => `{"stream":true,${asked}}`));
});

test("a body that is too long to be kept goes on as it came", async () => {
  const { handle, calls } = asking([stream(whole)], {}, { bodyLimit: 20 });
  const body = '{"stream":true,"x":"long enough"}';
  const response = await handle(post(body, undefined, { "content-length": String(body.length) }));
  assert.equal(await response.text(), whole);
  assert.equal(calls[0]!.body, body);
});

test("plain answers and errors pass as they came", async () => {
  const plain = '{"choices":[],"usage":{"prompt_tokens":1}}';
  const answers = [200, 400].map((status) => new Response(plain, { status, headers: json }));
  const bad = new Response(usage, { status: 400, headers: { "content-type": "text/event-stream" } });
  const { handle } = asking([...answers, bad]);
  for (const expected of [plain, plain, usage]) {
    assert.equal(await (await handle(post('{"stream":true}'))).text(), expected);
  }
});

test("every step asks for itself, also when it is sent again", async () => {
  const { handle, calls } = asking([
    new Response(null, { status: 500 }),
    new Response(null, { status: 500 }),
    stream(whole),
  ], { maxAttempts: 2, retryDelay: 1 });
  const query = { stream: true };
  const response = await handle(askUniversal([
    { provider: "openai", endpoint: "chat/completions", query },
    { provider: "groq", endpoint: "chat/completions", query },
  ]));
  assert.equal(await response.text(), whole);
  assert.deepEqual(calls.map(({ body }) => body), [
    `{"stream":true,${asked}}`,
    `{"stream":true,${asked}}`,
    '{"stream":true}',
  ]);
});

test("a stream that breaks off is replaced by the next one, of which the event is taken out", async () => {
  const { handle, records } = asking([stream(usage), stream(whole)], { maxAttempts: 2, retryDelay: 1 });
  const body = [{ provider: "openai", endpoint: "chat/completions", query: { stream: true } }];
  assert.equal(await (await handle(askUniversal(body))).text(), rest);
  await until(() => records.length > 0, "a record");
  assert.deepEqual(records[0]!.attempts.map(({ tokens_in }) => tokens_in), [12, 12]);
});

test("the policies of commit change nothing of it", async () => {
  for (const commit of ["headers", "event", "complete"] as const) {
    const { handle } = asking([stream(word, stop + usage.slice(0, 9), usage.slice(9) + done)], { commit });
    assert.equal(await (await handle(post('{"stream":true}'))).text(), rest);
  }
});

for (const commit of ["headers", "complete"] as const) {
  test(`a kept answer is what the client got, and another one for who asks for the event (${commit})`, async () => {
    const { handle, calls } = asking([stream(whole), stream(whole)], { cacheTtl: 60, commit });
    const turns = [['{"stream":true}', rest], [`{"stream":true,${asked}}`, whole]] as const;
    const states: (string | null)[] = [];
    for (const [body, expected] of [...turns, ...turns]) {
      const { status, text } = await hear({ handle }, post(body));
      assert.equal(text, expected);
      states.push(status);
    }
    assert.deepEqual(states, ["MISS", "MISS", "HIT", "HIT"]);
    assert.equal(calls.length, 2);
  });
}

test("the log has the request as the client wrote it, and the answer as its provider sent it", async () => {
  const logs = arrayLogs();
  const { handle, flush } = asking([stream(whole)], { collectLogPayload: true }, { logs });
  assert.equal(await (await handle(post('{"stream":true}'))).text(), rest);
  await flush();
  const [{ request, response, record }] = logs.entries as [typeof logs.entries[number]];
  assert.deepEqual([decode(request!), decode(response!)], ['{"stream":true}', whole]);
  assert.equal(record.tokens_in, 12);
});

test("whoever signs a call signs the body that is sent", async () => {
  const { handle, calls } = asking([stream(whole)], {}, {
    gateways: { g: { askUsage: true, keys: { wall: "secret" } } },
    providers: {
      wall: {
        base: "http://127.0.0.1:1/v1",
        usageOnRequest: true,
        authorize: async (_, call) => ({ "x-signed": String((await call.bytes()).byteLength) }),
      },
    },
  });
  assert.equal(await (await handle(post('{"stream":true}', "/wall/chat/completions"))).text(), rest);
  assert.equal(calls[0]!.headers.get("x-signed"), String(calls[0]!.body.length));
});

/** A stream that is written piece by piece. */
function written() {
  let controller!: ReadableStreamDefaultController<Uint8Array>;
  const body = new ReadableStream<Uint8Array>({ start: (own) => void (controller = own) });
  const response = new Response(body, { headers: { "content-type": "text/event-stream" } });
  return {
    response,
    write: (text: string) => controller.enqueue(encode(text)),
    fail: () => controller.error(new Error("broken")),
    close: () => controller.close(),
  };
}

test("an event goes on when it ends, a comment and a long event at once", async () => {
  const { response, write, close } = written();
  const { handle } = asking([response]);
  const reader = (await handle(post('{"stream":true}'))).body!.getReader();
  const next = async () => decode((await reader.read()).value!);
  write(word);
  assert.equal(await next(), word);
  write(": ping\n");
  assert.equal(await next(), ": ping\n");
  write(`\n${word.slice(0, 20)}`);
  assert.equal(await next(), "\n");
  write(word.slice(20) + usage + word.slice(0, 7));
  let passed = "";
  while (passed.length < word.length) passed += await next();
  assert.equal(passed, word);
  const long = "x".repeat(64 * 1024);
  write(long);
  passed = "";
  while (passed.length < 7 + long.length) passed += await next();
  assert.equal(passed, word.slice(0, 7) + long);
  write(`\n\n${usage}${done}`);
  close();
  passed = "";
  for (let turn = await reader.read(); !turn.done; turn = await reader.read()) passed += decode(turn.value);
  assert.equal(passed, `\n\n${done}`);
});

test("a transfer that breaks gives first what was held back, then breaks", async () => {
  const { response, write, fail } = written();
  const { handle, records } = asking([response]);
  const reader = (await handle(post('{"stream":true}'))).body!.getReader();
  write(word + stop.slice(0, 30));
  let passed = decode((await reader.read()).value!);
  assert.equal(passed, word);
  const last = reader.read();
  fail();
  passed += decode((await last).value!);
  assert.equal(passed, word + stop.slice(0, 30));
  await assert.rejects(reader.read());
  await until(() => records.length > 0, "a record");
  assert.equal(records[0]!.ending, "truncated");
});

test("a client that leaves is told to the provider", async () => {
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encode(word)),
    cancel: () => void (cancelled = true),
  });
  const { handle, records } = asking([
    new Response(body, { headers: { "content-type": "text/event-stream" } }),
  ]);
  const reader = (await handle(post('{"stream":true}'))).body!.getReader();
  assert.equal(decode((await reader.read()).value!), word);
  await reader.cancel();
  await until(() => cancelled && records.length > 0, "a record, and a provider that hears of it");
  assert.equal(records[0]!.ending, "client_left");
});

/** An event, and whether it goes on to the client. */
interface Block {
  readonly lines: readonly string[];
  readonly goesOn: boolean;
}

const kept = (...lines: readonly string[]): Block => ({ lines, goesOn: true });
const taken = (...lines: readonly string[]): Block => ({ lines, goesOn: false });
const tokens = '"usage":{"prompt_tokens":12,"completion_tokens":3}';
const blocks: readonly Block[] = [
  kept(word.trim()),
  kept(": ping"),
  kept(""),
  kept('data: {"choices":[],"prompt_filter_results":[],"usage":null}'),
  kept('data: {"choices":[]}'),
  kept(`data: {"choices":[{"index":0,"delta":{}}],${tokens}}`),
  kept(`data: {"choices":[{"index":0,"delta":{"content":"{\\"choices\\":[],\\"usage\\":{}}"}}],${tokens}}`),
  kept(`event: {"choices":[],${tokens}}`),
  kept(`: data: {"choices":[],${tokens}}`),
  kept(`data: {"choices":[],${tokens}`),
  kept(`data: {"choices":[],"usage":{}} x`),
  kept(`data : {"choices":[],${tokens}}`),
  kept(`data: {"usage":{},"choices":[],"usage":null}`),
  kept("id: 7", "", "data: [1]"),
  taken(`data: {"choices":[],${tokens}}`),
  taken(`data:{${tokens} , "choices" :\t[ ] }`),
  taken("id: 7", "event: message", `data: {"choices":[],${tokens}}`, "retry: 1"),
  taken(`data: {"choices":[],`, `: {"choices":[1]}`, `data:${tokens}`, "data: }"),
  taken(`data: {"choice\\u0073":[],"\\u0075sage":{"prompt_tokens":12,"completion_tokens":3}}`),
  taken(`data: {"a":"Grüße 😀","choices":[],${tokens}}`),
];

/** Line ends that may stand side by side: an LF behind a CR would belong to it. */
const lineEnds = fc.constantFrom(["\n"], ["\r\n"], ["\r"], ["\n", "\r\n"]);
const beat = fc.record(
  { which: fc.nat(blocks.length - 1), line: fc.nat(1), comment: fc.boolean() },
  { noNullPrototype: true },
);

/** Streams, and what is left of them without the events that tell tokens alone. */
const streams = fc.record({
  beats: fc.array(beat, { maxLength: 12 }),
  lines: lineEnds,
  mark: fc.boolean(),
  tail: fc.constantFrom("", usage, usage.slice(0, -1), usage.slice(0, -2)),
}, { noNullPrototype: true }).map(({ beats, lines, mark, tail }) => {
  const texts = beats.map(({ which, line, comment }) => {
    const end = lines[line % lines.length]!;
    const block = blocks[which]!;
    const before = comment ? `: ping${end}` : "";
    const text = `${before}${block.lines.join(end)}${end}${end}`;
    return [text, block.goesOn ? text : before] as const;
  });
  const before = mark ? "\ufeff" : "";
  const end = word + stop + done.replaceAll("\n", lines[0]!);
  const join = (side: 0 | 1) => before + texts.map((text) => text[side]).join("") + end;
  return { bytes: encode(join(0) + tail), left: encode(join(1)) };
});

const path = "/openai/chat/completions";
const contentType = "text/event-stream; charset=utf-8";
const query = { model: "m", stream: true };
const play = metered(() => 0.5, { askUsage: true });

test("however a stream is written and cut, the client gets every byte but those of the event", async () => {
  await fc.assert(
    fc.asyncProperty(streams, cuttings, async ({ bytes, left }, cutting) => {
      for (const chunks of [[bytes.slice()], cutUp(bytes.slice(), cutting)]) {
        const heard = await play({ path, contentType, chunks, query });
        assert.equal(decode(heard.bytes), decode(left));
        assert.deepEqual([...heard.bytes], [...left]);
        assert.equal(decode(heard.kept!), decode(bytes));
      }
    }),
    { numRuns: 150 },
  );
});

test("however it is cut where it breaks off, the client gets the same bytes", async () => {
  const stops = fc.integer({ min: 1, max: 99 });
  await fc.assert(
    fc.asyncProperty(streams, cuttings, stops, async ({ bytes }, cutting, share) => {
      const part = bytes.slice(0, Math.ceil(bytes.byteLength * share / 100));
      const parallel = metered(() => 0.5, { askUsage: true });
      const uncut = await play({ path, contentType, chunks: [part.slice()], query });
      const cut = await parallel({ path, contentType, chunks: cutUp(part.slice(), cutting), query });
      assert.equal(decode(cut.bytes), decode(uncut.bytes));
      assert.equal(cut.whole, uncut.whole);
    }),
    { numRuns: 20, endOnFailure: true },
  );
});
