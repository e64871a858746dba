import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { jsonArray } from "../src/framings/json-array.ts";

const encode = (text: string) => new TextEncoder().encode(text);

/** The data of the events, or the type where it is not a message. */
function read(bytes: Uint8Array, cuts: readonly number[] = []): (string | undefined)[] {
  const reader = jsonArray.createReader();
  const at = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
  const events = at.slice(1).flatMap((stop, index) => reader.push(bytes.slice(at[index], stop)));
  return [...events, ...reader.end()].map(({ type, data }) => type === "message" ? data : type);
}

const cases: readonly (readonly [what: string, text: string, data: readonly string[]])[] = [
  ["objects", '[{"a":1}\n,\r\n{"b":{"c":[{}]}}\n]', ['{"a":1}', '{"b":{"c":[{}]}}']],
  ["brackets in texts", '[{"a":"}]{["},{"]":"{"}]', ['{"a":"}]{["}', '{"]":"{"}']],
  ["escapes in texts", '[{"a":"\\"}\\\\"},{"b":"\\\\\\""}]', ['{"a":"\\"}\\\\"}', '{"b":"\\\\\\""}']],
  ["characters of several bytes", '[{"a":"Grüße 😀"}]', ['{"a":"Grüße 😀"}']],
  ["no object", " [ ] ", []],
  ["one object alone", ' {"error":{"code":503}}\n', ['{"error":{"code":503}}']],
  ["an end in the middle of an object", '[{"a":1},{"b"', ['{"a":1}', "malformed"]],
  ["something else", "<html>", ["malformed"]],
  ["something else in between", '[{"a":1} {"b":2}]', ['{"a":1}', "malformed"]],
  ["something else behind", '[{"a":1}]{"b":2}', ['{"a":1}', "malformed"]],
];
for (const [what, text, data] of cases) {
  test(`a JSON array is read with ${what}, cut at any byte`, () => {
    const bytes = encode(text);
    assert.deepEqual(read(bytes), data);
    assert.deepEqual(read(bytes, Array.from(bytes.keys())), data);
    for (const cut of bytes.keys()) assert.deepEqual(read(bytes, [cut]), data, `cut at ${cut}`);
  });
}

test("any objects cut anywhere are read as they were written", () => {
  const objects = fc.array(fc.dictionary(fc.string(), fc.jsonValue()));
  fc.assert(fc.property(objects, fc.constantFrom(0, 2), fc.array(fc.nat(400)), (values, indent, cuts) => {
    const texts = values.map((value) => JSON.stringify(value, null, indent));
    const bytes = encode(`[${texts.join("\n,\r\n")}\n]`);
    assert.deepEqual(read(bytes, cuts.map((cut) => Math.min(cut, bytes.length))), texts);
  }));
});

const ends: readonly (readonly [text: string, atBoundary: boolean, printed: string])[] = [
  ["", true, "[{}"],
  [" ", true, "[{}"],
  ["[", true, "{}"],
  ['[{"a":1}', true, ",\n{}"],
  ['[{"a":1}\n,\r\n', true, "{}"],
  ['[{"a":1}]', true, ""],
  ['{"a":1}', true, ""],
  ['[{"a":1},{"b', false, ""],
  ["<", false, ""],
];
for (const [text, atBoundary, printed] of ends) {
  test(`behind ${JSON.stringify(text)} an object is printed as ${JSON.stringify(printed)}`, () => {
    const reader = jsonArray.createReader();
    reader.push(encode(text));
    assert.equal(reader.atBoundary(), atBoundary);
    assert.equal(new TextDecoder().decode(reader.print({ type: "message", data: "{}" })), printed);
  });
}

test("an object of 16 MB in 1,000 chunks is one event", () => {
  const reader = jsonArray.createReader();
  const chunk = encode('{"a":"x"},'.repeat(1_600));
  const events = [...reader.push(encode('[{"a":[')), ...Array(1000).fill(chunk).flatMap(reader.push)];
  assert.deepEqual(events, []);
  assert.equal(reader.push(encode("{}]}]"))[0]?.data?.length, 16_000_000 + 10);
});
