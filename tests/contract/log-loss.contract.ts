/** What becomes of logs in a file of SQLite's when the gateway is killed, and when the file cannot be written. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, test } from "node:test";
import { type Upstream, upstream } from "../support/upstream.ts";
import { bin, serve, type Served } from "../support/serve.ts";
import { sideBySide } from "../support/side-by-side.ts";
import { ask, pause } from "./stage.ts";

/** Longest that an entry waits for others, and most that wait for each other: what `docs/logs.md` promises. */
const FLUSH = 1000;
const BATCH = 100;
/** What the machine may add to that, in ms. */
const SLACK = 500;
/** Clients that call at the same time. */
const CALLERS = 8;
/** How often a gateway is killed. */
const KILLS = 3;

/** How long a file is locked, in ms: longer than it takes to tell one entry that fails from a store that does. */
const LOCKED = 7000;
/** How long each client rests between calls while nothing can be written, in ms: what waits for the store has its bounds. */
const REST = 10;
/** Room on the disk, in blocks of 512 bytes. */
const ROOM = 500;
/** Longest that a call may take while nothing can be written, in ms. */
const PATIENCE = 900;
/** Longest until all is kept when it can be again, in ms. */
const RECOVERY = 40_000;
const FAILS = /the log store fails \(Error( ERR_SQLITE_ERROR)?\); what is to be logged waits for it/;
const WELL = /the log store is well again/;

const programs = { bun: [bin("bun")], deno: [bin("deno"), "run", "-A"], node: [bin("node")] } as const;
type Program = keyof typeof programs;

/** A call that was answered. */
interface Answered {
  readonly id: string;
  readonly status: number;
  /** When the answer was over, and how long it took, in ms. */
  readonly at: number;
  readonly took: number;
}

const folder = mkdtempSync(join(tmpdir(), "waygate-log-loss-"));
const running = new Set<Served>();
let provider: Upstream;
before(async () => {
  provider = await upstream((_request, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 2 } }));
  });
});
after(async () => {
  for (const { process } of running) process.kill("SIGKILL");
  await provider.stop();
  rmSync(folder, { recursive: true });
});

sideBySide(Object.keys(programs) as Program[], (runtime) => {
  const promise = (name: string, keep: (file: string) => Promise<void>) =>
    test(`${runtime}: ${name}`, { timeout: 120_000 }, () => keep(join(folder, `${crypto.randomUUID()}.db`)));

  promise("a gateway that is killed under load loses no more than its last second", async (file) => {
    const earlier: string[] = [];
    for (let kill = 1; kill <= KILLS; kill++) {
      const gateway = await start(runtime, file);
      const { calls, over } = keepCalling(gateway);
      await until("there is load", () => calls.length > 3 * BATCH);
      await pause(FLUSH + 300 * kill);
      const killed = performance.now();
      gateway.process.kill("SIGKILL");
      await over;
      await gateway.stop();

      const kept = idsIn(file);
      const missing = calls.filter(({ id }) => !kept.has(id));
      assert.deepEqual(missing.filter(({ at }) => at < killed - FLUSH - SLACK), []);
      assert.ok(missing.length <= BATCH + CALLERS, `${missing.length} of ${calls.length} are missing`);
      assert.deepEqual(earlier.filter((id) => !kept.has(id)), []);
      earlier.push(...calls.map(({ id }) => id).filter((id) => kept.has(id)));
      assert.ok(kept.size <= earlier.length + CALLERS * kill, `${kept.size} rows of ${earlier.length} calls`);
    }
    const next = await start(runtime, file);
    await allKept(file, [await call(next)]);
    await next.stop();
  });

  promise(
    "a file that is locked for long delays no request, and in the end has all of them",
    async (file) => {
      const gateway = await start(runtime, file);
      const other = new DatabaseSync(file);
      await call(gateway);
      other.exec("BEGIN IMMEDIATE");
      const { calls, stop } = keepCalling(gateway, REST);
      await pause(LOCKED);
      await until("there was load", () => calls.length > 3 * BATCH);
      other.exec("ROLLBACK");
      other.close();
      await stop();
      unhindered(calls);
      await allKept(file, calls);
      await toldOnce(gateway);
      await gateway.stop();
    },
  );

  promise(
    "a disk that is full delays no request, and when there is room it has all of them",
    async (file) => {
      const gateway = await start(runtime, file, [
        "sh",
        "-c",
        `trap '' XFSZ; ulimit -S -f ${ROOM}; exec "$@"`,
        "sh",
      ]);
      const { calls, stop } = keepCalling(gateway, REST);
      await until("the disk is full", () => FAILS.test(gateway.output()));
      await pause(FLUSH);
      await stop();
      unhindered(calls);
      const { status } = spawnSync("prlimit", ["--fsize=unlimited", "--pid", String(gateway.pid)]);
      assert.equal(status, 0);
      await allKept(file, calls);
      await toldOnce(gateway);
      await gateway.stop();
    },
  );
});

