import { concat } from "./peek.ts";

/** A body that goes on as it comes, and what came of it. */
export interface Tapped {
  readonly body: ReadableStream<Uint8Array>;
  /** All of it, once its end was read; undefined when it broke, was left, or is longer than `most` bytes. */
  readonly whole: Promise<Uint8Array<ArrayBuffer> | undefined>;
}

/** Listens to a body as it is read, chunk by chunk, and holds nothing back. */
export function tap(body: ReadableStream<Uint8Array>, most: number): Tapped {
  const reader = body.getReader();
  let chunks: Uint8Array[] = [];
  let length = 0;
  let settle: (bytes: Uint8Array<ArrayBuffer> | undefined) => void;
  const whole = new Promise<Uint8Array<ArrayBuffer> | undefined>((resolve) => settle = resolve);

  function keep(chunk: Uint8Array): void {
    length += chunk.byteLength;
    if (length <= most) return void chunks.push(chunk);
    chunks = [];
    settle(undefined);
  }

  const tapped = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (!done) {
          keep(value);
          return controller.enqueue(value);
        }
        settle(length <= most ? concat(chunks, length) : undefined);
        controller.close();
      } catch (error) {
        settle(undefined);
        throw error;
      }
    },
    cancel(reason) {
      settle(undefined);
      return reader.cancel(reason);
    },
  }, { highWaterMark: 0 });
  return { body: tapped, whole };
}
