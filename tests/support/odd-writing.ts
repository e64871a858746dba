import fc from "fast-check";
import { eventStream } from "../../src/testing/dialects/event-stream.ts";
import type { Usage } from "../../src/index.ts";
import { type Counts, LIE, type Plain, type Said, type Tongue, trapsIn } from "./tongues.ts";

/** A stream, and what it tells. */
export interface Written {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Bytes before the first event that ends it. */
  readonly unfinished: number;
  /** Where each event ends, and what was told of tokens until then. */
  readonly told: readonly (readonly [end: number, usage: Usage | undefined])[];
}

/** One event, and how it is written. */
interface Beat {
  readonly which: number;
  readonly counts: Counts | undefined;
  readonly text: string;
  readonly spelling: number;
  readonly line: string;
  readonly space: string;
  readonly company: number;
}

const encoder = new TextEncoder();

/** Legal ways to write the same JSON. */
const spellings: readonly ((value: unknown) => string)[] = [
  (value) => JSON.stringify(value),
  (value) => JSON.stringify(value),
  (value) => JSON.stringify(value, null, 1),
  (value) => JSON.stringify(value, null, "\t"),
  (value) => JSON.stringify(backwards(value)),
  (value) => JSON.stringify(value).replaceAll("/", "\\/"),
  (value) => JSON.stringify(value).replaceAll(/[^\x20-\x7e]/g, escape),
  (value) =>
    JSON.stringify(value).replaceAll(/"([a-z])(\w*)":/g, (_, first, rest) => `"${escape(first)}${rest}" : `),
];

function escape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** The same value with the members of its objects the other way round. */
function backwards(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(backwards);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).reverse().map(([name, own]) => [name, backwards(own)]));
}

const usage = JSON.stringify({ choices: [], usage: { prompt_tokens: LIE, input_tokens: LIE } });
/** Lines that stand around an event's own and say nothing. */
const company: readonly ((lines: readonly string[]) => readonly string[])[] = [
  (lines) => lines,
  (lines) => lines,
  (lines) => lines.toReversed(),
  (lines) => [": OPENROUTER PROCESSING", "", ...lines],
  (lines) => [`:data: ${usage}`, ...lines],
  (lines) => [...lines, `: ${usage}`],
  (lines) => ["id: 7", "retry: 10", ...lines],
  (lines) => [`usage: ${usage}`, `datas: ${usage}`, ` data: ${usage}`, ...lines, `data${usage}`],
  (lines) => ["", "", ...lines, "nonsense"],
];

function writeEvent({ name, data }: Said, beat: Beat): string {
  const { spelling, line, space } = beat;
  const text = typeof data === "string" ? data : spellings[spelling % spellings.length]!(data);
  const lines = [
    ...(name ? [`event:${space}${name}`] : []),
    ...text.split("\n").map((part) => `data:${space}${part}`),
  ];
  const around = company[beat.company % company.length]!;
  // Lines of data keep their order, and text its name before it: without one it would be something else.
  const fixed = typeof data === "string" || lines.length > (name ? 2 : 1);
  const all = fixed && around === company[2] ? lines : around(lines);
  return all.join(line) + line + line;
}

function writeFrame({ name = "", data }: Said, { spelling }: Beat): Uint8Array {
  const frame = eventStream.frame({ name, data: spellings[spelling % spellings.length]!(data) }, 0);
  return typeof frame === "string" ? encoder.encode(frame) : frame;
}

/** How the last event may end, as far as a reader of events still takes it. */
export type Tail = "whole" | "no blank line" | "no line end";

/** Streams in a tongue, written in odd but legal ways, that tell random things, some of them at the wrong place. */
export function oddly(tongue: Tongue): fc.Arbitrary<Written> {
  const beats = fc.array(beat(tongue, tongue.usages.length > 0), { maxLength: 8 });
  const ends = fc.tuple(...tongue.ends.map(() => beat(tongue, false)));
  const tail = fc.constantFrom<Tail>("whole", "whole", "no blank line", "no line end");
  return fc.record({ beats, ends, tail, mark: fc.boolean() }).map(({ beats, ends, tail, mark }) => {
    const said = beats.map((beat) => say(tongue, beat));
    const last = tongue.ends.map(([said, usage], index) => [said, ends[index]!, usage] as const);
    return write(tongue, [say(tongue, { ...ends[0]!, text: "Hi" }), ...said, ...last], tail, mark);
  });
}

type Line = readonly [said: Said, beat: Beat, usage: Usage | undefined];

function say({ words, usages }: Tongue, beat: Beat): Line {
  const { which, counts, text } = beat;
  if (!counts) return [words[which % words.length]!(text), beat, undefined];
  const [said, usage] = usages[which % usages.length]!(counts, text);
  return [said, beat, usage];
}

function beat(tongue: Tongue, counting: boolean): fc.Arbitrary<Beat> {
  const traps = trapsIn(tongue);
  const count = fc.nat(LIE / 1000 - 1);
  const text = fc.oneof(
    fc.constantFrom(...traps),
    fc.tuple(fc.constantFrom(...traps), fc.constantFrom(...traps)).map((both) => both.join("")),
    fc.string({ unit: "binary", maxLength: 20 }),
  );
  return fc.record({
    which: fc.nat(99),
    counts: counting
      ? fc.option(fc.tuple(count, count, count, count, count), { nil: undefined })
      : fc.constant(undefined),
    text,
    spelling: fc.nat(99),
    line: fc.constantFrom("\n", "\n", "\r\n", "\r"),
    space: fc.constantFrom(" ", " ", ""),
    company: fc.nat(99),
  }, { noNullPrototype: true });
}

