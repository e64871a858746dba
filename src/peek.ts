/** The beginning of a body, and a body that still has it. */
export interface Peek {
  readonly head: Uint8Array;
  readonly body: ReadableStream<Uint8Array>;
}

/** Reads ahead until `enough` bytes are there, the body ends, or `patience` ms have passed; loses nothing. */
export async function peek(
  body: ReadableStream<Uint8Array>,
  enough: number,
  patience?: number,
): Promise<Peek> {
  const reader = body.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  let pending: ReturnType<typeof reader.read> | undefined;
  let stopClock = () => {};
  const late = new Promise<undefined>((resolve) => {
    if (patience === undefined) return;
    const timer = setTimeout(() => resolve(undefined), patience);
    stopClock = () => clearTimeout(timer);
  });
  while (length < enough) {
    pending = reader.read();
    const result = await Promise.race([pending, late]).catch(() => undefined);
    if (!result || result.done) break;
    pending = undefined;
    chunks.push(result.value);
    length += result.value.byteLength;
  }
  stopClock();
  return { head: concat(chunks, length), body: resume(reader, chunks, pending) };
}

/** Joins chunks whose lengths add up to `length` bytes. */
export function concat(chunks: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}

/** A body that was read ahead, from its beginning: what was read, a read that is under way, and the rest. */
export function resume(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  chunks: Uint8Array[],
  pending?: ReturnType<ReadableStreamDefaultReader<Uint8Array>["read"]>,
  strategy: QueuingStrategy<Uint8Array> = { highWaterMark: 0 },
): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const chunk = chunks.shift();
      if (chunk) return controller.enqueue(chunk);
      const { done, value } = await (pending ?? reader.read());
      pending = undefined;
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  }, strategy);
}
