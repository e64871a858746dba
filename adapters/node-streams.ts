import { Readable } from "node:stream";
import type { ReadableStream as NodeStream } from "node:stream/web";

/** Node streams behind web streams that nobody has read yet. */
const sources = new WeakMap<ReadableStream, Readable>();

/**
 * A Node stream as a web stream. `Readable.toWeb` would end the process when the consumer cancels first.
 *
 * @param cancel what to do with the Node stream when the consumer has had enough. @default nothing
 */
export function toWeb(
  readable: Readable,
  cancel: (readable: Readable) => void = () => {},
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const chunks = readable.iterator({ destroyOnReturn: false });
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      sources.delete(stream);
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: () => cancel(readable),
  }, { highWaterMark: 0 });
  sources.set(stream, readable);
  return stream;
}

/** A web stream as a Node stream: the very one behind it, where nobody has read it in between. */
export function toNode(stream: ReadableStream): Readable {
  return sources.get(stream) ?? Readable.fromWeb(stream as unknown as NodeStream);
}

/** The same for undici, which would destroy a stream that it stops reading, and with it the client's connection. */
export function toChunks(stream: ReadableStream): AsyncIterable<Uint8Array> {
  return sources.get(stream)?.iterator({ destroyOnReturn: false }) ?? stream;
}
