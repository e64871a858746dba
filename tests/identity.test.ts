import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Price, Usage } from "../src/index.ts";
import { type Heard, metered } from "./support/metered.ts";
import { cuttings, cutUp, oddly, oddlyPlain, plainly } from "./support/odd-writing.ts";
import { LIE, tongues, trapsIn } from "./support/tongues.ts";

/**
 * Whoever reads what passes changes nothing of it, and reads the same however it arrives: with tokens metered, prices
 * asked for, requests logged and bodies kept, which is all that makes the gateway look into an answer.
 */

/** Tells what a record has no place for: tokens that were written into a cache. */
const price: Price = (_provider, _model, { cacheWrite }) => cacheWrite === undefined ? 0.5 : cacheWrite / LIE;
const play = metered(price);

const types = {
  sse: "text/event-stream; charset=utf-8",
  array: "application/json; charset=UTF-8",
  frames: "application/vnd.amazon.eventstream",
};

/** What a record tells of an answer, without its times. */
function toldBy({ record, tokens }: Heard) {
  const { tokens_in, tokens_out, tokens_cached, tokens_reasoning, cost, finish_reason } = record;
  const { ending, success, response_size, status_code, error, ttft } = record;
  return {
    usage: { tokens_in, tokens_out, tokens_cached, tokens_reasoning, cost },
    finish_reason,
    end: [ending, success, response_size, status_code, error, ttft === null],
    tokens,
  };
}

/** The same usage as a record has it. */
function recorded(usage: Usage | undefined) {
  return {
    tokens_in: usage?.input ?? null,
    tokens_out: usage?.output ?? null,
    tokens_cached: usage?.cacheRead ?? null,
    tokens_reasoning: usage?.reasoning ?? null,
    cost: usage ? price("", "", usage) : null,
  };
}

function same(one: Uint8Array | undefined, other: Uint8Array, what: string): void {
  assert.equal(one?.byteLength, other.byteLength, what);
  assert.ok(other.every((byte, at) => byte === one![at]), what);
}

/** That an answer came through as it was sent, and told what it tells. */
function unchanged(heard: Heard, bytes: Uint8Array, usage: Usage | undefined, reason: string | null): void {
  assert.equal(heard.whole, true);
  same(heard.bytes, bytes, "what the client got");
  same(heard.kept, bytes, "what the log has kept");
  const told = toldBy(heard);
  assert.deepEqual(told.usage, recorded(usage));
  assert.equal(told.finish_reason, reason);
  assert.deepEqual(told.end, ["complete", true, bytes.byteLength, 200, null, told.end.at(-1)!]);
  const { input, output } = usage ?? {};
  if (input !== undefined && output !== undefined) assert.equal(told.tokens, input + output);
}

for (const [name, tongue] of Object.entries(tongues)) {
  const { path, framing, reason } = tongue;
  const contentType = types[framing];

  test(`${name}: a stream cut anywhere passes byte for byte, and tells what the uncut one tells`, async () => {
    await fc.assert(
      fc.asyncProperty(oddly(tongue), cuttings, async ({ bytes, told }, cutting) => {
        const usage = told.at(-1)![1];
        const uncut = await play({ path, contentType, chunks: [bytes.slice()] });
        unchanged(uncut, bytes, usage, reason);
        const cut = await play({ path, contentType, chunks: cutUp(bytes.slice(), cutting) });
        unchanged(cut, bytes, usage, reason);
        assert.deepEqual(toldBy(cut), toldBy(uncut));
      }),
      { numRuns: 60 },
    );
  });

  test(`${name}: a stream that breaks off anywhere tells what its whole events told, however it is cut`, async () => {
    const stops = fc.integer({ min: 1, max: 99 });
    await fc.assert(
      fc.asyncProperty(
        oddly(tongue),
        cuttings,
        stops,
        async ({ bytes, told, unfinished }, cutting, share) => {
          const part = bytes.slice(0, Math.floor(bytes.byteLength * share / 100));
          const [uncut, cut] = await Promise.all([
            metered(price)({ path, contentType, chunks: [part.slice()] }),
            metered(price)({ path, contentType, chunks: cutUp(part.slice(), cutting) }),
          ]);
          for (const { bytes: got, kept } of [uncut, cut]) {
            same(got.slice(0, part.byteLength), part, "what the client got");
            same(kept, part, "what the log has kept");
          }
          assert.deepEqual(toldBy(cut), toldBy(uncut));
          assert.equal(cut.whole, uncut.whole);
          if (part.byteLength < unfinished) assert.equal(cut.record.ending, "truncated");
          same(cut.bytes, uncut.bytes, "what the client was told of the break");
          const ended = told.filter(([end]) => end <= part.byteLength).length;
          const possible = [told[ended - 1]?.[1], told[ended]?.[1]].map(recorded);
          assert.ok(
            possible.some((usage) => isDeepEqual(usage, toldBy(cut).usage)),
            "tokens of another event",
          );
        },
      ),
      // Each break takes its time: a search for the shortest one would take minutes.
      { numRuns: 12, endOnFailure: true },
    );
  });
}

