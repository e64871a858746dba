import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { DatabaseSync } from "node:sqlite";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type SqliteOptions, sqliteStore } from "../../adapters/sqlite.ts";
import { createGateway } from "../../src/index.ts";
import { ask, script } from "../support/script.ts";
import { keepsCounterContract, keepsStoreContract } from "./contract.ts";

const DAY = 86_400_000;
const folder = mkdtempSync(join(tmpdir(), "waygate-sqlite-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const fresh = () => join(folder, `${crypto.randomUUID()}.db`);

keepsStoreContract("sqlite", open);
keepsCounterContract("sqlite", open);

test("sqlite: what a store held is there when its file is opened again", async () => {
  const path = fresh();
  const before = sqliteStore(path);
  await before.set("text", { a: "ç" }, DAY);
  await before.set("bytes", new Uint8Array([1, 2, 3]), DAY);
  await before.add("count", 5, DAY);
  before.close();
  const again = sqliteStore(path);
  assert.deepEqual(await again.get("text"), { a: "ç" });
  assert.deepEqual([...await again.get("bytes") as Uint8Array], [1, 2, 3]);
  assert.equal((await again.add("count", 1, DAY)).used, 6);
  again.close();
});

test("sqlite: a store that is closed rejects, and may be closed twice", async () => {
  const store = sqliteStore(fresh());
  store.close();
  store.close();
  await assert.rejects(store.get("a"));
  await assert.rejects(store.set("a", 1, DAY));
  await assert.rejects(store.delete("a"));
  await assert.rejects(store.add("a", 1, DAY));
});

test("sqlite: two processes on one file never get the same sum", async () => {
  const path = fresh();
  const children = [startChild(path, 500), startChild(path, 500)];
  await Promise.all(children.map(({ opened }) => opened));
  for (const { begin } of children) begin();
  const sums = (await Promise.all(children.map(({ ended }) => ended))).flat();
  assert.deepEqual(
    sums.sort((one, other) => one - other),
    Array.from({ length: 1000 }, (_, index) => index + 1),
  );
});

test("sqlite: a process that is killed while it writes leaves a file that is whole", async () => {
  const path = fresh();
  for (let round = 0; round < 3; round++) {
    const child = startChild(path, Infinity);
    await child.opened;
    child.begin();
    await child.printed(50);
    child.kill();
    const sums = await child.ended;
    const store = sqliteStore(path);
    assert.ok((await store.add("count", 0, DAY)).used >= sums.at(-1)!);
    assert.equal((await store.get("value 0") as Uint8Array).length, 50_000);
    store.close();
    assert.equal(inside(path, "PRAGMA integrity_check").integrity_check, "ok");
  }
});

test("sqlite: a file of another schema, or of something else, is refused and stays as it is", () => {
  const later = fresh();
  sqliteStore(later).close();
  inside(later, "PRAGMA user_version = 2");
  assert.throws(() => sqliteStore(later), /\.db cannot be a store: its schema is 2, .* knows 1$/);

  const other = fresh();
  inside(other, "CREATE TABLE theirs (a)");
  assert.throws(() => sqliteStore(other), /\.db cannot be a store: it is a database of something else$/);
  assert.equal(inside(other, "PRAGMA journal_mode").journal_mode, "delete");

  const text = fresh();
  writeFileSync(text, "no database, but long enough to be taken for one".repeat(100));
  assert.throws(() => sqliteStore(text), /\.db cannot be a store: file is not a database$/);
  assert.throws(() => sqliteStore(join(folder, "nowhere", "store.db")), /cannot be a store: unable to open/);
});

test("sqlite: whoever cannot write in time rejects, and who reads does not wait", async () => {
  const { path, store, clock } = open({ patience: 20 });
  await store.set("a", 1, DAY);
  clock.now += 120_000;
  const other = new DatabaseSync(path);
  other.exec("BEGIN IMMEDIATE");
  await assert.rejects(store.set("a", 2, DAY), /locked/);
  await assert.rejects(store.delete("a"), /locked/);
  await assert.rejects(store.add("a", 1, DAY), /locked/);
  assert.equal(await store.get("a"), 1);
  other.exec("ROLLBACK");
  other.close();
  assert.equal((await store.add("a", 1, DAY)).used, 1);
  await store.set("a", 3, DAY);
  assert.equal(await store.get("a"), 3);
  store.close();
});

test("sqlite: a value that cannot be set leaves the earlier one, and the next is set", async () => {
  const { store } = open();
  await store.set("a", 1, DAY);
  await assert.rejects(store.set("a", 2, NaN));
  await assert.rejects(store.set("a", undefined, DAY));
  assert.equal(await store.get("a"), 1);
  await store.set("a", 3, DAY);
  assert.equal(await store.get("a"), 3);
  store.close();
});

test("sqlite: a sum beyond what a number can tell is refused and not counted", async () => {
  const { store } = open();
  const most = Number.MAX_SAFE_INTEGER;
  assert.equal((await store.add("a", most, DAY)).used, most);
  await assert.rejects(store.add("a", 1, DAY));
  assert.equal((await store.add("a", -1, DAY)).used, most - 1);
  store.close();
});

test("sqlite: what is over leaves the file, without anybody asking for it", async () => {
  const { path, store, clock } = open();
  for (let index = 0; index < 150; index++) {
    await store.set(`brief ${index}`, index, 1000);
    await store.add(`brief ${index}`, 1, 1000);
  }
  await store.set("long", 1, DAY);
  clock.now += 1000;
  for (let index = 0; index < 100; index++) await store.add("long", 1, DAY);
  assert.deepEqual(rows(path), { entries: 1, contents: 1, counts: 1 });
  store.close();
});

test("sqlite: of too many values those go that were used longest ago, of counts those that end first", async () => {
  const { path, store, clock } = open({ entries: 50 });
  const fill = async (from: number, to: number) => {
    for (let index = from; index < to; index++) {
      await store.set(`value ${index}`, index, DAY);
      await store.add(`count ${index}`, 1, DAY);
      clock.now += 2000;
    }
  };
  await fill(0, 50);
  assert.equal(await store.get("value 0"), 0);
  await fill(50, 75);
  for (let more = 0; more < 100; more++) await store.add("count 74", 1, DAY);
  assert.deepEqual(rows(path), { entries: 50, contents: 50, counts: 50 });
  const values = [0, 1, 25, 26, 74].map((index) => store.get(`value ${index}`));
  assert.deepEqual(await Promise.all(values), [0, undefined, undefined, 26, 74]);
  const sums = [24, 25, 74].map(async (index) => (await store.add(`count ${index}`, 0, DAY)).used);
  assert.deepEqual(await Promise.all(sums), [0, 1, 101]);
  store.close();
});

test("sqlite: the file does not outgrow its bound, and holds what was used last", async () => {
  const MIB = 1024 * 1024;
  const { path, store, clock } = open({ bytes: MIB });
  await store.set("kept", "k".repeat(1000), DAY);
  for (let index = 0; index < 100; index++) {
    clock.now += 61_000;
    assert.equal((await store.get("kept") as string).length, 1000);
    await store.set(`value ${index}`, new Uint8Array(50_000), DAY);
  }
  assert.notEqual(await store.get("value 99"), undefined);
  assert.equal(await store.get("value 0"), undefined);
  assert.ok(rows(path).entries > 15);
  await store.set("value 99", new Uint8Array(MIB + 1), DAY);
  assert.equal(await store.get("value 99"), undefined);
  assert.notEqual(await store.get("value 98"), undefined);
  store.close();
  assert.ok(statSync(path).size <= MIB + 100_000, `${statSync(path).size}`);
});

test("sqlite: of 500 requests at once, exactly as many pass a gateway as may", async () => {
  const { store } = open();
  const { fetch, calls } = script(...Array.from({ length: 500 }, () => () => Response.json("good")));
  const gateway = createGateway({
    fetch,
    store,
    gateways: { g: { rateLimit: { limit: 100, interval: 86_400 } } },
  });
  const responses = await Promise.all(
    Array.from({ length: 500 }, () => gateway.handle(ask("/openai/models"))),
  );
  assert.equal(responses.filter(({ status }) => status === 200).length, 100);
  assert.equal(calls.length, 100);
  store.close();
});

test("sqlite: an answer that a gateway kept is there when the file is opened again", async () => {
  const path = fresh();
  const body = JSON.stringify({ model: "m" });
  const headers = { "content-type": "application/json" };
  const heard: string[] = [];
  for (const line of [() => Response.json("kept"), new Error("nobody shall be asked")]) {
    const store = sqliteStore(path);
    const gateway = createGateway({ fetch: script(line).fetch, store, gateways: { g: { cacheTtl: 60 } } });
    const work: Promise<unknown>[] = [];
    const response = await gateway.handle(ask("/openai/chat/completions", { body, headers }), {
      waitUntil: (promise) => work.push(promise),
    });
    heard.push(response.headers.get("cf-aig-cache-status")!, await response.text());
    await Promise.all(work);
    store.close();
  }
  assert.deepEqual(heard, ["MISS", '"kept"', "HIT", '"kept"']);
});

/** A store in a file of its own, whose clock the test turns. */
function open(options?: SqliteOptions) {
  const path = fresh();
  const clock = { now: 0 };
  const store = sqliteStore(path, options, () => Date.now() + clock.now);
  return { path, clock, store, close: () => store.close() };
}

/** What a file says to a statement, past the store. */
function inside(path: string, statement: string) {
  const db = new DatabaseSync(path);
  const row = db.prepare(statement).get();
  db.close();
  return { ...row };
}

function rows(path: string) {
  return inside(
    path,
    `SELECT (SELECT count(*) FROM entries) AS entries, (SELECT count(*) FROM contents) AS contents,
      (SELECT count(*) FROM counts) AS counts`,
  ) as { entries: number; contents: number; counts: number };
}

/** A process of this runtime that adds to `count`. */
function startChild(path: string, times: number) {
  const run = "Deno" in globalThis ? ["run", "-A", "--no-check"] : [];
  const program = fileURLToPath(new URL("sqlite-child.ts", import.meta.url));
  const child = spawn(process.execPath, [...run, program, path, String(times)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (chunk) => output += chunk);
  /** Whole lines only: who is killed may leave half of one. */
  const lines = () => output.split("\n").slice(0, -1);
  const printed = (least: number) =>
    new Promise<void>((resolve, reject) => {
      const look = () => lines().length >= least && resolve();
      child.stdout.on("data", look).once("end", () => reject(new Error("ended too early")));
      look();
    });
  const ended = new Promise<number[]>((resolve, reject) => {
    child.once("error", reject).once("close", () => resolve(lines().slice(1).map(Number)));
  });
  const begin = () => child.stdin.write("begin\n");
  return { opened: printed(1), printed, ended, begin, kill: () => child.kill("SIGKILL") };
}
