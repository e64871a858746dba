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
  ["64 MiB", 64, 1024 * 1024 - 4096],
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
      kept.map(({ record }) => record.duration).sort((one, other) => one - other),
      Array.from({ length: most }, (_, at) => at + LOST),
    );
    assert.deepEqual(warnings, [
      "waygate: the log store fails (Error); what is to be logged waits for it",
      "waygate: the log store cannot keep up; the oldest requests are not logged",
      `waygate: the log store is well again; ${LOST} requests were not logged`,
    ]);
  });
}

/** A store that refuses the entries of which it is told so, with all that come with them. */
function picky(refuses: (entry: LogEntry) => boolean) {
  const { store, kept, state, heal } = frail();
  heal();
  const sizes: number[] = [];
  const error = Object.assign(new RangeError("postgres://user:password@host"), { code: "TOO_LARGE" });
  return {
    kept,
    state,
    sizes,
    store: {
      ...store,
      append(entries: readonly LogEntry[]) {
        sizes.push(entries.length);
        return entries.some(refuses) ? Promise.reject(error) : store.append(entries);
      },
    },
  };
}

for (const bad of [[0], [149], [3, 4, 5, 6, 7, 8], [0, 1, 2, 50, 98, 99, 100, 149]]) {
  test(`of a batch that its store refuses only those are dropped that it refuses alone: ${bad}`, async () => {
    const warnings: string[] = [];
    const { store, kept } = picky(({ record }) => bad.includes(record.duration));
    const journal = createJournal(store, (message) => void warnings.push(message));
    for (let at = 0; at < 150; at++) void journal.write({ record: logRecord(`${at}`, { duration: at }) });
    for (let round = 0; round < bad.length; round++) await journal.flush();
    for (let at = 1000; at < 1020; at++) {
      void journal.write({ record: logRecord(`${at}`, { duration: at }) });
      await journal.flush();
    }
    const all = [...Array(150).keys(), ...Array.from({ length: 20 }, (_, at) => 1000 + at)];
    const good = all.filter((at) => !bad.includes(at));
    assert.deepEqual(kept.map(({ record }) => record.duration).sort((one, other) => one - other), good);
    assert.ok(
      warnings.includes(
        "waygate: the log store refuses what it cannot keep (RangeError TOO_LARGE); 1 requests were not logged",
      ),
      warnings.join("\n"),
    );
    assert.doesNotMatch(warnings.join(), /password/);
  });
}

for (const [every, of] of [[1, 2], [1, 3]] as const) {
  test(`a store that fails ${every} of ${of} times loses nothing of what is brought to it`, async () => {
    const { store, kept, state } = frail();
    let calls = 0;
    state.append = () => calls++ % of < every ? Promise.reject(new Error("gone")) : Promise.resolve();
    const journal = createJournal(store, () => {});
    for (let at = 0; at < 300; at++) {
      void journal.write({ record: logRecord(`${at}`) });
      if (at % 7 === 0) await journal.flush();
    }
    state.append = () => Promise.resolve();
    for (let round = 0; round < 3; round++) await journal.flush();
    assert.equal(kept.length, 300);
  });
}

test("a batch has at most 8 MiB, or one entry", async () => {
  const { store, sizes, kept } = picky(() => false);
  const journal = createJournal(store, () => {});
  const sizesOf = [3, 3, 3, 9, 1, 1].map((mib) => new Uint8Array(mib * 1024 * 1024));
  for (const [at, request] of sizesOf.entries()) void journal.write({ record: logRecord(`${at}`), request });
  await journal.flush();
  assert.deepEqual([sizes, kept.length], [[2, 1, 1, 2], 6]);
});

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
  // Whoever waited for the store would wait a second each time.
  for (let at = 0; at < 250; at++) {
    const response = await gateway.handle(ask("/openai/models"));
    assert.equal(response.status, 200);
    await response.text();
  }
  assert.equal(asked, 1);
  assert.ok(performance.now() - began < 60_000);
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
