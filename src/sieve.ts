import type { StreamEvent } from "./dialects/dialect.ts";
import { sse } from "./framings/sse.ts";
import { concat } from "./peek.ts";

/** Takes some events out of server-sent events that may be cut anywhere; every other byte goes on as it came. */
export interface Sieve {
  /** Takes the next bytes and gives those that go on now: all but the event that has begun and not yet ended. */
  push(chunk: Uint8Array): readonly Uint8Array[];
  /** The stream has ended, or broken: gives what was held back. */
  end(): readonly Uint8Array[];
}

/** Bytes that an event may have to be taken out; of a longer one nothing is held back any more. */
const LONGEST = 64 * 1024;

const LF = 0x0a, CR = 0x0d, COLON = 0x3a;
const MARK: readonly number[] = [0xef, 0xbb, 0xbf];

/**
 * Lines may end in LF, CR or CRLF. An event begins with its first line that is neither blank nor a comment, and ends
 * with the blank line behind it.
 *
 * @param unwanted which events are taken out
 */
export function createSieve(unwanted: (event: StreamEvent) => boolean): Sieve {
  const reader = sse.createReader();
  let held: Uint8Array[] = [];
  let heldLength = 0;
  /** Bytes of a byte order mark so far. */
  let marked = 0;
  let within = false;
  let overlong = false;
  /** Whether the line so far is empty. */
  let blank = true;
  let afterCr = false;
  /** Whether an LF that comes next belongs to what was taken out. */
  let hungry = false;

  function letGo(): Uint8Array[] {
    const pieces = held;
    held = [];
    heldLength = 0;
    return pieces;
  }

  function isUnwanted(tail: Uint8Array): boolean {
    const length = heldLength + tail.byteLength;
    if (overlong || length > LONGEST) return false;
    const bytes = held.length > 0 ? concat([...held, tail], length) : tail;
    return reader.push(bytes).some(unwanted);
  }

  function push(chunk: Uint8Array): Uint8Array[] {
    const passed: Uint8Array[] = [];
    /** Where the bytes begin that have not passed yet, and among them the event. */
    let from = 0, begun = 0;
    const pass = (until: number) => {
      if (until > from) passed.push(chunk.subarray(from, until));
      from = until;
    };
    for (let at = 0; at < chunk.byteLength; at++) {
      const byte = chunk[at]!;
      if (marked < MARK.length) {
        marked = byte === MARK[marked] ? marked + 1 : MARK.length + 1;
        if (marked <= MARK.length) continue;
      }
      const goesOn = byte === LF && afterCr;
      afterCr = byte === CR;
      if (goesOn && hungry) from = at + 1;
      hungry = false;
      if (goesOn) continue;
      if (byte !== LF && byte !== CR) {
        if (blank && !within && byte !== COLON) {
          within = true;
          begun = at;
        }
        blank = false;
      } else if (!blank || !within) {
        blank = true;
      } else {
        if (isUnwanted(chunk.subarray(begun, at + 1))) {
          letGo();
          pass(begun);
          from = at + 1;
          hungry = byte === CR;
        } else passed.push(...letGo());
        within = overlong = false;
      }
    }
    hold(chunk, within && !overlong ? begun : chunk.byteLength, pass);
    if (heldLength > LONGEST) {
      overlong = true;
      passed.push(...letGo());
    }
    return passed;
  }

  function hold(chunk: Uint8Array, begun: number, pass: (until: number) => void): void {
    pass(begun);
    const rest = chunk.subarray(begun);
    if (rest.byteLength === 0) return;
    held.push(rest);
    heldLength += rest.byteLength;
  }

  return {
    push,
    end() {
      const pieces = letGo();
      pieces.forEach((piece) => reader.push(piece));
      return reader.end().some(unwanted) ? [] : pieces;
    },
  };
}
