/** What logs in SQLite take of throughput, and whether one is lost: `npm run bench:logs -- bun deno node`. */
import { join } from "node:path";
import process from "node:process";
import { DatabaseSync } from "node:sqlite";
import { chat, native } from "./calls.ts";
import { type Load, load } from "./load.ts";
import { mock } from "./mock.ts";
import { folder, freePort, listen, stop, stopAll } from "./processes.ts";
import { type Runtime, targets } from "./targets.ts";

/** Of each kind; that with logs and that without take turns. */
const ROUNDS = 5;
/** Requests that are logged at least, all rounds together. */
const WANTED = 100_000;
/** Seconds of load in each. */
const SECONDS = 8;
/** Both: the thread that writes may run beside the one that serves. */
const CORES = "0,1";

try {
  const wanted = process.argv.slice(2);
  for (const runtime of ["bun", "deno", "node"] as const) {
    if (wanted.length === 0 || wanted.includes(runtime)) console.log(`${runtime}: ${await compare(runtime)}`);
  }
} finally {
  stopAll();
}

async function compare(runtime: Runtime): Promise<string> {
  const up = await freePort();
  const provider = await listen(mock(up), up);
  const file = join(folder, `${runtime}.db`);
  const [bare, logging] = await Promise.all([
    start(runtime, up, []),
    start(runtime, up, ["--logs", file]),
  ]);
  const pairs: { readonly without: Load; readonly logged: Load }[] = [];
  let requests = await warm(bare.url, logging.url);
  while (pairs.length < ROUNDS || requests < WANTED) {
    const pair = { without: await strain(bare.url), logged: await strain(logging.url) };
    pairs.push(pair);
    requests += pair.logged.requests;
  }
  await Promise.all([stop(bare.child), stop(logging.child), stop(provider)]);
  const kept = rowsOf(file);
  const rate = ({ requests, seconds }: Load) => requests / seconds;
  const throughput = median(pairs.map(({ without, logged }) => rate(logged) / rate(without)));
  const p99 = median(pairs.map(({ without, logged }) => logged.p99 / without.p99));
  return `${Math.round(100 * throughput)} % of the throughput, p99 × ${p99.toFixed(2)}; ` +
    `${requests} requests were answered, ${kept} are kept`;
}

async function start(runtime: Runtime, up: number, words: readonly string[]) {
  const { command } = targets.find(({ runtime: own, kind }) => own === runtime && kind === "gateway")!;
  const port = await freePort();
  const { args = [], ...rest } = command!(port, `http://127.0.0.1:${up}`);
  const child = await listen({ ...rest, args: [...args, ...words], core: CORES }, port);
  return { child, url: `http://127.0.0.1:${port}` };
}

/** @returns requests to the latter */
async function warm(bare: string, logging: string): Promise<number> {
  await strain(bare);
  return (await strain(logging)).requests;
}

function strain(url: string): Promise<Load> {
  return load(url, native(chat(1024)), { connections: 32, seconds: SECONDS });
}

function rowsOf(file: string): number {
  const db = new DatabaseSync(file);
  const { rows } = db.prepare("SELECT count(*) AS rows FROM waygate_logs").get() as { rows: number };
  db.close();
  return rows;
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)]!;
}
