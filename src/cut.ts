const QUOTE = 0x22, BACKSLASH = 0x5c, COMMA = 0x2c;
const OPEN_LIST = 0x5b, CLOSE_LIST = 0x5d, OPEN_OBJECT = 0x7b, CLOSE_OBJECT = 0x7d;

/**
 * Cuts the value of one member out of each object in a JSON text, byte for byte as it was written.
 *
 * @param json valid UTF-8 JSON: one object, or an array of objects
 * @returns a view of the value for each object in order; undefined where the member is missing. Of a member that
 * stands twice the last counts, as `JSON.parse` has it.
 */
export function cutMember(
  json: Uint8Array<ArrayBuffer>,
  name: string,
): (Uint8Array<ArrayBuffer> | undefined)[] {
  const cuts: (Uint8Array<ArrayBuffer> | undefined)[] = [];
  const cutObject = (at: number): number => {
    let cut: Uint8Array<ArrayBuffer> | undefined;
    at = skipSpace(json, at + 1);
    while (json[at] !== CLOSE_OBJECT) {
      const keyEnd = skipString(json, at);
      const start = skipSpace(json, skipSpace(json, keyEnd) + 1);
      const end = skipValue(json, start);
      if (spells(json.subarray(at, keyEnd), name)) cut = json.subarray(start, end);
      at = skipSpace(json, end);
      if (json[at] === COMMA) at = skipSpace(json, at + 1);
    }
    cuts.push(cut);
    return at + 1;
  };

  let at = skipSpace(json, startsWithMark(json) ? 3 : 0);
  if (json[at] === OPEN_OBJECT) cutObject(at);
  if (json[at] !== OPEN_LIST) return cuts;
  at = skipSpace(json, at + 1);
  while (json[at] === OPEN_OBJECT) {
    at = skipSpace(json, cutObject(at));
    if (json[at] === COMMA) at = skipSpace(json, at + 1);
  }
  return cuts;
}

/** A byte order mark, which decoders swallow. */
function startsWithMark(json: Uint8Array): boolean {
  return json[0] === 0xef && json[1] === 0xbb && json[2] === 0xbf;
}

function skipSpace(json: Uint8Array, at: number): number {
  while (isSpace(json[at])) at++;
  return at;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** From the opening quote to behind the closing one: the first that is not escaped. */
function skipString(json: Uint8Array, at: number): number {
  for (let end = at;;) {
    end = json.indexOf(QUOTE, end + 1);
    let before = end - 1;
    while (json[before] === BACKSLASH) before--;
    if ((end - before) % 2 === 1) return end + 1;
  }
}

function skipValue(json: Uint8Array, at: number): number {
  if (json[at] === QUOTE) return skipString(json, at);
  if (json[at] === OPEN_OBJECT || json[at] === OPEN_LIST) return skipNested(json, at);
  while (at < json.length && !endsScalar(json[at])) at++;
  return at;
}

function skipNested(json: Uint8Array, at: number): number {
  for (let depth = 0;;) {
    const byte = json[at];
    if (byte === QUOTE) {
      at = skipString(json, at);
      continue;
    }
    at++;
    if (byte === OPEN_OBJECT || byte === OPEN_LIST) depth++;
    else if ((byte === CLOSE_OBJECT || byte === CLOSE_LIST) && --depth === 0) return at;
  }
}

function endsScalar(byte: number | undefined): boolean {
  return byte === COMMA || byte === CLOSE_OBJECT || byte === CLOSE_LIST || isSpace(byte);
}

/** Whether a JSON string, quotes included, spells a name; escapes count as what they stand for. */
function spells(key: Uint8Array, name: string): boolean {
  if (!key.includes(BACKSLASH) && key.length !== name.length + 2) return false;
  return JSON.parse(new TextDecoder().decode(key)) === name;
}
