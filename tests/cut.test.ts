import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { cutMember } from "../src/cut.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const cut = (text: string) =>
  cutMember(encode(text), "query").map((bytes) => bytes && new TextDecoder().decode(bytes));

test("the value of a member is cut out of each object as it was written", () => {
  assert.deepEqual(cut('[{"query": 1 },{"a":{"query":2},"query":[ 3 ]}]'), ["1", "[ 3 ]"]);
  assert.deepEqual(cut(' { "query" : {"a" : "}"} } '), ['{"a" : "}"}']);
  assert.deepEqual(cut("[]"), []);
  assert.deepEqual(cut('[{},{"q":1}]'), [undefined, undefined]);
});

test("of a member that stands twice the last counts, as JSON.parse has it", () => {
  assert.deepEqual(cut('{"query":1,"query":2}'), ["2"]);
});

test("a key written with escapes is the same key", () => {
  assert.deepEqual(cut('{"\\u0071uer\\u0079":1}'), ["1"]);
});

test("a byte order mark is no part of anything", () => {
  assert.deepEqual(
    cutMember(new Uint8Array([0xef, 0xbb, 0xbf, ...encode('{"query":1}')]), "query").length,
    1,
  );
});

test("for any steps, any spacing and any escapes, the cut is what stood there", () => {
  const space = fc.stringMatching(/^[ \t\r\n]{0,3}$/);
  const literal = fc.tuple(fc.json(), space).map(([json, after]) => json + after);
  const member = fc.tuple(fc.constantFrom("provider", "queries", "quer", "x\\\\", 'a\\"'), literal);
  const object = fc.tuple(fc.array(member), fc.json(), fc.array(member), space).map((
    [before, query, after, gap],
  ) => ({
    query,
    text: `{${gap}${
      [
        ...before.map(([key, value]) => `"${key}"${gap}:${value}`),
        `"query"${gap}:${gap}${query}`,
        ...after.map(([key, value]) => `"${key}":${gap}${value}`),
      ].join(`${gap},${gap}`)
    }${gap}}`,
  }));
  fc.assert(fc.property(fc.array(object), space, (objects, gap) => {
    const text = `${gap}[${gap}${objects.map(({ text }) => text).join(`${gap},${gap}`)}${gap}]${gap}`;
    JSON.parse(text);
    assert.deepEqual(cut(text), objects.map(({ query }) => query));
  }));
});
