import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { sqlite, type SqlRow } from "../../adapters/sql-dialect.ts";
import { sqlLogs } from "../../adapters/sql-logs.ts";
import { sqliteLogs } from "../../adapters/sqlite-logs.ts";
import { sqliteTables } from "../../adapters/sqlite-tables.ts";
import { sqliteStore } from "../../adapters/sqlite.ts";
import { keepsLogsContract } from "./logs-contract.ts";
import { record } from "./logs-records.ts";

const folder = mkdtempSync(join(tmpdir(), "waygate-sqlite-logs-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const fresh = () => join(folder, `${crypto.randomUUID()}.db`);

keepsLogsContract("logs in sqlite", (retention, now) => {
  const store = sqliteLogs(fresh(), retention, now);
  return { store, close: () => store.close() };
});

keepsLogsContract("logs in sqlite by a thread", (retention, now) => {
  const store = sqliteLogs(fresh(), { ...retention, thread: true }, now);
  return { store, close: () => store.close() };
});

for (const thread of [false, true]) {
  const by = thread ? " by a thread" : "";

  test(`logs in sqlite${by}: what was kept is there when the file is opened again`, async () => {
    const path = fresh(), one = record({ metadata: { user: "ç" } });
    const before = sqliteLogs(path, { thread });
    await before.append([{ record: one, request: new Uint8Array([1, 2, 3]) }]);
    before.close();
    const again = sqliteLogs(path, { thread });
    assert.deepEqual(await again.get(one.id), one);
    assert.deepEqual(await again.body(one.id, "request"), new Uint8Array([1, 2, 3]));
    again.close();
  });

  test(`logs in sqlite${by}: a store that is closed rejects, and may be closed twice`, async () => {
    const store = sqliteLogs(fresh(), { thread });
    store.close();
    store.close();
    await assert.rejects(store.append([{ record: record() }]));
    await assert.rejects(store.list({}));
    await assert.rejects(store.delete({}));
  });

  test(`logs in sqlite${by}: what was appended before it is closed is kept, and who waits hears so`, async () => {
    const path = fresh();
    const store = sqliteLogs(path, { thread });
    const appended = Array.from({ length: 20 }, () => store.append([{ record: record() }]));
    store.close();
    await Promise.all(appended);
    const again = sqliteLogs(path);
    assert.equal((await again.list({})).total, 20);
    again.close();
  });

  test(`logs in sqlite${by}: a file that cannot be one of logs is refused at once`, () => {
    assert.throws(() => sqliteLogs(folder, { thread }), /cannot be a file of logs/);
  });
}

test("logs in sqlite by a thread: a failure is told in its own words, and the next call is heard", async () => {
  const path = fresh();
  const store = sqliteLogs(path, { thread: true, patience: 20 });
  const other = new DatabaseSync(path);
  other.exec("BEGIN IMMEDIATE");
  await assert.rejects(store.append([{ record: record() }]), /locked/);
  other.exec("ROLLBACK");
  other.close();
  await store.append([{ record: record() }]);
  assert.equal((await store.list({})).total, 1);
  store.close();
});

test("logs in sqlite by a thread: one that has died says why, and the next call has another", async () => {
  const place = mkdtempSync(join(folder, "gone-"));
  const store = sqliteLogs(join(place, "logs.db"), { thread: true });
  rmSync(place, { recursive: true });
  await assert.rejects(store.list({}), /cannot be a file of logs|unable to open/);
  mkdirSync(place);
  await store.append([{ record: record() }]);
  assert.equal((await store.list({})).total, 1);
  store.close();
});

test("logs in sqlite by a thread: what cannot be sent to it rejects, and no process waits for it", async () => {
  const { code, output } = await runEnd(fresh());
  assert.deepEqual([code, output], [0, "refused\nrefused\n"]);
});

test("logs in sqlite: two processes append to one file, and each batch is there whole", async () => {
  const path = fresh();
  const children = [startChild(path, "one", 30), startChild(path, "two", 30)];
  await Promise.all(children.map(({ opened }) => opened));
  for (const { begin } of children) begin();
  await Promise.all(children.map(({ ended }) => ended));
  const store = sqliteLogs(path);
  assert.equal((await store.list({ limit: 1 })).total, 600);
  const rows = await store.stats({ by: ["gateway", "provider"] });
  assert.equal(rows.length, 60);
  assert.ok(rows.every(({ requests }) => requests === 10));
  assert.equal(inside(path, "SELECT entries FROM waygate_logs_state").entries, 600);
  store.close();
});

test("logs in sqlite: a process that is killed while it appends leaves whole batches in a whole file", async () => {
  const path = fresh();
  for (const round of ["first", "second", "third"]) {
    const child = startChild(path, round, Infinity);
    await child.opened;
    child.begin();
    await child.printed(20);
    child.kill();
    const told = await child.ended;
    const store = sqliteLogs(path);
    const rows = await store.stats({
      filters: [{ key: "gateway", operator: "eq", value: [round] }],
      by: ["provider"],
    });
    assert.ok(rows.length >= told, `${rows.length} of ${told}`);
    assert.ok(rows.every(({ requests }) => requests === 10));
    const { total } = await store.list({ limit: 1 });
    store.close();
    assert.equal(inside(path, "PRAGMA integrity_check").integrity_check, "ok");
    const counted = inside(
      path,
      `SELECT (SELECT entries FROM waygate_logs_state) AS entries,
        (SELECT count(*) FROM waygate_logs_bodies) AS bodies`,
    );
    assert.deepEqual(counted, { entries: total, bodies: total });
  }
});

test("logs in sqlite: whoever cannot write in time rejects, and who reads does not wait", async () => {
  const path = fresh(), one = record();
  const store = sqliteLogs(path, { patience: 20 });
  await store.append([{ record: one }]);
  const other = new DatabaseSync(path);
  other.exec("BEGIN IMMEDIATE");
  await assert.rejects(store.append([{ record: record() }]), /locked/);
  assert.deepEqual(await store.get(one.id), one);
  other.exec("ROLLBACK");
  other.close();
  await store.append([{ record: record() }]);
  assert.equal((await store.list({})).total, 2);
  store.close();
});

for (const lost of [false, true]) {
  const end = lost ? "fails after all" : "is done";

  test(`logs in SQL: a gateway that was full while rows went takes more as soon as that ${end}`, async () => {
    const db = new DatabaseSync(":memory:");
    db.exec(sqliteTables.join(";"));
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const store = sqlLogs(
      {
        dialect: sqlite,
        largest: 1000,
        read: ({ text, values }) =>
          Promise.resolve(db.prepare(text).all(...values as SQLInputValue[]) as SqlRow[]),
        async write(statements) {
          const isDeletion = /^DELETE FROM waygate_logs WHERE\b.*gateway/.test(
            statements[0]?.text.trim() ?? "",
          );
          if (isDeletion) await gate;
          const done = statements.map(({ text, values }) =>
            db.prepare(text).run(...values as SQLInputValue[])
          );
          if (isDeletion && lost) throw new Error("the connection broke");
          return Number(done[0]?.changes ?? 0);
        },
      },
      {},
      Date.now,
    );
    const bounds = new Map([["g", { entries: 2, strategy: "STOP_INSERTING" as const }]]);
    const append = () => store.append([{ record: record({ gateway: "g" }) }], bounds);
    for (let count = 0; count < 2; count++) await append();
    const deleting = store.delete({ filters: [{ key: "gateway", operator: "eq", value: ["g"] }] });
    await append();
    open();
    if (lost) await assert.rejects(deleting, /the connection broke/);
    else assert.equal(await deleting, 2);
    await append();
    assert.equal((await store.list({})).total, 1);
    db.close();
  });
}

test("logs in sqlite: a file of another version, or of something else, is refused", () => {
  const later = fresh();
  sqliteLogs(later).close();
  inside(later, "PRAGMA user_version = 2");
  assert.throws(() => sqliteLogs(later), /cannot be a file of logs: its schema is 2, .* knows 1$/);
  const store = fresh();
  sqliteStore(store).close();
  assert.throws(() => sqliteLogs(store), /cannot be a file of logs: it is a database of something else$/);
});

test("logs in sqlite: the usual questions are answered by an index, in their order", () => {
  const path = fresh();
  sqliteLogs(path).close();
  const plan = (rest: string) =>
    inside(path, `EXPLAIN QUERY PLAN SELECT rest FROM waygate_logs ${rest} LIMIT 20`).detail;
  assert.match(plan("ORDER BY created DESC, id DESC"), /SCAN waygate_logs USING INDEX waygate_logs_by_time/);
  assert.match(
    plan("WHERE gateway = 'a' AND created > 1 ORDER BY created DESC, id DESC"),
    /USING INDEX waygate_logs_by_gateway \(gateway=\? AND created>\?\)/,
  );
});

/** What a file says to a statement, past the store. */
function inside(path: string, statement: string): Record<string, unknown> & { readonly detail: string } {
  const db = new DatabaseSync(path);
  const row = db.prepare(statement).get();
  db.close();
  return { ...row } as Record<string, unknown> & { readonly detail: string };
}

/** A process of this runtime that closes logs for which something waits; one that has not ended after 20 s is killed. */
function runEnd(path: string): Promise<{ readonly code: number | null; readonly output: string }> {
  const run = "Deno" in globalThis ? ["run", "-A", "--no-check"] : [];
  const program = fileURLToPath(new URL("sqlite-logs-end.ts", import.meta.url));
  const child = spawn(process.execPath, [...run, program, path], { stdio: ["ignore", "pipe", "inherit"] });
  const late = setTimeout(() => child.kill("SIGKILL"), 20_000);
  let output = "";
  child.stdout.on("data", (chunk) => output += chunk);
  return new Promise((resolve, reject) => {
    child.once("error", reject).once("close", (code) => {
      clearTimeout(late);
      resolve({ code, output });
    });
  });
}

/** A process of this runtime that appends batches of ten. */
function startChild(path: string, gateway: string, times: number) {
  const run = "Deno" in globalThis ? ["run", "-A", "--no-check"] : [];
  const program = fileURLToPath(new URL("sqlite-logs-child.ts", import.meta.url));
  const child = spawn(process.execPath, [...run, program, path, gateway, String(times)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (chunk) => output += chunk);
  /** Whole lines only: who is killed may leave half of one. */
  const lines = () => output.split("\n").length - 1;
  const printed = (least: number) =>
    new Promise<void>((resolve, reject) => {
      const look = () => lines() >= least && resolve();
      child.stdout.on("data", look).once("end", () => reject(new Error("ended too early")));
      look();
    });
  /** How many batches it said it had appended. */
  const ended = new Promise<number>((resolve, reject) => {
    child.once("error", reject).once("close", () => resolve(lines() - 1));
  });
  return {
    opened: printed(1),
    printed,
    ended,
    begin: () => child.stdin.write("begin\n"),
    kill: () => child.kill("SIGKILL"),
  };
}
