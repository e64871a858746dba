import assert from "node:assert/strict";
import { test } from "node:test";
import { createJournal } from "../src/journal.ts";
import { createGateway, type LogEntry } from "../src/index.ts";
import { arrayLogs, logRecord } from "./support/array-logs.ts";
import { ask } from "./support/script.ts";

/** A store of logs that fails until it is healed. */
function frail() {
  const kept: LogEntry[] = [];
  const state = { append: (): Promise<void> => Promise.reject(new Error("gone")) };
  const heal = () => {
    state.append = () => Promise.resolve();
  };
  const store = {
    ...arrayLogs(),
    async append(entries: readonly LogEntry[]) {
      await state.append();
      kept.push(...entries);
    },
  };
  return { store, kept, state, heal };
}

const LOST = 50;
const bounds: readonly [bound: string, most: number, bytes: number][] = [
  ["10,000 entries", 10_000, 0],
  ["64 MiB of bodies", 64, 1024 * 1024],
];
for (const [bound, most, bytes] of bounds) {
  test(`while its store fails a journal keeps the latest ${bound}, and tells how many it dropped`, async () => {
    const warnings: string[] = [];
    const { store, kept, heal } = frail();
    const journal = createJournal(store, (message) => void warnings.push(message));
    const response = new Uint8Array(bytes);
    for (let at = 0; at < most + LOST; at++) {
      void journal.write({ record: logRecord(`${at}`, { duration: at }), response });
      if (at === 0) await journal.flush();
    }
    await journal.flush();
    assert.equal(kept.length, 0);
    heal();
    await journal.flush();
    assert.deepEqual(
      kept.map(({ record }) => record.duration),
      Array.from({ length: most }, (_, at) => at + LOST),
    );
    assert.deepEqual(warnings, [
      "waygate: the log store fails; what is to be logged waits for it",
      "waygate: the log store cannot keep up; the oldest requests are not logged",
      `waygate: the log store is well again; ${LOST} requests were not logged`,
    ]);
  });
}

test("a log store that never answers delays no request", async () => {
  const { store, state, kept, heal } = frail();
  let asked = 0;
  let answer = () => {};
  state.append = () => {
    asked++;
    return new Promise((resolve) => answer = resolve);
  };
  const fetch = () => Promise.resolve(Response.json({}));
  const gateway = createGateway({ fetch, logs: store, warn: () => {} });
  const began = performance.now();
  for (let at = 0; at < 250; at++) {
    const response = await gateway.handle(ask("/openai/models"));
    assert.equal(response.status, 200);
    await response.text();
  }
  assert.equal(asked, 1);
  assert.ok(performance.now() - began < 5000);
  heal();
  answer();
  await gateway.flush();
  assert.equal(kept.length, 250);
});

test("what a request has begun that is gone since is taken over by the next one", async () => {
  const { store, kept, state, heal } = frail();
  let time = 0;
  const journal = createJournal(store, () => {}, new Map(), () => time);
  const write = (id: string) => void journal.write({ record: logRecord(id) });
  const { setTimeout } = globalThis;
  // As on Workers, where the timers of a request that is gone never go off.
  globalThis.setTimeout = (() => 0) as unknown as typeof setTimeout;
  try {
    write("its timer is gone");
    time += 3000;
    state.append = () => new Promise(() => {});
    write("its call is gone");
  } finally {
    globalThis.setTimeout = setTimeout;
  }
  heal();
  time += 12_000;
  write("it takes over");
  await journal.flush();
  assert.deepEqual(kept.map(({ record }) => record.id), [
    "its timer is gone",
    "its call is gone",
    "it takes over",
  ]);
});
