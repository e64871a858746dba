import type { Readable } from "node:stream";

/** Where a web stream that nobody has read yet keeps the Node stream behind it; a WeakMap would burden every collection. */
const source = Symbol("source");

/** A web stream that may have a Node stream behind it. */
interface Sourced extends ReadableStream<Uint8Array<ArrayBuffer>> {
  [source]?: Readable | undefined;
}

/**
 * A Node stream as a web stream. `Readable.toWeb` would end the process when the consumer cancels first.
 *
 * @param cancel what to do with the Node stream when the consumer has had enough. @default nothing
 */
export function toWeb(
  readable: Readable,
  cancel: (readable: Readable) => void = () => {},
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let chunks: AsyncIterator<Uint8Array<ArrayBuffer>> | undefined;
  const stream: Sourced = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      stream[source] = undefined;
      chunks ??= readable.iterator({ destroyOnReturn: false });
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: () => cancel(readable),
  }, { highWaterMark: 0 });
  stream[source] = readable;
  return stream;
}

/** The Node stream behind a web stream that nobody has read. */
export function behind(stream: ReadableStream): Readable | undefined {
  return (stream as Sourced)[source];
}

/** A body as undici reads it, which would destroy a Node stream that it stops reading, and with it the client's connection. */
export function toChunks(stream: ReadableStream): AsyncIterable<Uint8Array> {
  return behind(stream)?.iterator({ destroyOnReturn: false }) ?? stream;
}
