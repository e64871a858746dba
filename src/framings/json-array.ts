import type { EventReader, Framing, StreamEvent } from "../dialects/dialect.ts";

/** The objects of one JSON array, or an object alone. @see RFC 8259 for the grammar */
export const jsonArray: Framing = { createReader };

/** Where the reader is between objects; `element` is inside one. */
type Place = "start" | "open" | "element" | "after" | "closed" | "broken";

/** What a character between objects leads to; any other is none of the array's. */
const places: Readonly<Record<Place, Readonly<Record<string, Place>>>> = {
  start: { "[": "open", "{": "element" },
  open: { "{": "element", "]": "closed" },
  element: {},
  after: { ",": "open", "]": "closed" },
  closed: {},
  broken: {},
};

/** Where an array may not end. */
const unfinished: readonly Place[] = ["open", "element", "after"];

/** What stands before one more object. */
const separators: Readonly<Partial<Record<Place, string>>> = { start: "[", open: "", after: ",\n" };

function createReader(): EventReader {
  const decoder = new TextDecoder();
  const visible = /\S/g, structural = /["{}[\]]/g, special = /["\\]/g;
  let place: Place = "start";
  let behind: Place = "after";
  let depth = 0;
  let inString = false;
  let escaped = false;
  let held: string[] = [];

  function read(text: string): StreamEvent[] {
    const events: StreamEvent[] = [];
    for (let at = 0; at < text.length && place !== "broken";) {
      at = place === "element" ? element(text, at, events) : between(text, at, events);
    }
    return events;
  }

  /** Up to the next object, whose first brace is left to it, or over one character. */
  function between(text: string, from: number, events: StreamEvent[]): number {
    const at = find(visible, text, from);
    if (at === text.length) return at;
    const next = places[place][text[at]!] ?? "broken";
    if (next === "broken") events.push({ type: "malformed", data: "" });
    if (next === "element") behind = place === "start" ? "closed" : "after";
    place = next;
    return next === "element" ? at : at + 1;
  }

  /** Behind the object's last brace, or to the end of the text. */
  function element(text: string, from: number, events: StreamEvent[]): number {
    let at = from;
    do at = step(text, at); while (at < text.length && depth > 0);
    held.push(text.slice(from, at));
    if (depth > 0) return at;
    events.push({ type: "message", data: held.join("") });
    held = [];
    place = behind;
    return at;
  }

  /** Behind the next character that changes something. */
  function step(text: string, from: number): number {
    if (escaped) {
      escaped = false;
      return from + 1;
    }
    const at = find(inString ? special : structural, text, from);
    const character = text[at];
    if (character === '"') inString = !inString;
    else if (character === "\\") escaped = true;
    else if (character === "{" || character === "[") depth++;
    else if (character) depth--;
    return Math.min(at + 1, text.length);
  }

  return {
    push: (chunk) => read(decoder.decode(chunk, { stream: true })),
    end: () => unfinished.includes(place) ? [{ type: "malformed", data: "" }] : [],
    atBoundary: () => place !== "element" && place !== "broken",
    print({ data = "" }) {
      const separator = separators[place];
      return new TextEncoder().encode(separator === undefined ? "" : separator + data);
    },
  };
}

function find(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.exec(text)?.index ?? text.length;
}
