import { Readable } from "node:stream";
import type { ReadableStream as NodeStream } from "node:stream/web";

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

/** Whether a Node stream is behind a web stream, which nobody has read. */
export function hasSource(stream: ReadableStream): boolean {
  return (stream as Sourced)[source] !== undefined;
}

/** A web stream as a Node stream: the very one behind it, where nobody has read it in between. */
export function toNode(stream: ReadableStream): Readable {
  return (stream as Sourced)[source] ?? Readable.fromWeb(stream as unknown as NodeStream);
}

/** The same for undici, which would destroy a stream that it stops reading, and with it the client's connection. */
export function toChunks(stream: ReadableStream): AsyncIterable<Uint8Array> {
  return (stream as Sourced)[source]?.iterator({ destroyOnReturn: false }) ?? stream;
}
