import type { Piece } from "./parts.ts";

/** What a piece puts onto the wire at its place among the events; nothing, if it is a pause or a break. */
export function bytesAt(piece: Piece, index: number): Uint8Array {
  const data = typeof piece === "function" ? piece(index) : piece;
  if (typeof data === "string") return new TextEncoder().encode(data);
  return data instanceof Uint8Array ? data : new Uint8Array();
}

/** All that pieces put onto the wire. */
export function bytesOf(pieces: readonly Piece[]): Uint8Array {
  let index = 0;
  return join(...pieces.map((piece) => bytesAt(piece, typeof piece === "function" ? index++ : index)));
}

/** The first half. */
export const half = (bytes: Uint8Array): Uint8Array => bytes.slice(0, Math.ceil(bytes.length / 2));

/** One chunk of a chunked transfer. */
export const chunk = (bytes: Uint8Array): Uint8Array =>
  join(`${bytes.length.toString(16)}\r\n`, bytes, "\r\n");

/** Joins text and bytes. */
export function join(...parts: readonly (string | Uint8Array)[]): Uint8Array {
  const arrays = parts.map((part) => bytesAt(part, 0));
  const joined = new Uint8Array(arrays.reduce((length, array) => length + array.length, 0));
  let at = 0;
  for (const array of arrays) {
    joined.set(array, at);
    at += array.length;
  }
  return joined;
}
