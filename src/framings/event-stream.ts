import { crc32 } from "./crc32.ts";
import type { EventReader, Framing, StreamEvent } from "../dialects/dialect.ts";
import { concat } from "../peek.ts";

/**
 * AWS event streams: frames of a prelude, headers, a payload and check sums. An event has the type of its
 * `:event-type`; an exception's is `exception:` and its name, an error's `error:` and its code; what is no frame is
 * `malformed`, and so is all that follows.
 *
 * @see https://smithy.io/2.0/aws/amazon-eventstream.html
 */
export const eventStream: Framing = { createReader };

const PRELUDE = 12, CHECK = 4, TEXT = 7;

/** Bytes that a frame may have. */
const LONGEST = 24 * 1024 * 1024;

/** Lengths of headers' values by their type; those of bytes and of texts come with them. */
const widths: readonly (number | undefined)[] = [0, 0, 1, 2, 4, 8, undefined, undefined, 8, 16];

function createReader(): EventReader {
  let held: Uint8Array[] = [];
  let size = 0;
  let wanted = PRELUDE;
  let broken = false;

  function push(chunk: Uint8Array): StreamEvent[] {
    if (broken) return [];
    held.push(chunk);
    size += chunk.byteLength;
    const events: StreamEvent[] = [];
    while (size >= wanted && !broken) {
      const bytes = held.length === 1 ? held[0]! : concat(held, size);
      const length = wanted === PRELUDE ? measure(bytes) : wanted;
      held = [bytes];
      if (length === undefined) events.push(breakOff());
      else if (size < length) wanted = length;
      else events.push(take(bytes, length));
    }
    return events;
  }

  function take(bytes: Uint8Array, length: number): StreamEvent {
    const event = parse(bytes.subarray(0, length));
    size -= length;
    held = size > 0 ? [bytes.subarray(length)] : [];
    wanted = PRELUDE;
    return event ?? breakOff();
  }

  function breakOff(): StreamEvent {
    broken = true;
    held = [];
    return { type: "malformed", data: "" };
  }

  return {
    push,
    end: () => size > 0 && !broken ? [breakOff()] : [],
    print,
    atBoundary: () => size === 0 && !broken,
  };
}

/** The length that a prelude tells; undefined where it cannot be. */
function measure(bytes: Uint8Array): number | undefined {
  const view = viewOf(bytes);
  const length = view.getUint32(0);
  const fits = length <= LONGEST && view.getUint32(4) <= length - PRELUDE - CHECK;
  return fits && view.getUint32(8) === crc32(bytes.subarray(0, 8)) ? length : undefined;
}

function parse(frame: Uint8Array): StreamEvent | undefined {
  const view = viewOf(frame);
  const body = frame.byteLength - CHECK;
  if (view.getUint32(body) !== crc32(frame.subarray(0, body))) return undefined;
  const payload = PRELUDE + view.getUint32(4);
  const headers = parseHeaders(frame.subarray(PRELUDE, payload));
  if (!headers) return undefined;
  const kind = headers.get(":message-type") ?? "event";
  const name = headers.get(kind === "error" ? ":error-code" : `:${kind}-type`) ?? "message";
  const data = headers.get(":error-message") ?? new TextDecoder().decode(frame.subarray(payload, body));
  return { type: kind === "event" ? name : `${kind}:${name}`, data };
}

/** Headers that are texts; undefined where they are not what their lengths say. */
function parseHeaders(bytes: Uint8Array): Map<string, string> | undefined {
  const decoder = new TextDecoder(), view = viewOf(bytes);
  const headers = new Map<string, string>();
  for (let at = 0; at < bytes.byteLength;) {
    const kind = at + 1 + bytes[at]!;
    const value = kind + 1;
    const width = widths[bytes[kind] ?? -1];
    const sized = width === undefined;
    if (sized && value + 2 > bytes.byteLength) return undefined;
    const start = sized ? value + 2 : value;
    const stop = start + (sized ? view.getUint16(value) : width);
    if (stop > bytes.byteLength) return undefined;
    if (bytes[kind] === TEXT) {
      headers.set(decoder.decode(bytes.subarray(at + 1, kind)), decoder.decode(bytes.subarray(start, stop)));
    }
    at = stop;
  }
  return headers;
}

function print({ type, data = "" }: StreamEvent): Uint8Array<ArrayBuffer> {
  const [, kind = "event", name = type] = /^(exception):(.*)$/.exec(type) ?? [];
  const headers = [
    header(":message-type", kind),
    header(`:${kind}-type`, name),
    header(":content-type", "application/json"),
  ];
  return frame(headers, data);
}

function header(name: string, value: string): Uint8Array {
  const encoder = new TextEncoder();
  const label = encoder.encode(name), text = encoder.encode(value);
  const sizes = [TEXT, text.byteLength >> 8, text.byteLength & 0xff];
  return Uint8Array.from([label.byteLength, ...label, ...sizes, ...text]);
}

function frame(headers: readonly Uint8Array[], data: string): Uint8Array<ArrayBuffer> {
  const payload = new TextEncoder().encode(data);
  const width = headers.reduce((total, { byteLength }) => total + byteLength, 0);
  const length = PRELUDE + width + payload.byteLength + CHECK;
  const empty = new Uint8Array(PRELUDE);
  const bytes = concat([empty, ...headers, payload], length);
  const view = viewOf(bytes);
  view.setUint32(0, length);
  view.setUint32(4, width);
  view.setUint32(8, crc32(bytes.subarray(0, 8)));
  view.setUint32(length - CHECK, crc32(bytes.subarray(0, length - CHECK)));
  return bytes;
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
