import { cut } from "./cut.ts";
import { CLOSE_OBJECT, OPEN_OBJECT } from "./json.ts";
import { concat } from "./peek.ts";

/** What asks for the tokens of a stream, and the member of a request in which it stands. */
const MEMBER = "include_usage", PLACE = "stream_options";

/**
 * The same request, which also asks for the tokens of its stream; every other byte stays as it was written. A client
 * that says it wants none, or null, is asked over.
 *
 * @returns undefined where nothing is to be asked: it is no JSON, asks for no stream, asks by itself, or says something
 * that only its provider can judge
 * @see https://platform.openai.com/docs/api-reference/chat/create#chat_create-stream_options
 */
export function askForUsage(json: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | undefined {
  if (textOf(valueIn(json, "stream")) !== "true") return undefined;
  const options = valueIn(json, PLACE);
  if (!options) return append(json, json, `"${PLACE}":{"${MEMBER}":true}`);
  if (isOff(options)) return replace(json, options, `{"${MEMBER}":true}`);
  if (options[0] !== OPEN_OBJECT) return undefined;
  const wish = valueIn(options, MEMBER);
  if (!wish) return append(json, options, `"${MEMBER}":true`);
  return isOff(wish) ? replace(json, wish, "true") : undefined;
}

/** The value of a member, as a window of the bytes of its object. */
function valueIn(json: Uint8Array<ArrayBuffer>, member: string): Uint8Array<ArrayBuffer> | undefined {
  const parts = cut(json, member, [], 1);
  return parts?.skeleton.startsWith("{") ? parts.values[0] : undefined;
}

/** A short value as text; a longer one is none that counts here. */
function textOf(value: Uint8Array | undefined): string {
  return value && value.byteLength <= 5 ? new TextDecoder().decode(value) : "";
}

function isOff(value: Uint8Array): boolean {
  return ["false", "null"].includes(textOf(value));
}

/** Puts a last member into an object that is a window of all bytes, or all of them. */
function append(json: Uint8Array, object: Uint8Array, member: string): Uint8Array<ArrayBuffer> {
  const end = object.lastIndexOf(CLOSE_OBJECT);
  const last = object.subarray(0, end).findLast((byte) => byte > 0x20);
  return splice(json, object.byteOffset + end, 0, last === OPEN_OBJECT ? member : `,${member}`);
}

function replace(json: Uint8Array, { byteOffset, byteLength }: Uint8Array, text: string) {
  return splice(json, byteOffset, byteLength, text);
}

/** @param offset as that of the bytes, in their buffer */
function splice(json: Uint8Array, offset: number, length: number, text: string): Uint8Array<ArrayBuffer> {
  const at = offset - json.byteOffset;
  const more = new TextEncoder().encode(text);
  const parts = [json.subarray(0, at), more, json.subarray(at + length)];
  return concat(parts, json.byteLength - length + more.byteLength);
}