/** A gateway on a runtime whose logs lie in a file. */
async function start(runtime: Program, file: string, before: readonly string[] = []): Promise<Served> {
  const settings = { providers: { openai: { base: provider.url } }, gateways: { g: {} } };
  const command = [...before, ...programs[runtime], "adapters/cli/main.ts", "--logs", file];
  const gateway = await serve(runtime, settings, { command });
  running.add(gateway);
  return gateway;
}

async function call({ url }: Served, agent?: Agent): Promise<Answered> {
  const began = performance.now();
  const { status, headers } = await ask(`${url}/v1/a/g/openai/chat/completions`, {
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "gpt-5", messages: [] }),
    ...(agent && { agent }),
  });
  const at = performance.now();
  return { id: String(headers["cf-aig-log-id"]), status, at, took: at - began };
}

/** Calls until the gateway is gone or it is enough, with a rest between in ms. */
function keepCalling(
  gateway: Served,
  rest = 0,
): { calls: Answered[]; over: Promise<unknown>; stop(): Promise<unknown> } {
  const calls: Answered[] = [];
  let enough = false;
  const agent = new Agent({ keepAlive: true });
  async function line(): Promise<void> {
    while (!enough) {
      calls.push(await call(gateway, agent));
      if (rest > 0) await pause(rest);
    }
  }
  const over = Promise.all(Array.from({ length: CALLERS }, () => line().catch(() => {})));
  return { calls, over, stop: () => (enough = true, over) };
}

function unhindered(calls: readonly Answered[]): void {
  assert.deepEqual(calls.filter(({ status, took }) => status !== 200 || took > PATIENCE), []);
}

/** Ids of all records, read past the store once the file is found to be whole. */
function idsIn(file: string): ReadonlySet<string> {
  const db = new DatabaseSync(file, { timeout: RECOVERY }); // After a kill the next gateway may be mending it.
  assert.equal(db.prepare("PRAGMA integrity_check").get()!["integrity_check"], "ok");
  const rows = db.prepare("SELECT id FROM waygate_logs").all();
  db.close();
  return new Set(rows.map(({ id }) => String(id)));
}

async function allKept(file: string, calls: readonly Answered[]): Promise<void> {
  await until("all are kept", () => {
    const kept = idsIn(file);
    return calls.every(({ id }) => kept.has(id));
  });
}

/** The operator hears when it begins and when it is over. */
async function toldOnce(gateway: Served): Promise<void> {
  await until("it is said that the store is well", () => WELL.test(gateway.output()));
  const said = gateway.output().split("\n").filter((line) => line.includes("log store"));
  assert.equal(said.length, 2, said.join("\n"));
  assert.match(said[0]!, FAILS);
  assert.match(said[1]!, / 0 requests were not logged/);
}

async function until(what: string, holds: () => boolean): Promise<void> {
  for (const began = performance.now(); performance.now() - began < RECOVERY;) {
    if (holds()) return;
    await pause(50);
  }
  assert.fail(`never: ${what}`);
}
