import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { EventReader, StreamEvent } from "../src/dialects/dialect.ts";
import { sse } from "../src/framings/sse.ts";

const encode = (text: string) => new TextEncoder().encode(text);

/** Reads bytes in pieces that end at the cuts. */
function read(bytes: Uint8Array, cuts: readonly number[] = [], reader: EventReader = sse.createReader()) {
  const at = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
  const events = at.slice(1).flatMap((stop, index) => reader.push(bytes.slice(at[index], stop)));
  return [...events, ...reader.end()];
}

const message = (data: string | undefined): StreamEvent => ({ type: "message", data });

const cases: readonly (readonly [what: string, text: string, events: readonly StreamEvent[]])[] = [
  ["one event a blank line", 'data: {"a":1}\n\ndata: {"b":2}\n\n', [message('{"a":1}'), message('{"b":2}')]],
  ["a name", "event: ping\ndata: {}\n\n", [{ type: "ping", data: "{}" }]],
  ["a name behind the data", "data: {}\nevent: ping\n\n", [{ type: "ping", data: "{}" }]],
  ["an empty name, which is none", "event:\ndata: {}\n\n", [message("{}")]],
  ["CRLF", "event: ping\r\ndata: 1\r\n\r\ndata: 2\r\n\r\n", [{ type: "ping", data: "1" }, message("2")]],
  ["lone CR", "event: ping\rdata: 1\r\rdata: 2\r\r", [{ type: "ping", data: "1" }, message("2")]],
  ["all line ends at once", "data: 1\r\n\ndata: 2\r\r\ndata: 3\n\r", [
    message("1"),
    message("2"),
    message("3"),
  ]],
  ["several lines of data", "data: a\ndata\ndata:  b\n\n", [message("a\n\n b")]],
  ["one space off the value, no more", "data:x\n\ndata:  y\n\n", [message("x"), message(" y")]],
  ["empty data", "data:\n\n", [message("")]],
  ["comments without data", ": ping\n\n:\ndata: 1\n\n", [message(undefined), message("1")]],
  ["fields that nobody needs", "id: 7\nretry: 10\ndata: 1\nnonsense\n\n", [message("1")]],
  ["a BOM at the start alone", "\ufeffdata: \ufeff\n\n", [message("\ufeff")]],
  ["blank lines too many", "\n\n\ndata: 1\n\n\n\n\ndata: 2\n\n", [message("1"), message("2")]],
  ["an end without a blank line", "data: 1\n\ndata: [DONE]", [message("1"), message("[DONE]")]],
  ["bare JSON", 'data: 1\n\n{\n  "error": {}\n}\n', [message("1"), message('{\n  "error": {}\n}')]],
  ["nothing", "", []],
  ["characters of several bytes", "data: Grüße 😀\n\n", [message("Grüße 😀")]],
];

for (const [what, text, events] of cases) {
  test(`an event stream is read with ${what}`, () => assert.deepEqual(read(encode(text)), events));

  test(`an event stream is read with ${what}, cut at every byte`, () => {
    const bytes = encode(text);
    assert.deepEqual(read(bytes, Array.from(bytes.keys())), events);
    for (const cut of bytes.keys()) assert.deepEqual(read(bytes, [cut]), events, `cut at ${cut}`);
  });
}

test("any text cut anywhere gives the events of the whole", () => {
  const piece = fc.constantFrom(
    "data",
    "event",
    ":",
    " ",
    "\n",
    "\r",
    "\r\n",
    "\n\n",
    "é",
    "😀",
    "\ufeff",
    "{",
    "x",
  );
  const texts = fc.array(piece, { maxLength: 40 }).map((pieces) => encode(pieces.join("")));
  fc.assert(fc.property(texts, fc.array(fc.nat(120)), (bytes, cuts) => {
    assert.deepEqual(read(bytes, cuts.map((cut) => Math.min(cut, bytes.length))), read(bytes));
  }));
});

test("an event stream that is printed is read again", () => {
  const types = fc.constantFrom("message", "error", "message-end");
  const lines = fc.array(fc.string({ unit: "grapheme" }).map((line) => line.replaceAll(/[\r\n]/g, "")));
  fc.assert(fc.property(types, lines, (type, lines) => {
    const reader = sse.createReader();
    assert.deepEqual(read(encode("data: 1\n\n"), [], reader), [message("1")]);
    const event = { type, data: lines.join("\n") };
    assert.deepEqual(read(reader.print(event)), [event]);
  }));
});

test("a line end of any kind in printed data stays a line end", () => {
  const printed = sse.createReader().print({ type: "error", data: "a\r\nb\rc" });
  assert.deepEqual(read(printed), [{ type: "error", data: "a\nb\nc" }]);
});

const boundaries: readonly (readonly [text: string, atBoundary: boolean])[] = [
  ["", true],
  ["data: 1", false],
  ["data: 1\n", false],
  ["data: 1\n\n", true],
  ["data: 1\r\n\r", true],
  ["data: 1\n\n\n", true],
  ["data: 1\n\ndata", false],
  [": ping\n\n", true],
];
for (const [text, atBoundary] of boundaries) {
  test(`${JSON.stringify(text)} ends ${atBoundary ? "" : "not "}where an event ends`, () => {
    const whole = sse.createReader();
    whole.push(encode(text));
    assert.equal(whole.atBoundary(), atBoundary);
    const bytewise = sse.createReader();
    for (const byte of encode(text)) bytewise.push(Uint8Array.of(byte));
    assert.equal(bytewise.atBoundary(), atBoundary);
  });
}

test("half a character is no boundary", () => {
  const reader = sse.createReader();
  reader.push(encode("data: 1\n\n"));
  reader.push(encode("é").subarray(0, 1));
  assert.equal(reader.atBoundary(), false);
});

test("an event of 16 MB in 1,000 chunks is one event", () => {
  const reader = sse.createReader();
  const chunk = encode("x".repeat(16_000));
  const events = [...reader.push(encode("data: ")), ...Array(1000).fill(chunk).flatMap(reader.push)];
  assert.deepEqual(events, []);
  const [event, ...more] = reader.push(encode("\n\n"));
  assert.equal(event?.data?.length, 16_000_000);
  assert.deepEqual(more, []);
});
