import assert from "node:assert/strict";
import { test } from "node:test";
import { tap } from "../src/tap.ts";

/** A body that gives the same chunk so many times. */
function bodyOf(chunk: Uint8Array, times: number): ReadableStream<Uint8Array> {
  let left = times;
  return new ReadableStream({
    pull(controller) {
      if (left-- > 0) controller.enqueue(chunk);
      else controller.close();
    },
  }, { highWaterMark: 0 });
}

async function lengthOf(body: ReadableStream<Uint8Array>): Promise<number> {
  let length = 0;
  for await (const chunk of body) length += chunk.byteLength;
  return length;
}

test("a body that is tapped goes on as it comes, and all of it is told when it has ended", async () => {
  const { body, whole } = tap(bodyOf(Uint8Array.of(1, 2), 3), 6);
  assert.equal(await lengthOf(body), 6);
  assert.deepEqual(await whole, Uint8Array.of(1, 2, 1, 2, 1, 2));
});

test("a body that is too long to be kept takes no memory when it ends, however long it was", async () => {
  const chunk = new Uint8Array(2 ** 25);
  const { body, whole } = tap(bodyOf(chunk, 2 ** 14), 2 ** 26);
  assert.equal(await lengthOf(body), 2 ** 39, "no memory has room for so many bytes");
  assert.equal(await whole, undefined);
});