for (const [name, tongue] of Object.entries(tongues)) {
  const { path, framing, words, usages, ends, reason } = tongue;

  test(`${name}: events of a megabyte pass, and only what stands at its place is counted`, async () => {
    const huge = trapsIn(tongue).join("\n").repeat(2000).slice(0, 1 << 20);
    const [tell] = usages;
    const counting = tell ? [tell([123, 45, 6, 7, 8], huge)] : [];
    const spoken = [words[0]!(huge)] as const;
    const { bytes, told } = plainly(tongue, [spoken, ...counting, spoken, ...ends]);
    const usage = told.at(-1)![1];
    assert.ok(bytes.byteLength > 1 << 20);
    for (const size of [16_383, 1 << 20]) {
      const chunks = inChunks(bytes.slice(), size);
      unchanged(await play({ path, contentType: types[framing], chunks }), bytes, usage, reason);
    }
  });
}

for (const [name, tongue] of Object.entries(tongues)) {
  const { plain } = tongue;
  if (!plain) continue;
  const { path = tongue.path, reason = tongue.reason } = plain;

  test(`${name}: an answer in one piece that is cut anywhere passes byte for byte, and tells what it tells`, async () => {
    await fc.assert(
      fc.asyncProperty(oddlyPlain(tongue, plain), cuttings, async ({ bytes, usage }, cutting) => {
        for (const chunks of [[bytes.slice()], cutUp(bytes.slice(), cutting)]) {
          unchanged(await play({ path, contentType: "application/json", chunks }), bytes, usage, reason);
        }
      }),
      { numRuns: 40 },
    );
  });
}

const encode = (text: string) => new TextEncoder().encode(text);

function inChunks(bytes: Uint8Array<ArrayBuffer>, size: number): Uint8Array[] {
  return Array.from(
    { length: Math.ceil(bytes.byteLength / size) },
    (_, index) => bytes.subarray(index * size, (index + 1) * size),
  );
}

const word = 'data: {"choices":[{"index":0,"delta":{"content":"Grüße 😀"}}]}\n\n';
const stop = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n';
const done = "data: [DONE]\n\n";
const usage = '"usage":{"prompt_tokens":12,"completion_tokens":3}';
const told: Usage = { input: 12, output: 3 };
const lies = '"usage":{"prompt_tokens":1000000000,"completion_tokens":1000000000}';

