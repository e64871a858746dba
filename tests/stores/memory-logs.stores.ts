import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryLogs } from "../../src/index.ts";
import { keepsLogsContract } from "./logs-contract.ts";
import { record } from "./logs-records.ts";

const MIB = 1024 * 1024;

keepsLogsContract("logs in memory", (retention, now) => ({ store: memoryLogs(retention, now) }));

test("logs in memory: a thousand records where no other number is given", async () => {
  const store = memoryLogs();
  await store.append(Array.from({ length: 1001 }, () => ({ record: record() })));
  assert.equal((await store.list({ limit: 0 })).total, 1000);
});

test("logs in memory: 64 MiB of bodies, of which the first go first; their records stay", async () => {
  const store = memoryLogs();
  const all = Array.from({ length: 5 }, () => record());
  for (const record of all) await store.append([{ record, response: new Uint8Array(15 * MIB) }]);
  const bodies = await Promise.all(all.map(({ id }) => store.body(id, "response")));
  assert.deepEqual(bodies.map((bytes) => bytes?.length), [undefined, ...Array(4).fill(15 * MIB)]);
  assert.equal((await store.list({})).total, 5);
});
