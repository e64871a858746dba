/** Logs in D1, tested where they work: inside of a Worker, with its own bindings. */
import assert from "node:assert/strict";
import runner, { test } from "node:test";
import { type D1, d1Logs } from "../../adapters/d1-logs.ts";
import { keepsLogsContract } from "./logs-contract.ts";
import { record } from "./logs-records.ts";

type Env = Readonly<Record<string, D1>>;

let env: Env;
let used = 0;
/** One that is empty. */
const database = (): D1 => env[`LOGS_${used++}`]!;
const run = (d1: D1, text: string) => d1.batch([d1.prepare(text)]);

keepsLogsContract(
  "logs in D1",
  (retention, now) => ({ store: d1Logs(database(), retention, now) }),
  1_900_000,
);

test("logs in D1: a body that is too large is not kept, its record and the other body are", async () => {
  const store = d1Logs(database());
  const one = record();
  await store.append([{ record: one, request: new Uint8Array(1_900_001), response: new Uint8Array(3) }]);
  assert.deepEqual(await store.get(one.id), one);
  assert.equal(await store.body(one.id, "request"), undefined);
  assert.equal((await store.body(one.id, "response"))!.length, 3);
});

test("logs in D1: tables of another version are refused, and the next who asks may find the right ones", async () => {
  const d1 = database();
  await d1Logs(d1).list({});
  await run(d1, "UPDATE waygate_logs_state SET version = 2");
  const store = d1Logs(d1);
  await assert.rejects(store.list({}), /are of version 2, this one of waygate knows 1/);
  await run(d1, "UPDATE waygate_logs_state SET version = 1");
  assert.equal((await store.list({})).total, 0);
});

const { fetch } = runner as unknown as { fetch(request: Request): Promise<Response> };

export default {
  fetch(request: Request, given: Env): Promise<Response> {
    env = given;
    return fetch(request);
  },
};
