export const QUOTE = 0x22, COMMA = 0x2c;
export const OPEN_LIST = 0x5b, CLOSE_LIST = 0x5d, OPEN_OBJECT = 0x7b, CLOSE_OBJECT = 0x7d;
const COLON = 0x3a, BACKSLASH = 0x5c, PLUS = 0x2b, MINUS = 0x2d, DOT = 0x2e, ZERO = 0x30, NINE = 0x39;
const CAPITAL_E = 0x45, A = 0x61, E = 0x65, F = 0x66, N = 0x6e, T = 0x74, U = 0x75;
const SHORT_ESCAPES = '"\\/bfnrt';

/** Where a walk ends that met something else than JSON: a position at which nothing stands, so that no walk goes on. */
export const MALFORMED = -1;

/**
 * Walks over JSON in UTF-8 without building values, and checks every byte on the way. Each method takes the position
 * where something starts and returns the one behind it, or `MALFORMED`.
 *
 * @see RFC 8259 for the grammar
 */
export class Scanner {
  readonly #json: Uint8Array<ArrayBuffer>;
  readonly #words: DataView;
  readonly #nesting = new Nesting();

  constructor(json: Uint8Array<ArrayBuffer>) {
    this.#json = json;
    this.#words = new DataView(json.buffer, json.byteOffset, json.byteLength);
  }

