import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { StreamEvent } from "../src/dialects/dialect.ts";
import { eventStream } from "../src/framings/event-stream.ts";

function read(bytes: Uint8Array, cuts: readonly number[] = []): StreamEvent[] {
  const reader = eventStream.createReader();
  const at = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
  const events = at.slice(1).flatMap((stop, index) => reader.push(bytes.slice(at[index], stop)));
  return [...events, ...reader.end()];
}

const print = (event: StreamEvent) => eventStream.createReader().print(event);
const join = (frames: readonly Uint8Array[]) => Uint8Array.from(frames.flatMap((frame) => [...frame]));
const fromHex = (hex: string) => Uint8Array.from(hex.match(/../g)!, (byte) => parseInt(byte, 16));
const malformed: StreamEvent = { type: "malformed", data: "" };

/** Frames whose sums were made elsewhere. */
const foreign: readonly (readonly [what: string, hex: string, events: readonly StreamEvent[]])[] = [
  ["no header", "0000001e00000000baf2f68a" + "7b22666f6f223a2022626172227d" + "ae7258e4", [{
    type: "message",
    data: '{"foo": "bar"}',
  }]],
  [
    "one header",
    "0000003e00000020405df946" + "0c636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e" +
    "7b22666f6f223a2022626172227d" + "6fa2bf3b",
    [{ type: "message", data: '{"foo": "bar"}' }],
  ],
];
for (const [what, hex, events] of foreign) {
  test(`a frame with ${what} is read`, () => assert.deepEqual(read(fromHex(hex)), events));

  test(`a frame with ${what} is malformed with any bit turned over, and so is what follows`, () => {
    const bytes = fromHex(hex);
    for (const at of bytes.keys()) {
      const turned = bytes.map((byte, index) => index === at ? byte ^ 1 : byte);
      assert.deepEqual(read(join([turned, bytes])), [malformed], `byte ${at}`);
    }
  });
}

test("frames cut anywhere are read as they were printed", () => {
  const types = fc.constantFrom("contentBlockDelta", "chunk", "exception:throttlingException");
  const events = fc.array(
    fc.record({ type: types, data: fc.string({ unit: "grapheme" }) }, { noNullPrototype: true }),
  );
  fc.assert(
    fc.property(events, fc.array(fc.nat(600)), (events, cuts) => {
      const bytes = join(events.map(print));
      assert.deepEqual(read(bytes, cuts.map((cut) => Math.min(cut, bytes.length))), events);
      assert.deepEqual(read(bytes, Array.from(bytes.keys())), events);
    }),
    { numRuns: 50 },
  );
});

/** A frame with the headers given as bytes and no payload. */
function withHeaders(headers: readonly number[]): Uint8Array {
  const length = 16 + headers.length;
  const bytes = Uint8Array.from([...Array(12).fill(0), ...headers, 0, 0, 0, 0]);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, length);
  view.setUint32(4, headers.length);
  view.setUint32(8, crc(bytes.subarray(0, 8)));
  view.setUint32(length - 4, crc(bytes.subarray(0, length - 4)));
  return bytes;
}

/** CRC-32 bit by bit. */
function crc(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}

const text = (value: string) => [...new TextEncoder().encode(value)];
const header = (
  name: string,
  type: number,
  ...value: number[]
) => [name.length, ...text(name), type, ...value];
const textHeader = (name: string, value: string) => header(name, 7, 0, value.length, ...text(value));

test("an error has the code and the message of its headers", () => {
  const frame = withHeaders([
    ...textHeader(":message-type", "error"),
    ...textHeader(":error-code", "InternalError"),
    ...textHeader(":error-message", "Sorry"),
  ]);
  assert.deepEqual(read(frame), [{ type: "error:InternalError", data: "Sorry" }]);
});

test("headers of every other type are passed over", () => {
  const widths = [0, 0, 1, 2, 4, 8, undefined, undefined, 8, 16];
  const others = widths.flatMap((width, type) =>
    width === undefined ? [] : header("x", type, ...Array(width).fill(9))
  );
  const frame = withHeaders([
    ...others,
    ...header("b", 6, 0, 2, 1, 2),
    ...textHeader(":event-type", "messageStop"),
  ]);
  assert.deepEqual(read(frame), [{ type: "messageStop", data: "" }]);
});

test("headers that are not what they say make a frame malformed", () => {
  const wrong = [[5], [1, 97], [1, 97, 99], [1, 97, 7], [1, 97, 7, 0, 9, 1], [1, 97, 5, 1], [1, 97, 7, 0]];
  for (const headers of wrong) assert.deepEqual(read(withHeaders(headers)), [malformed], headers.join());
});

test("lengths that cannot be are malformed at once, though their sum is right", () => {
  for (const [length, headers] of [[0, 0], [15, 0], [16, 1], [100, 90], [0xffffffff, 0], [25 << 20, 0]]) {
    const bytes = new Uint8Array(12);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, length!);
    view.setUint32(4, headers!);
    view.setUint32(8, crc(bytes.subarray(0, 8)));
    assert.deepEqual(read(bytes), [malformed], `${length} ${headers}`);
  }
});

test("a stream of frames is at a boundary between them alone", () => {
  const reader = eventStream.createReader();
  const frame = print({ type: "messageStop", data: "{}" });
  assert.equal(reader.atBoundary(), true);
  reader.push(frame.subarray(0, 20));
  assert.equal(reader.atBoundary(), false);
  reader.push(frame.subarray(20));
  assert.equal(reader.atBoundary(), true);
  reader.push(new Uint8Array(12));
  assert.equal(reader.atBoundary(), false);
});

test("a frame of 16 MB in 1,000 chunks is one event", () => {
  const frame = print({ type: "chunk", data: "x".repeat(16_000_000) });
  const cuts = Array.from({ length: 999 }, (_, index) => (index + 1) * 16_000);
  const events = read(frame, cuts);
  assert.equal(events.length, 1);
  assert.equal(events[0]?.data?.length, 16_000_000);
});
