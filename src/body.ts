import { GatewayError, wrong } from "./errors.ts";
import { parse } from "./parse.ts";
import { concat, peek, resume } from "./peek.ts";
import type { Body } from "./types.ts";

/** A body of bytes that are at hand. */
export function bytesBody(bytes: Uint8Array<ArrayBuffer>): Body {
  const begin = () => Promise.resolve(bytes);
  return readable({ untouched: nothing, open: () => bytes, begin, keep: () => Promise.resolve(true) });
}

/** A body of a text, of bytes, or of a value as JSON. */
export function bodyOf(content: string | Uint8Array<ArrayBuffer> | Readonly<Record<string, unknown>>): Body {
  if (content instanceof Uint8Array) return bytesBody(content);
  return bytesBody(new TextEncoder().encode(typeof content === "string" ? content : JSON.stringify(content)));
}

/** The JSON object in a body; undefined where it is none, or too long to be kept. */
export async function jsonOf(body: Body): Promise<Readonly<Record<string, unknown>> | undefined> {
  return await body.read(readObject);
}

function readObject(bytes: Uint8Array<ArrayBuffer>): Readonly<Record<string, unknown>> | undefined {
  const value = parse(new TextDecoder().decode(bytes));
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? value as Readonly<Record<string, unknown>> : undefined;
}

/** A body that remembers what was read out of it. */
function readable(body: Omit<Body, "read">): Body {
  const known = new Map<unknown, unknown>();
  return Object.defineProperty(body as Body, "read", {
    value: async <Value>(how: (bytes: Uint8Array<ArrayBuffer>) => Value): Promise<Value | undefined> => {
      if (known.has(how)) return known.get(how) as Value;
      const bytes = await body.keep() ? body.open() ?? new Uint8Array() : undefined;
      if (!(bytes instanceof Uint8Array)) return undefined;
      const value = how(bytes as Uint8Array<ArrayBuffer>);
      known.set(how, value);
      return value;
    },
  });
}

/** The body of a request: a stream until somebody keeps it. */
export function requestBody(request: Request, limit: number): Body {
  checkUnread(request);
  const declared = declaredLength(request);
  if (!declared && !request.body) return empty;
  let known: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | undefined;
  let head: Promise<Uint8Array> | undefined;
  let whole: Promise<void> | undefined;
  const open = () => known ?? request.body;

  async function readHead(): Promise<Uint8Array> {
    await whole;
    const source = open();
    if (!(source instanceof ReadableStream)) return source ?? new Uint8Array();
    const { head, body } = await peek(source, 1);
    known = body;
    return head;
  }

  async function readWhole(): Promise<void> {
    await head;
    if (declared !== undefined && !known) known = new Uint8Array(await request.arrayBuffer());
    const source = open();
    if (source instanceof ReadableStream) known = await collect(source, limit);
  }

  return readable({
    untouched: () => known instanceof Uint8Array ? undefined : declared,
    open,
    begin: () => known instanceof Uint8Array ? Promise.resolve(known) : head ??= readHead(),
    async keep() {
      if (declared !== undefined && declared > limit) return false;
      await (whole ??= readWhole());
      return known instanceof Uint8Array;
    },
  });
}

const nothing = () => undefined;
const empty: Body = readable({
  untouched: nothing,
  open: () => null,
  begin: () => Promise.resolve(new Uint8Array()),
  keep: () => Promise.resolve(true),
});

/**
 * Reads a request's body into memory.
 *
 * @throws {GatewayError} `too_large`, as soon as it is known to be over the limit, in bytes
 */
export async function readBytes(request: Request, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  checkUnread(request);
  const declared = declaredLength(request);
  if (declared !== undefined && declared > limit) throw tooLarge(limit);
  if (declared !== undefined) return new Uint8Array(await request.arrayBuffer());
  if (!request.body) return new Uint8Array();
  const read = await collect(request.body, limit);
  if (read instanceof Uint8Array) return read;
  read.cancel().catch(() => {});
  throw tooLarge(limit);
}

/** All of a body; where it turns out to be over the limit, what was read of it and the rest. */
async function collect(
  body: ReadableStream<Uint8Array>,
  limit: number,
): Promise<Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (const reader = body.getReader();;) {
    const { done, value } = await reader.read();
    if (done) return concat(chunks, length);
    length += value.byteLength;
    chunks.push(value);
    if (length > limit) return resume(reader, chunks);
  }
}

/** Whoever mounts the gateway may have parsed the body before. */
function checkUnread({ bodyUsed }: Request): void {
  if (bodyUsed) {
    throw wrong("body", "a body that nobody has read before the gateway");
  }
}

function declaredLength(request: Request): number | undefined {
  const text = request.headers.get("content-length");
  return text && /^\d+$/.test(text) ? Number(text) : undefined;
}

function tooLarge(limit: number): GatewayError {
  return new GatewayError("too_large", `Request body is too large: the limit is ${limit} bytes`);
}
