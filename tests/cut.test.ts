import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { cut } from "../src/cut.ts";

const keep = ["provider", "config"];
const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder("utf-8", { fatal: true }).decode(bytes);

/** Cuts `query` out, all as text; the bytes begin somewhere in their buffer. */
function cutText(text: string | Uint8Array) {
  const bytes = typeof text === "string" ? encode(text) : text;
  const parts = cut(shift(bytes), "query", keep);
  return parts && { skeleton: parts.skeleton, values: parts.values.map((bytes) => bytes && decode(bytes)) };
}

function shift(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const shifted = new Uint8Array(bytes.length + 3);
  shifted.set(bytes, 3);
  return shifted.subarray(3);
}

const valuesOf = (text: string) => cutText(text)?.values;
const skeletonOf = (text: string) => cutText(text)?.skeleton;

/** What the skeleton of a value has to say, the slow way. */
function reduce(body: unknown): unknown {
  return Array.isArray(body) ? body.map(reduceElement) : reduceElement(body);
}

function reduceElement(element: unknown): unknown {
  if (typeof element === "string") return "";
  if (Array.isArray(element)) return [];
  if (typeof element !== "object" || element === null) return element;
  const members = Object.entries(element).filter(([name]) => name === "query" || keep.includes(name));
  return Object.fromEntries(members.map(([name, value]) => [name, name === "query" ? 0 : value]));
}

test("the value of a member is cut out of each object as it was written", () => {
  assert.deepEqual(valuesOf('[{"query": 1 },{"a":{"query":2},"query":[ 3 ]}]'), ["1", "[ 3 ]"]);
  assert.deepEqual(valuesOf(' { "query" : {"a" : "}"} } '), ['{"a" : "}"}']);
  assert.deepEqual(valuesOf('[{"query":"\\u00e9 é 😀"}]'), ['"\\u00e9 é 😀"']);
  assert.deepEqual(valuesOf("[]"), []);
  assert.deepEqual(valuesOf('[{},{"q":1},{"querys":1},{"quer":1}]'), Array(4).fill(undefined));
});

test("the cut is a view of the bytes", () => {
  const bytes = shift(encode('[{"query":1}]'));
  assert.equal(cut(bytes, "query", [])!.values[0]!.buffer, bytes.buffer);
});

test("the skeleton has 0 for the member, what is kept as it was written, and nothing else", () => {
  assert.equal(
    skeletonOf('[{"a":{"provider":1},"provider":"x" , "query":{"b":[1]},"config":{"c": [2]},"d":3}]'),
    '[{"provider":"x","query":0,"config":{"c": [2]}}]',
  );
  assert.equal(skeletonOf('{"a":1}'), "{}");
  assert.equal(skeletonOf("[ ]"), "[]");
});

test("a skeleton of any length is whole", () => {
  for (let length = 0; length < 1100; length++) {
    const text = `[{"config":"${"x".repeat(length)}","query":0},[],{},1,{"query":0,"config":{}}]`;
    assert.equal(skeletonOf(text), text);
  }
});

test("what is no object can still be told from one", () => {
  const text = '[1.5, "a,b", [{"query":1}], true, null, {}]';
  assert.equal(skeletonOf(text), '[1.5,"",[],true,null,{}]');
  assert.deepEqual(valuesOf(text), Array(6).fill(undefined));
  assert.deepEqual(cutText(" 1 "), { skeleton: "1", values: [undefined] });
});

test("elements behind the most that are wanted are checked and left out", () => {
  const first = (text: string) => cut(encode(text), "query", keep, 1);
  assert.equal(first('[{"query":1},{"query":2},[3]]')!.skeleton, '[{"query":0}]');
  assert.equal(first('[{"query":1},{"query":2},[3]]')!.values.length, 1);
  assert.equal(first('[{"query":1},{"query":2},[3}]'), undefined);
});

test("of a member that stands twice the last counts, as JSON.parse has it", () => {
  const text = '{"query":1,"config":1,"query":2,"config":2}';
  assert.deepEqual(valuesOf(text), ["2"]);
  assert.deepEqual(JSON.parse(skeletonOf(text)!), { query: 0, config: 2 });
});

test("a name written with escapes is the same name", () => {
  assert.deepEqual(valuesOf('{"\\u0071uer\\u0079":1}'), ["1"]);
  assert.deepEqual(valuesOf('{"\\u0171uery":1,"\\\\u0071uery":2,"query\\n":3}'), [undefined]);
  assert.deepEqual(JSON.parse(skeletonOf('{"\\u0063onfi\\u0067":1}')!), { config: 1 });
});

test("a byte order mark is swallowed, but only one and only in front", () => {
  assert.deepEqual(cutText('\ufeff{"query":1}'), { skeleton: '{"query":0}', values: ["1"] });
  assert.equal(cutText('\ufeff\ufeff{"query":1}'), undefined);
  assert.equal(cutText('{"query":1}\ufeff'), undefined);
});