function write(
  { framing, ends: { length: ends } }: Tongue,
  lines: readonly Line[],
  tail: Tail,
  mark: boolean,
): Written {
  const pieces: Uint8Array[] = [];
  const told: [number, Usage | undefined][] = [];
  let length = 0;
  let usage: Usage | undefined;
  const add = (piece: string | Uint8Array) => {
    const bytes = typeof piece === "string" ? encoder.encode(piece) : piece;
    pieces.push(bytes);
    length += bytes.byteLength;
  };
  if (mark && framing === "sse") add("\ufeff");
  for (const [index, [said, beat, more]] of lines.entries()) {
    if (framing === "frames") add(writeFrame(said, beat));
    else if (framing === "sse") {
      add(end(writeEvent(said, beat), beat, index === lines.length - 1 ? tail : "whole"));
    } else {
      add(`${index === 0 ? "[" : `${beat.space},${beat.line}`}${beat.space}`);
      add(spellings[beat.spelling % spellings.length]!(said.data));
    }
    if (more) usage = { ...usage, ...more };
    told.push([length, usage]);
  }
  if (framing === "array") add(tail === "whole" ? "\n]\n" : "]");
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.byteLength;
  }
  return { bytes, told, unfinished: told.at(-1 - ends)?.[0] ?? 0 };
}

function end(event: string, { line }: Beat, tail: Tail): string {
  if (tail === "whole") return event;
  return event.slice(0, tail === "no blank line" ? -line.length : -2 * line.length);
}

/** Most cuts that stand close together. */
const WINDOW = 200;

/** An answer in one piece, and the tokens that it tells. */
export interface Told {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly usage: Usage;
}

/** Answers in one piece, written in odd but legal ways, that tell random things, some of them at the wrong place. */
export function oddlyPlain(tongue: Tongue, { say }: Plain): fc.Arbitrary<Told> {
  return beat(tongue, true).filter(({ counts }) => counts !== undefined).map(
    ({ counts, text, spelling, line }) => {
      const [body, usage] = say(counts!, text);
      const written = spellings[spelling % spellings.length]!(body);
      return { bytes: encoder.encode(line + written + line), usage };
    },
  );
}

/** Lines of a tongue, written in the plainest way. */
export function plainly(tongue: Tongue, lines: readonly (readonly [said: Said, usage?: Usage])[]): Written {
  const plain = { which: 0, counts: undefined, text: "", spelling: 0, line: "\n", space: " ", company: 0 };
  return write(tongue, lines.map(([said, usage]) => [said, plain, usage]), "whole", false);
}

/** Where a stream is cut. */
export interface Cutting {
  readonly how: "bytes" | "anywhere" | "tender";
  readonly at: readonly number[];
  /** Whether chunks are windows of one buffer, or each has its own. */
  readonly shared: boolean;
}

/** Cuts at every byte for a while, anywhere, or where it hurts: within a character, an escape or a line end. */
export const cuttings: fc.Arbitrary<Cutting> = fc.record({
  how: fc.constantFrom<Cutting["how"]>("bytes", "anywhere", "anywhere", "tender", "tender"),
  at: fc.array(fc.nat(), { minLength: 2, maxLength: 24 }),
  shared: fc.boolean(),
}, { noNullPrototype: true });

/** A stream in pieces; some may be empty. */
export function cutUp(bytes: Uint8Array<ArrayBuffer>, { how, at, shared }: Cutting): readonly Uint8Array[] {
  const [first = 0, second = 0] = at;
  const places = {
    anywhere: () => at.map((place) => place % (bytes.byteLength + 1)),
    bytes: () => Array.from({ length: WINDOW }, (_, index) => first % bytes.byteLength + index),
    tender: () => {
      const tender = Array.from(bytes.keys()).filter((place) => isTender(bytes, place));
      const start = Math.max(0, first % tender.length - WINDOW / 2);
      return tender.slice(start, start + WINDOW).filter((_, index) => (second + index) % 3 > 0);
    },
  };
  const cuts = [
    0,
    ...places[how]().filter((place) => place < bytes.byteLength).sort((one, other) => one - other),
    bytes.byteLength,
  ];
  return cuts.slice(1).map((stop, index) =>
    shared ? bytes.subarray(cuts[index], stop) : bytes.slice(cuts[index], stop)
  );
}

const BACKSLASH = 0x5c, LF = 0x0a, CR = 0x0d, COLON = 0x3a;

/** Whether what stands before a place belongs together with what stands behind it. */
function isTender(bytes: Uint8Array, place: number): boolean {
  const before = bytes[place - 1] ?? 0, behind = bytes[place]!;
  const within = (behind & 0xc0) === 0x80 || before === BACKSLASH;
  return within || before === CR || before === LF || behind === LF || before === COLON || behind === COLON;
}
