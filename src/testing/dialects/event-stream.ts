import type { Framing } from "../parts.ts";
import { bytesAt, join } from "../pieces.ts";

/**
 * The binary frames of AWS: two lengths and their CRC, headers, payload, and the CRC of it all. It has no
 * comments. An event whose name ends in `Exception` is one.
 *
 * @see https://docs.aws.amazon.com/lexv2/latest/dg/event-stream-encoding.html
 */
export const eventStream: Framing = {
  type: "application/vnd.amazon.eventstream",
  frame({ name = "", data }) {
    const kind = name.endsWith("Exception") ? "exception" : "event";
    const headers = join(
      header(`:${kind}-type`, name),
      header(":content-type", "application/json"),
      header(":message-type", kind),
    );
    const payload = bytesAt(typeof data === "string" ? data : JSON.stringify(data), 0);
    const lengths = join(uint32(16 + headers.length + payload.length), uint32(headers.length));
    const checked = join(lengths, uint32(crc32(lengths)), headers, payload);
    return join(checked, uint32(crc32(checked)));
  },
  close: "",
  comment: "",
};

/** A header of type 7, a string; names and values here are short ASCII. */
const header = (name: string, value: string) =>
  join(Uint8Array.of(name.length), name, Uint8Array.of(7, 0, value.length), value);

function uint32(number: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, number);
  return bytes;
}

function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}