test("what is not JSON is refused, wherever it stands", () => {
  const wrong = [
    ..."' , : ] } + - . 01 -01 1. .5 1e 1e+ 1.e1 0x1 1a NaN Infinity nul nulL truefalse undefined".split(" "),
    ...'" "\\" "\\x" "\\u12g4" "\\u123 "\n" "\t" "\u0000" "\u001f"'.split(" "),
    ..."[ [1 [1,] [,1] [1,,2] [1:2] [1} [1]] {]".split(" "),
    ...'{ {"a" {"a": {"a":1 {"a":1,} {,} {a:1} {1:1} {"a" 1} {"a",1} {"a":1:2} {"a":1]'.split(" "),
    "",
    " ",
    "1 2",
    "[1 2]",
    "// a\n1",
    "\u00a01",
    "\u20281",
  ];
  for (const text of wrong) {
    for (const whole of [text, `[${text}x]`, `[{"query":${text}}]`, `[{"a":[${text},{}]}]`]) {
      assert.throws(() => JSON.parse(whole), SyntaxError);
      assert.equal(cutText(whole), undefined, whole);
    }
  }
});

test("what is JSON is taken, wherever it stands", () => {
  const right = [
    ..."0 -0 10 -1.50 0.1e5 1E+2 1e-0 true false null [] {} [[]] [{}]".split(" "),
    ...'"" "\\"" "\\\\" "\\/\\b\\f\\n\\r\\t" "\\u00Ff" "\\ud800" "\u007f" "/" "\u2028" "\ufeff"'.split(" "),
    ' \t\r\n{ "a" : [ 1 , { } ] , "" : [ ] }\n',
  ];
  for (const text of right) {
    assert.deepEqual(valuesOf(`[{"query":${text}}]`), [text.trim()]);
    assert.deepEqual(JSON.parse(skeletonOf(text)!), reduce(JSON.parse(text)));
  }
});

test("what is not UTF-8 is refused", () => {
  const inString = (...bytes: number[]) => cutText(new Uint8Array([0x22, ...bytes, 0x22])) !== undefined;
  const right = [[0xc2, 0x80], [0xdf, 0xbf], [0xe0, 0xa0, 0x80], [0xed, 0x9f, 0xbf], [0xee, 0x80, 0x80]];
  const widest = [[0xef, 0xbf, 0xbf], [0xf0, 0x90, 0x80, 0x80], [0xf4, 0x8f, 0xbf, 0xbf]];
  for (const bytes of [...right, ...widest]) assert.ok(inString(...bytes), `${bytes}`);
  const incomplete = [[0xc2], [0xe2, 0x82], [0xf0, 0x9f, 0x98], [0xe2, 0x82, 0x41], [0xf0, 0x9f, 0x98, 0x41]];
  const stray = [[0x80], [0xbf], [0xfe], [0xff]];
  const overlong = [[0xc0, 0x80], [0xc1, 0xbf], [0xe0, 0x9f, 0xbf], [0xf0, 0x8f, 0xbf, 0xbf]];
  const surrogates = [[0xed, 0xa0, 0x80], [0xed, 0xbf, 0xbf]];
  const beyond = [[0xf4, 0x90, 0x80, 0x80], [0xf5, 0x80, 0x80, 0x80]];
  for (const bytes of [...incomplete, ...stray, ...overlong, ...surrogates, ...beyond]) {
    assert.ok(!inString(...bytes), `${bytes}`);
  }
});

test("brackets may nest 100,000 deep, and must still match", () => {
  const deep = (open: string, close: string) => `[{"query":${open.repeat(1e5)}0${close.repeat(1e5)}}]`;
  assert.equal(skeletonOf(deep("[", "]")), '[{"query":0}]');
  assert.equal(skeletonOf(deep('[{"a":', "}]")), '[{"query":0}]');
  assert.equal(cutText(deep("[", "}")), undefined);
  assert.equal(cutText(deep('[{"a":', "]}")), undefined);
  assert.equal(cutText("[".repeat(1e5)), undefined);
});

test("a string of 16 MB is cut like any other", () => {
  const text = `"${"\\n\\u00e9é plain ".repeat(2 ** 20)}"`;
  assert.equal(valuesOf(`[{"query":${text}}]`)![0], text);
});

