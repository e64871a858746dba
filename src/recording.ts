/** An answer as it is kept for those who ask the same. */
export interface Recording {
  readonly status: number;
  readonly fields: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** Bytes that tell the length of a head. */
const PREFIX = 4;

/** A recording as bytes: the length of its head, its head as JSON, its body. */
export function pack({ body, ...rest }: Recording): Uint8Array<ArrayBuffer> {
  const head = new TextEncoder().encode(JSON.stringify({ ...rest, length: body.byteLength }));
  const bytes = new Uint8Array(PREFIX + head.byteLength + body.byteLength);
  new DataView(bytes.buffer).setUint32(0, head.byteLength);
  bytes.set(head, PREFIX);
  bytes.set(body, PREFIX + head.byteLength);
  return bytes;
}

/** The recording in bytes; undefined where they hold none. */
export function unpack(value: unknown): Recording | undefined {
  if (!(value instanceof Uint8Array) || value.byteLength < PREFIX) return undefined;
  const bytes = value as Uint8Array<ArrayBuffer>;
  const start = PREFIX + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  try {
    const { status, fields, length } = JSON.parse(new TextDecoder().decode(bytes.subarray(PREFIX, start)));
    const body = bytes.subarray(start);
    const whole = status === 200 && body.byteLength === length && new Headers(fields);
    return whole ? { status, fields, body } : undefined;
  } catch {
    return undefined;
  }
}