  /** White space, if there is any. */
  space(at: number): number {
    while (isSpace(this.#byte(at))) at++;
    return at;
  }

  /** A list or an object, whose elements or members are left to `item`. */
  items(at: number, item: (at: number) => number): number {
    const close = closing(this.#byte(at));
    at = this.space(at + 1);
    if (this.#byte(at) === close) return at + 1;
    for (;;) {
      at = this.space(item(at));
      if (this.#byte(at) === close) return at + 1;
      if (this.#byte(at) !== COMMA) return MALFORMED;
      at = this.space(at + 1);
    }
  }

  /** The name of a member, up to its value. */
  name(at: number): number {
    at = this.space(this.#string(at));
    return this.#byte(at) === COLON ? this.space(at + 1) : MALFORMED;
  }

  /** Any value. Takes one step a scalar or bracket instead of calling itself, so that depth is no danger. */
  value(at: number): number {
    this.#nesting.depth = 0;
    do {
      const byte = this.#byte(at);
      const opens = byte === OPEN_LIST || byte === OPEN_OBJECT;
      at = opens ? this.#enter(at) : this.#leave(this.#scalar(at));
    } while (this.#nesting.depth > 0 && at !== MALFORMED);
    return at;
  }

  /** From an opening bracket to the first value inside; or to what follows, if there is none. */
  #enter(at: number): number {
    const bracket = this.#byte(at);
    this.#nesting.open(bracket);
    at = this.space(at + 1);
    if (this.#byte(at) === closing(bracket)) return this.#leave(at);
    return bracket === OPEN_OBJECT ? this.name(at) : at;
  }

  /** From behind a value over the brackets that close there to the next value, if any bracket is still open. */
  #leave(at: number): number {
    while (this.#nesting.depth > 0) {
      const bracket = this.#nesting.innermost;
      at = this.space(at);
      if (this.#byte(at) === COMMA) {
        at = this.space(at + 1);
        return bracket === OPEN_OBJECT ? this.name(at) : at;
      }
      if (this.#byte(at) !== closing(bracket)) return MALFORMED;
      this.#nesting.depth--;
      at++;
    }
    return at;
  }

  #scalar(at: number): number {
    switch (this.#byte(at)) {
      case QUOTE:
        return this.#string(at);
      case T:
        return this.#literal(at, "true");
      case F:
        return this.#literal(at, "false");
      case N:
        return this.#literal(at, "null");
      default:
        return this.#number(at);
    }
  }

  #literal(at: number, word: string): number {
    for (let index = 0; index < word.length; index++) {
      if (this.#byte(at + index) !== word.charCodeAt(index)) return MALFORMED;
    }
    return at + word.length;
  }

  #number(at: number): number {
    if (this.#byte(at) === MINUS) at++;
    at = this.#byte(at) === ZERO ? at + 1 : this.#digits(at);
    if (this.#byte(at) === DOT) at = this.#digits(at + 1);
    if (this.#byte(at) !== E && this.#byte(at) !== CAPITAL_E) return at;
    at++;
    return this.#digits(this.#byte(at) === PLUS || this.#byte(at) === MINUS ? at + 1 : at);
  }

  /** At least one digit. */
  #digits(at: number): number {
    if (!isDigit(this.#byte(at))) return MALFORMED;
    while (isDigit(this.#byte(at))) at++;
    return at;
  }

  #string(at: number): number {
    if (this.#byte(at) !== QUOTE) return MALFORMED;
    at++;
    while (at !== MALFORMED) {
      at = this.#plain(at);
      const byte = this.#byte(at);
      if (byte === QUOTE) return at + 1;
      if (byte === BACKSLASH) at = this.#escape(at);
      else at = this.#wide(at);
    }
    return MALFORMED;
  }

  /** Characters of one byte that stand for themselves, four at a time: most of the bytes of most bodies. */
  #plain(at: number): number {
    const words = this.#words, last = words.byteLength - 4;
    while (at <= last && isPlain(words.getInt32(at))) at += 4;
    for (;; at++) {
      const byte = this.#byte(at);
      if (byte < 0x20 || byte >= 0x80 || byte === QUOTE || byte === BACKSLASH) return at;
    }
  }

  #escape(at: number): number {
    const kind = this.#byte(at + 1);
    if (kind !== U) return SHORT_ESCAPES.includes(String.fromCharCode(kind)) ? at + 2 : MALFORMED;
    for (let digit = at + 2; digit < at + 6; digit++) if (!isHex(this.#byte(digit))) return MALFORMED;
    return at + 6;
  }

  /** Characters of two to four bytes, at least one. @see RFC 3629, section 4 */
  #wide(at: number): number {
    do {
      const lead = this.#byte(at), second = this.#byte(at + 1);
      const lowest = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
      const highest = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
      if (lead < 0xc2 || lead > 0xf4 || second < lowest || second > highest) return MALFORMED;
      if (lead >= 0xe0 && !isContinued(this.#byte(at + 2))) return MALFORMED;
      if (lead >= 0xf0 && !isContinued(this.#byte(at + 3))) return MALFORMED;
      at += lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    } while (this.#byte(at) >= 0x80);
    return at;
  }

  /** 0 outside of the text, which no rule allows either: a look behind the end needs no care. */
  #byte(at: number): number {
    return this.#json[at] ?? 0;
  }
}

/** The brackets that stand open, outermost first, in a bit each: 1 for an object's. */
class Nesting {
  depth = 0;
  #bits = new Uint8Array(8);

  open(bracket: number): void {
    const index = this.depth >> 3, bit = 1 << (this.depth & 7);
    if (index === this.#bits.length) this.#grow();
    if (bracket === OPEN_OBJECT) this.#bits[index]! |= bit;
    else this.#bits[index]! &= ~bit;
    this.depth++;
  }

  get innermost(): number {
    const last = this.depth - 1;
    return this.#bits[last >> 3]! & (1 << (last & 7)) ? OPEN_OBJECT : OPEN_LIST;
  }

  #grow(): void {
    const grown = new Uint8Array(this.#bits.length * 2);
    grown.set(this.#bits);
    this.#bits = grown;
  }
}

/**
 * Whether a string that was found to be well-formed spells a name, in whatever escapes.
 *
 * @param at where its opening quote stands
 * @param name of ASCII letters and digits, for which no escapes but the hexadecimal ones can stand
 */
export function spells(json: Uint8Array, at: number, name: string): boolean {
  at++;
  for (let index = 0; index < name.length; index++) {
    const escaped = json[at] === BACKSLASH && json[at + 1] === U;
    const unit = escaped ? hexadecimal(json, at + 2) : json[at];
    if (unit !== name.charCodeAt(index)) return false;
    at += escaped ? 6 : 1;
  }
  return json[at] === QUOTE;
}

function hexadecimal(json: Uint8Array, at: number): number {
  let unit = 0;
  for (let digit = at; digit < at + 4; digit++) {
    const byte = json[digit]!;
    unit = unit * 16 + (isDigit(byte) ? byte - ZERO : (byte | 0x20) - A + 10);
  }
  return unit;
}

function closing(open: number): number {
  return open === OPEN_OBJECT ? CLOSE_OBJECT : CLOSE_LIST;
}

function isSpace(byte: number): boolean {
  return byte <= 0x20 && (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09);
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}

function isHex(byte: number): boolean {
  return isDigit(byte) || ((byte | 0x20) >= A && (byte | 0x20) <= F);
}

/** Whether a byte goes on with a character of several bytes. */
function isContinued(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

/**
 * Whether none of the four bytes in a word is a control character, a quote, a backslash or beyond ASCII. A byte from
 * which too much is taken borrows from the next and shows in its highest bit; so does what `^` turned to zero.
 */
function isPlain(word: number): boolean {
  const quotes = (word ^ 0x22222222) - 0x01010101;
  const backslashes = (word ^ 0x5c5c5c5c) - 0x01010101;
  return ((word | (word - 0x20202020) | quotes | backslashes) & 0x80808080) === 0;
}