/** JSON as people and machines write it: any spacing, any escapes, names that stand twice. */
const { json, body } = fc.letrec<{ json: string; element: Element; body: Body }>((tie) => {
  const gap = fc.stringMatching(/^[ \t\r\n]{0,2}$/);
  const escape = (text: string) =>
    [...text].map((_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, "0")}`).join("");
  const string = fc.oneof(
    fc.string({ unit: "binary" }).map((text) => JSON.stringify(text)),
    fc.string().map((text) => `"${escape(text)}"`),
    // No second name of one escaped character: V8 13 may take it for the first one.
    fc.constantFrom('"\\\\"', '"}"', '"\\ud800"'),
  );
  const number = fc.stringMatching(/^-?(0|[1-9]\d{0,3})(\.\d{1,3})?([eE][+-]?\d{1,2})?$/);
  const name = fc.oneof(
    fc.constantFrom("query", "provider", "config", "quer", "queries").map((name) => `"${name}"`),
    fc.constantFrom("query", "config").map((name) => `"${escape(name.slice(0, 1))}${name.slice(1)}"`),
    string,
  );
  const list = (item: fc.Arbitrary<string>, [open, close]: string) =>
    fc.tuple(fc.array(item, { maxLength: 5 }), gap, gap).map(([items, before, after]) =>
      `${open}${before}${items.join(`${before},${after}`)}${after}${close}`
    );
  const member = fc.tuple(name, gap, gap, tie("json"));
  // Names stand once: V8 15 now and then gives the first of two values for one name. A query may stand twice.
  const members = fc.uniqueArray(member, { maxLength: 5, selector: ([name]) => JSON.parse(name) });
  const again = fc.array(fc.tuple(fc.constant('"query"'), gap, gap, tie("json")), { maxLength: 1 });
  const objectOf = (members: fc.Arbitrary<[string, string, string, string][]>) =>
    fc.tuple(members, gap).map(([members, gap]) => ({
      text: `{${gap}${members.map((parts) => parts.toSpliced(2, 0, ":").join("")).join(`${gap},`)}${gap}}`,
      query: members.findLast(([name]) => JSON.parse(name) === "query")?.[3],
    }));
  const object = objectOf(fc.tuple(members, again).map((parts) => parts.flat()));
  return {
    json: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom("true", "false", "null"),
      number,
      string,
      list(tie("json"), "[]"),
      objectOf(members).map(({ text }) => text),
    ),
    element: fc.oneof(
      { arbitrary: object, weight: 5 },
      fc.oneof(number, string, list(tie("json"), "[]")).map((text) => ({ text, query: undefined })),
    ),
    body: fc.oneof(
      object.map(({ text, query }) => ({ text, queries: [query] })),
      fc.tuple(fc.array(tie("element"), { maxLength: 5 }), gap).map(([elements, gap]) => ({
        text: `${gap}[${gap}${elements.map(({ text }) => text).join(`${gap},${gap}`)}${gap}]${gap}`,
        queries: elements.map(({ query }) => query),
      })),
    ),
  };
});

interface Element {
  readonly text: string;
  readonly query: string | undefined;
}

interface Body {
  readonly text: string;
  readonly queries: readonly (string | undefined)[];
}

test("for any body in any spelling, the cut is what stood there and the skeleton says the rest", () => {
  fc.assert(
    fc.property(body, ({ text, queries }) => {
      assert.deepEqual(valuesOf(text), queries);
      assert.deepEqual(JSON.parse(skeletonOf(text)!), reduce(JSON.parse(text)));
    }),
    { numRuns: 500 },
  );
});

test("a damaged text is refused if JSON.parse refuses it, and else taken the same way", () => {
  const text = fc.oneof(body.map(({ text }) => text), json.map((text) => `{"query":${text}}`), json);
  const telling = fc.constantFrom(
    ...encode('"\\,:[]{}0-+.eEu \n\ttfnq/'),
    0,
    0x1f,
    0x7f,
    0x80,
    0xc2,
    0xed,
    0xf4,
  );
  const damage = fc.record({
    at: fc.nat(200),
    remove: fc.nat(2),
    insert: fc.array(fc.oneof(telling, fc.nat(255)), { maxLength: 2 }),
  });
  fc.assert(
    fc.property(
      text,
      fc.array(damage, { minLength: 1, maxLength: 2 }),
      fc.boolean(),
      (text, damages, isCut) => {
        let bytes = [...encode(text)];
        for (const { at, remove, insert } of damages) {
          bytes.splice(
            at % (bytes.length + 1),
            remove,
            ...insert,
          );
        }
        if (isCut) bytes = bytes.slice(0, damages[0]!.at);
        compare(new Uint8Array(bytes));
      },
    ),
    { numRuns: 5000 },
  );
});

function compare(bytes: Uint8Array): void {
  const ours = cutText(bytes);
  let theirs: unknown;
  try {
    theirs = JSON.parse(decode(bytes));
  } catch {
    return assert.equal(ours, undefined);
  }
  assert.ok(ours, "JSON.parse takes it");
  assert.deepEqual(JSON.parse(ours.skeleton), reduce(theirs));
  const queries = (Array.isArray(theirs) ? theirs : [theirs]).map((element) => element?.query);
  assert.deepEqual(ours.values.map((text) => text && JSON.parse(text)), queries);
}
