import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test, type TestContext } from "node:test";
import { fetch } from "../../adapters/deno-fetch.ts";
import { within } from "./stage.ts";

type Uploaded = ReadableStream<Uint8Array>;

/** Sends a body with Deno's `fetch` of the adapter, where the runtime's own would begin. */
function upload(body: Uploaded, signal: AbortSignal, { mock }: TestContext) {
  const listening: number[] = [];
  const sent = mock.method(
    globalThis,
    "fetch",
    async (_url: unknown, init?: RequestInit) => {
      listening.push(getEventListeners(signal, "abort").length);
      return new Response(await new Response(init!.body).text());
    },
  );
  const answer = fetch("http://provider.test/", {
    method: "POST",
    headers: {},
    body,
    signal,
    duplex: "half",
  });
  return { answer, sent, listening };
}

test("deno: an upload that never begins ends with its signal, is let go, and leaves no listener behind", async (context) => {
  for (const early of [true, false]) {
    const clock = new AbortController();
    const reason = new Error("the time is over");
    if (early) clock.abort(reason);
    let given: unknown;
    const body: Uploaded = new ReadableStream({ cancel: (why) => void (given = why) });
    const { answer, sent } = upload(body, clock.signal, context);
    if (!early) setTimeout(() => clock.abort(reason), 10);
    await assert.rejects(within(1000, "an end", answer), reason);
    assert.equal(given, reason);
    assert.equal(sent.mock.callCount(), 0);
    assert.equal(getEventListeners(clock.signal, "abort").length, 0);
    context.mock.reset();
  }
});

test("deno: an upload that begins late is sent whole, and no listener waits for it any more", async (context) => {
  for (const chunks of [["", "hel", "lo"], [""]]) {
    const { signal } = new AbortController();
    const body: Uploaded = new ReadableStream({
      async pull(controller) {
        await new Promise((resolve) => setTimeout(resolve, 2));
        const chunk = chunks.shift();
        if (chunk === undefined) controller.close();
        else controller.enqueue(new TextEncoder().encode(chunk));
      },
    });
    const expected = chunks.join("");
    const { answer, listening } = upload(body, signal, context);
    assert.equal(await (await answer).text(), expected);
    assert.deepEqual(listening, [0]);
    context.mock.reset();
  }
});

test("deno: an upload that breaks before it begins tells so, and leaves no listener behind", async (context) => {
  const { signal } = new AbortController();
  const body: Uploaded = new ReadableStream({ pull: (controller) => controller.error(new Error("broken")) });
  await assert.rejects(upload(body, signal, context).answer, /broken/);
  assert.equal(getEventListeners(signal, "abort").length, 0);
});
