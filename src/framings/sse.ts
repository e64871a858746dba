import type { EventReader, Framing, StreamEvent } from "../dialects/dialect.ts";

/** Server-sent events. @see HTML standard, section 9.2 */
export const sse: Framing = { createReader };

/** The text since the last blank line is held in pieces, so that a long event costs its length and no more. */
function createReader(): EventReader {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let held: string[] = [];
  let begun = false;
  let afterCr = false;
  let lastByte = 0;

  function push(chunk: Uint8Array): StreamEvent[] {
    lastByte = chunk.at(-1) ?? lastByte;
    return read(decoder.decode(chunk, { stream: true }));
  }

  function read(raw: string): StreamEvent[] {
    const events: StreamEvent[] = [];
    const text = unify(raw);
    let start = text[0] === "\n" && held.at(-1)?.endsWith("\n") ? 1 : 0;
    if (start > 0) take("", events);
    for (let at; (at = text.indexOf("\n\n", start)) >= 0; start = at + 2) {
      take(text.slice(start, at), events);
    }
    const rest = text.slice(start);
    if (rest !== "" && (rest !== "\n" || held.length > 0)) held.push(rest);
    return events;
  }

  /**
   * Lines may end in LF, CR or CRLF; an LF that comes after a CR in the next chunk belongs to it. A BOM at the start is
   * taken off here, because Node's decoder takes off too much when the BOM comes in pieces.
   */
  function unify(raw: string): string {
    if (raw === "") return raw;
    const text = raw[0] === (begun ? afterCr && "\n" : "\ufeff") ? raw.slice(1) : raw;
    begun = true;
    afterCr = raw.endsWith("\r");
    return text.includes("\r") ? text.replaceAll(/\r\n?/g, "\n") : text;
  }

  function take(text: string, events: StreamEvent[]): void {
    const event = parse(held.length > 0 ? held.join("") + text : text);
    held = [];
    if (event) events.push(event);
  }

  function end(): StreamEvent[] {
    const events = read(decoder.decode());
    take("", events);
    return events;
  }

  return {
    push,
    end,
    print,
    atBoundary: () => held.length === 0 && lastByte < 0x80,
  };
}

/** Blank lines alone are no event. JSON without a field's name is no line of the format, yet Google's errors come so. */
function parse(block: string): StreamEvent | undefined {
  const text = block.startsWith("\n") ? block.replace(/^\n+/, "") : block;
  if (text.startsWith("data:") && !text.includes("\n")) return { type: "message", data: valueOf(text, 4) };
  if (text.startsWith("{")) return { type: "message", data: text.trimEnd() };
  if (text === "") return undefined;
  let type = "message";
  let data: string | undefined;
  for (let start = 0, stop = 0; start < text.length; start = stop + 1) {
    stop = text.indexOf("\n", start);
    if (stop < 0) stop = text.length;
    const line = text.slice(start, stop);
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : valueOf(line, colon);
    if (field === "event") type = value || "message";
    else if (field === "data") data = data === undefined ? value : `${data}\n${value}`;
  }
  return { type, data };
}

function valueOf(line: string, colon: number): string {
  return line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
}

function print({ type, data = "" }: StreamEvent): Uint8Array<ArrayBuffer> {
  const name = type === "message" ? "" : `event: ${type}\n`;
  const lines = data.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`).join("");
  return new TextEncoder().encode(`${name}${lines}\n`);
}
