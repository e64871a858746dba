import assert from "node:assert/strict";
import { test } from "node:test";
import { createGateway, type Fetch, type LogRecord, memoryLogs, type Settings } from "../src/index.ts";
import { ask, script } from "./support/script.ts";

/** An upload that stalls in the middle, and breaks when its client leaves. */
function stalled(headers: Record<string, string>, leaving = new AbortController().signal): Request {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('{"model":"m"'));
      leaving.addEventListener("abort", () => controller.error(new Error("the connection is gone")));
    },
  });
  const init = { body, headers: { "content-type": "application/json", ...headers }, duplex: "half" };
  return ask("/openai/chat/completions", { ...init, signal: leaving } as RequestInit);
}

/** A gateway, and what it tells of requests that are over. */
function listening(settings: Settings) {
  const { fetch, calls } = script(() => Response.json({}));
  let tell: (record: LogRecord) => void;
  const told = new Promise<LogRecord>((resolve) => tell = resolve);
  return { gateway: createGateway({ fetch, ...settings, onEnd: (record) => tell(record) }), calls, told };
}

/** Who waits for a body before it is sent. */
const readers: Readonly<
  Record<string, { readonly settings?: Settings; readonly knobs?: Record<string, string> }>
> = {
  "a log": {},
  "a second attempt": { knobs: { "cf-aig-max-attempts": "2" } },
  "a breaker": { settings: { breaker: true } },
  "a cache": { knobs: { "cf-aig-cache-ttl": "60" } },
  "a limit of a model": {
    settings: { gateways: { g: { rateLimit: { limit: 9, interval: 60, per: ["model"] } } } },
  },
  "a choice of keys": { settings: { gateways: { g: { keys: { openai: ["one", "two"] } } } } },
};

for (const [reader, { settings = {}, knobs = {} }] of Object.entries(readers)) {
  test(`the time of a request is over though ${reader} still waits for its upload, and that is told`, async () => {
    const { gateway, calls, told } = listening(settings);
    const response = await gateway.handle(stalled({ ...knobs, "waygate-total-timeout": "20" }));
    assert.equal(response.status, 504);
    const { error, status_code, model } = await told;
    assert.deepEqual([error, status_code, model], ["timeout", 504, null]);
    assert.equal(calls.length, 0);
  });

  test(`a client that leaves while ${reader} waits for its upload has left, and nothing has failed`, async () => {
    const { gateway, calls, told } = listening(settings);
    const leaving = new AbortController();
    const answer = gateway.handle(stalled(knobs, leaving.signal));
    setTimeout(() => leaving.abort(), 5);
    assert.equal((await answer).status, 499);
    const { error, status_code } = await told;
    assert.deepEqual([error, status_code], ["client_left", 499]);
    assert.equal(calls.length, 0);
  });
}

/** An upload in two pieces of unknown length. */
function upload(text: string, type: string | undefined): Request {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of [text.slice(0, 5), text.slice(5)]) {
        controller.enqueue(new TextEncoder().encode(piece));
      }
      controller.close();
    },
  });
  const headers = type === undefined ? {} : { "content-type": type };
  return ask("/openai/files", { body, headers, duplex: "half" } as RequestInit);
}

/** Who asks for the model, or for the length of a prompt. */
const curious: Readonly<Record<string, Settings>> = {
  "a log": { logs: memoryLogs() },
  "a breaker": { breaker: true },
  "a limit of a model": { gateways: { g: { rateLimit: { limit: 9, interval: 60, per: ["model"] } } } },
  "a limit of tokens": { gateways: { g: { rateLimit: { limit: 1e9, interval: 60, unit: "tokens" } } } },
  "a budget": { price: () => 1, gateways: { g: { budgets: [{ limit: 9, interval: 60 }] } } },
};

/** What a provider is sent, and whether as a stream. */
async function sentOf(settings: Settings, request: Request) {
  let sent: readonly [isStream: boolean, text: string] | undefined;
  const fetch: Fetch = async (_, { body }) => {
    sent = [body instanceof ReadableStream, await new Response(body ?? null).text()];
    return Response.json({});
  };
  const response = await createGateway({ ...settings, fetch }).handle(request);
  await response.text();
  return { status: response.status, sent };
}

const strange: readonly (readonly [type: string | undefined, text: string])[] = [
  ["application/pdf", "%PDF-1.7 and so on"],
  ["application/zip", "PK and so on"],
  ["text/plain", "some text and so on"],
  ["application/x-ndjson", '{"model":"m"}\n{"model":"m"}\n'],
  ["multipart/form-data; boundary=x", "--x and so on"],
  [undefined, "who knows what"],
  [undefined, ""],
];
for (const [who, settings] of Object.entries(curious)) {
  test(`${who} leaves a body alone that is no JSON: it stays a stream, however long it is`, async () => {
    for (const [type, text] of strange) {
      for (const bodyLimit of [8, 10_000]) {
        const { status, sent } = await sentOf({ ...settings, bodyLimit }, upload(text, type));
        assert.deepEqual([status, sent], [200, [true, text]], `${type}, ${bodyLimit}`);
      }
    }
  });

  test(`${who} lets JSON pass that turns out too long for memory, once and whole`, async () => {
    const text = '{"model":"m","messages":[]}';
    for (const type of ["application/json", "text/plain", undefined]) {
      const { status, sent } = await sentOf({ ...settings, bodyLimit: 8 }, upload(text, type));
      assert.deepEqual([status, sent], [200, [true, text]], type);
      const { sent: kept } = await sentOf(settings, upload(text, type));
      assert.deepEqual(kept, [false, text], type);
    }
  });
}

test("the model of JSON is told whatever its client calls it", async () => {
  for (const type of ["text/plain;charset=UTF-8", "application/x-www-form-urlencoded", undefined]) {
    for (const blank of ["", " ", "\n\t  \r\n", "\ufeff"]) {
      const { gateway, told } = listening({});
      await (await gateway.handle(upload(`${blank}{"model":"m"}`, type))).text();
      assert.equal((await told).model, "m", `${type}: ${JSON.stringify(blank)}`);
    }
  }
});