/** Streams of OpenAI's that no random one is like. */
const odd: readonly (readonly [what: string, text: string | Uint8Array, usage: Usage | undefined])[] = [
  ["CRLF", (word + stop + `data: {"choices":[],${usage}}\n\n` + done).replaceAll("\n", "\r\n"), told],
  ["lone CR", (word + stop + `data: {"choices":[],${usage}}\n\n` + done).replaceAll("\n", "\r"), told],
  ["a BOM", `\ufeff${word}${stop}data: {"choices":[],${usage}}\n\n`, told],
  ["a BOM before the event that counts", `\ufeffdata: {"choices":[],${usage}}\n\n${word}${stop}`, told],
  [
    "comments that look like data",
    `: data: {${lies}}\n\n${word}:{${lies}}\n${stop}: {${lies}}\n\n`,
    undefined,
  ],
  [
    "fields that nobody knows",
    `usage: {${lies}}\nDATA: {${lies}}\ndata : {${lies}}\n\n${word}${stop}`,
    undefined,
  ],
  [
    "an event in several lines",
    `${word}data: {"choices":[],\ndata:\ndata:${usage}\ndata: }\n\n${stop}${done}`,
    told,
  ],
  [
    "an event in several lines with others between",
    `${word}data: {"choices":[],\n: {${lies}}\nid: 7\ndata: ${usage}\nevent: message\ndata: }\n\n${stop}`,
    told,
  ],
  [
    "a string that goes on in the next line",
    `${word}data: {"a":"\ndata: ","choices":[],${lies}}\n\n${stop}`,
    undefined,
  ],
  ["no blank line at its end", `${word}${stop}data: {"choices":[],${usage}}\n`, told],
  ["no line end at its end", `${word}${stop}data: {"choices":[],${usage}}`, told],
  ["an end in half an event", `${word}${stop}${done}data: {"choices":[],${lies}`, undefined],
  ["data without a space", `${word}data:{"choices":[],${usage}}\n\n${stop}`, told],
  ["blank lines too many", `\n\n${word}\n\n\ndata: {"choices":[],${usage}}\n\n\n\n${stop}`, told],
  [
    "spaces everywhere",
    `data:  { "choices" : [ ] , "usage" :\t{ "prompt_tokens" : 12 , "completion_tokens":3 } } \n\n${stop}`,
    told,
  ],
  [
    "names in escapes",
    `${word}data: {"choices":[],"us\\u0061ge":{"prompt\\u005ftokens":12,"completion_tokens":3}}\n\n${stop}`,
    told,
  ],
  ["a name twice, of which the last counts", `${word}data: {${lies},"choices":[],${usage}}\n\n${stop}`, told],
  [
    "a name twice, the last one null",
    `${word}data: {${lies},"choices":[],"usage":null}\n\n${stop}`,
    undefined,
  ],
  [
    "a count twice, of which the last counts",
    `${word}data: {"usage":{"prompt_tokens":1000000000,"prompt_tokens":12,"completion_tokens":3}}\n\n${stop}`,
    told,
  ],
  [
    "numbers in other words",
    `${word}data: {"choices":[],"usage":{"prompt_tokens":1.2e1,"completion_tokens":3.0}}\n\n${stop}`,
    told,
  ],
  [
    "numbers that are no counts",
    `${word}data: {"choices":[],"usage":{"prompt_tokens":-1,"completion_tokens":1.5,"prompt_tokens_details":` +
    `{"cached_tokens":"7"},"completion_tokens_details":{"reasoning_tokens":12345678901234567890}}}\n\n${stop}`,
    undefined,
  ],
  [
    "usage in other cases",
    `${word}data: {"choices":[],"Usage":{"prompt_tokens":1000000000}}\n\n${stop}`,
    undefined,
  ],
  [
    "what is told twice, the second time in part",
    `${word}data: {"choices":[],${lies}}\n\ndata: {"choices":[],${usage}}\n\n${stop}`,
    told,
  ],
  ["usage in a list", `${word}data: [{${lies}}]\n\n${stop}`, undefined],
  ["usage in a text", `${word}data: ${JSON.stringify(`{${lies}}`)}\n\n${stop}`, undefined],
  ["JSON that goes on behind its end", `${word}data: {"choices":[],${lies}} x\n\n${stop}`, undefined],
  ["JSON that has no end", `${word}data: {"choices":[],${lies}\n\n${stop}`, undefined],
  ["JSON that breaks before", `${word}data: {"choices":[,${lies}}\n\n${stop}`, undefined],
  [
    "bytes that are no text",
    joined(
      `${word}data: {"a":"`,
      Uint8Array.of(0xff, 0xc3, 0x28, 0xe2, 0x82),
      `","choices":[],${usage}}\n\n${stop}`,
    ),
    told,
  ],
  [
    "half a character before a quote",
    joined(`${word}data: {"a":"`, Uint8Array.of(0xf0, 0x9f, 0x98), `","choices":[],${usage}}\n\n${stop}`),
    told,
  ],
];

function joined(...parts: readonly (string | Uint8Array)[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...typeof part === "string" ? encode(part) : part]));
}

for (const [what, written, usage] of odd) {
  test(`a stream with ${what} passes byte for byte, and tells its own tokens alone`, async () => {
    const bytes = Uint8Array.from(typeof written === "string" ? encode(written) : written);
    for (const size of [1, 2, 3, 5, 7, 16, 61, bytes.byteLength]) {
      const chunks = inChunks(bytes.slice(), size);
      const heard = await play({ path: "/openai/chat/completions", contentType: types.sse, chunks });
      unchanged(heard, bytes, usage, "stop");
    }
  });
}

function isDeepEqual(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
