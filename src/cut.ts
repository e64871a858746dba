import { CLOSE_LIST, CLOSE_OBJECT, COMMA, OPEN_LIST, OPEN_OBJECT, QUOTE } from "./json.ts";
import { MALFORMED, Scanner, spells } from "./json.ts";

const ZERO = 0x30;

/** A body of one object or a list of them, taken apart. */
export interface Cut {
  /**
   * JSON text of the body with `0` for every value of the member and without the members that are not kept: small, to
   * be parsed. Elements that are not objects stay what they are, but strings and arrays are emptied.
   */
  readonly skeleton: string;
  /**
   * The member's value in each element, byte for byte as written; undefined where it is missing or the element is not
   * an object. Where it stands twice the last counts, as `JSON.parse` has it.
   */
  readonly values: readonly (Uint8Array<ArrayBuffer> | undefined)[];
}

/**
 * Cuts the value of one member out of each object in a JSON text, and checks all of the text without building what is
 * not kept: a body of any shape costs time in proportion to its bytes, and memory to what it keeps.
 *
 * @param json one object or an array of them; a byte order mark is swallowed
 * @param member name of ASCII letters and digits
 * @param keep names of the members that stay in the skeleton, likewise
 * @param most elements to take apart; those behind are checked and left out. @default Infinity
 * @returns undefined when the bytes are not well-formed JSON in UTF-8
 */
export function cut(
  json: Uint8Array<ArrayBuffer>,
  member: string,
  keep: readonly string[],
  most: number = Infinity,
): Cut | undefined {
  const scanner = new Scanner(json);
  const skeleton = new Skeleton(json);
  const values: (Uint8Array<ArrayBuffer> | undefined)[] = [];
  let value: Uint8Array<ArrayBuffer> | undefined;

  const cutList = (at: number): number => {
    skeleton.open(OPEN_LIST);
    const end = scanner.items(at, cutElement);
    skeleton.close(CLOSE_LIST);
    return end;
  };
  const cutElement = (at: number): number => {
    if (values.length >= most) return scanner.value(at);
    value = undefined;
    const end = json[at] === OPEN_OBJECT ? cutObject(at) : cutOther(at);
    values.push(value);
    return end;
  };
  const cutObject = (at: number): number => {
    skeleton.open(OPEN_OBJECT);
    const end = scanner.items(at, cutMember);
    skeleton.close(CLOSE_OBJECT);
    return end;
  };
  const cutMember = (at: number): number => {
    const start = scanner.name(at);
    const end = scanner.value(start);
    if (end === MALFORMED) return MALFORMED;
    if (spells(json, at, member)) {
      value = json.subarray(start, end);
      skeleton.copy(at, start);
      skeleton.close(ZERO);
    } else if (keep.some((name) => spells(json, at, name))) skeleton.copy(at, end);
    return end;
  };
  const cutOther = (at: number): number => {
    const end = scanner.value(at);
    if (end === MALFORMED) return MALFORMED;
    if (json[at] !== QUOTE && json[at] !== OPEN_LIST) skeleton.copy(at, end);
    else {
      skeleton.open(json[at]!);
      skeleton.close(json[end - 1]!);
    }
    return end;
  };

  const start = scanner.space(startsWithMark(json) ? 3 : 0);
  const end = scanner.space(json[start] === OPEN_LIST ? cutList(start) : cutElement(start));
  return end === json.length ? { skeleton: skeleton.print(), values } : undefined;
}

/** JSON text that is put together from pieces of another. */
class Skeleton {
  readonly #json: Uint8Array<ArrayBuffer>;
  #bytes = new Uint8Array(512);
  #length = 0;

  constructor(json: Uint8Array<ArrayBuffer>) {
    this.#json = json;
  }

  /** Adds the first byte of an item. */
  open(byte: number): void {
    this.#reserve(2);
    this.#separate();
    this.#bytes[this.#length++] = byte;
  }

  /** Adds the last byte of an item. */
  close(byte: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = byte;
  }

  /** Adds an item as it was written, or the beginning of one. */
  copy(start: number, end: number): void {
    this.#reserve(1 + end - start);
    this.#separate();
    this.#bytes.set(this.#json.subarray(start, end), this.#length);
    this.#length += end - start;
  }

  print(): string {
    return new TextDecoder().decode(this.#bytes.subarray(0, this.#length));
  }

  #separate(): void {
    const last = this.#bytes[this.#length - 1];
    if (this.#length > 0 && last !== OPEN_LIST && last !== OPEN_OBJECT) this.#bytes[this.#length++] = COMMA;
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}

/** A byte order mark, which decoders swallow. */
function startsWithMark(json: Uint8Array): boolean {
  return json[0] === 0xef && json[1] === 0xbb && json[2] === 0xbf;
}
