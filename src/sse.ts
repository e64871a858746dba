import type { EventReader, Framing, StreamEvent } from "./dialects/dialect.ts";

const LF = 0x0a;
const CR = 0x0d;

/** Server-sent events. @see HTML standard, section 9.2 */
export const sse: Framing = {
  createReader,
  print({ type, data = "" }) {
    const name = type === "message" ? "" : `event: ${type}\n`;
    return new TextEncoder().encode(`${name}${data.split("\n").map((line) => `data: ${line}\n`).join("")}\n`);
  },
};

/** Lines may end in LF, CR or CRLF; an LF that comes after a CR in the next chunk belongs to it. */
function createReader(): EventReader {
  let pieces: Uint8Array[] = [];
  let lineIsEmpty = true;
  let afterCr = false;

  function push(chunk: Uint8Array): StreamEvent[] {
    const events: StreamEvent[] = [];
    let start = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at];
      const joined = byte === LF && afterCr;
      afterCr = byte === CR;
      if (joined) continue;
      if (byte !== LF && byte !== CR) {
        lineIsEmpty = false;
      } else if (!lineIsEmpty) {
        lineIsEmpty = true;
      } else {
        pieces.push(chunk.subarray(start, at + 1));
        start = at + 1;
        events.push(...take());
      }
    }
    if (start < chunk.length) pieces.push(chunk.subarray(start));
    return events;
  }

  function take(): StreamEvent[] {
    const event = parse(decode(pieces));
    pieces = [];
    return event ? [event] : [];
  }

  return {
    push,
    end: take,
    get atBoundary() {
      return pieces.every((piece) => piece.every((byte) => byte === LF || byte === CR));
    },
  };
}

function decode(pieces: readonly Uint8Array[]): string {
  const decoder = new TextDecoder();
  return pieces.map((piece) => decoder.decode(piece, { stream: true })).join("") + decoder.decode();
}

/** Blank lines alone are no event. */
function parse(text: string): StreamEvent | undefined {
  const lines = text.split(/\r\n|\r|\n/).filter((line) => line);
  if (lines.length === 0) return undefined;
  let type = "message";
  const data: string[] = [];
  for (const line of lines) {
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    if (field === "event") type = value;
    else if (field === "data") data.push(value);
  }
  return { type, data: data.length > 0 ? data.join("\n") : undefined };
}
