import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { startFaultyServer } from "../../adapters/testing/server.ts";
import { judge } from "../contract/verdict.ts";
import { runtimes, serve, type Served } from "../support/serve.ts";

/** What WireMock is told to do, and the fault of ours that should be told in the same words. */
interface Pair {
  readonly name: string;
  readonly response: Readonly<Record<string, unknown>>;
  readonly fault: string;
  readonly options?: Readonly<Record<string, unknown>>;
}

const json = {
  headers: { "content-type": "application/json" },
  jsonBody: { choices: [], text: "x".repeat(1000) },
};
/** The head comes with the first chunk. */
const dribble = (totalDuration: number) => ({
  ...json,
  chunkedDribbleDelay: { numberOfChunks: 100, totalDuration },
});

const pairs: readonly Pair[] = [
  { name: "no fault", response: json, fault: "healthy" },
  { name: "EMPTY_RESPONSE", response: { fault: "EMPTY_RESPONSE" }, fault: "hang-up" },
  { name: "CONNECTION_RESET_BY_PEER", response: { fault: "CONNECTION_RESET_BY_PEER" }, fault: "reset" },
  { name: "RANDOM_DATA_THEN_CLOSE", response: { fault: "RANDOM_DATA_THEN_CLOSE" }, fault: "bad-head" },
  { name: "MALFORMED_RESPONSE_CHUNK", response: { fault: "MALFORMED_RESPONSE_CHUNK" }, fault: "fin-chunked" },
  {
    name: "MALFORMED_RESPONSE_CHUNK that is waited for",
    response: { fault: "MALFORMED_RESPONSE_CHUNK" },
    fault: "fin-chunked",
    options: { commit: "complete" },
  },
  {
    name: "a fixed delay",
    response: { ...json, fixedDelayMilliseconds: 50 },
    fault: "slow-headers;ms=50",
  },
  {
    name: "too long a delay",
    response: { ...json, fixedDelayMilliseconds: 5000 },
    fault: "slow-headers;ms=5000",
    options: { totalTimeout: 200 },
  },
  { name: "a chunked dribble", response: dribble(100), fault: "drip" },
  {
    name: "too long a dribble",
    response: dribble(20_000),
    fault: "drip;ms=200",
    options: { totalTimeout: 1500 },
  },
];

const endpoint = "v1/chat/completions";
const query = { model: "m" };
const hasJava = spawnSync("java", ["-version"]).status === 0;

const wiremock = hasJava ? await startWiremock() : undefined;
const faulty = await startFaultyServer();
after(() => Promise.all([wiremock?.stop(), faulty.stop()]));

for (const runtime of wiremock ? runtimes : []) {
  let gateway: Served;
  before(async () => {
    const providers = { wiremock: { base: wiremock!.url }, faulty: { base: faulty.url } };
    gateway = await serve(runtime, { providers });
  });
  after(() => gateway.stop());

  for (const [index, { name, fault, options = {} }] of pairs.entries()) {
    for (const [way, count] of [["alone", 0], ["before another step", 1]] as const) {
      test(`WireMock on ${runtime}: ${name} ${way} is judged as ours is`, { timeout: 20_000 }, async () => {
        const theirs = { provider: "wiremock", endpoint: `${index}`, query, config: options };
        const ours = { provider: "faulty", endpoint: `fault/${fault}/${endpoint}`, query, config: options };
        const others = Array.from({ length: count }, () => ({ provider: "faulty", endpoint, query }));
        assert.deepEqual(
          await judge(gateway.url, [theirs, ...others]),
          await judge(gateway.url, [ours, ...others]),
        );
      });
    }
  }
}

if (!hasJava) test("WireMock is judged as ours is", { skip: "there is no Java" }, () => {});

/** A WireMock that is running. */
interface Wiremock {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts WireMock as npm has it, on a free port; each pair's answer lies at the path of its index. */
async function startWiremock(): Promise<Wiremock> {
  const folder = mkdtempSync(join(tmpdir(), "waygate-wiremock-"));
  const args = ["--yes", "wiremock@3.13.2", "--port", "0", "--root-dir", folder, "--disable-request-logging"];
  const child = spawn("npx", args, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit").then(() => rmSync(folder, { recursive: true, force: true }));
  const url = `http://127.0.0.1:${await portOf(child)}`;
  for (const [index, { response }] of pairs.entries()) {
    await tell(`${url}/__admin/mappings`, { request: { urlPath: `/${index}` }, response });
  }
  return {
    url,
    async stop() {
      await tell(`${url}/__admin/shutdown`, {});
      await ended;
    },
  };
}

async function tell(url: string, what: unknown): Promise<void> {
  const { ok, status } = await fetch(url, { method: "POST", body: JSON.stringify(what) });
  assert.ok(ok, `WireMock answered ${status}`);
}

async function portOf({ stdout }: ChildProcess): Promise<string> {
  let said = "";
  for await (const chunk of stdout!.iterator({ destroyOnReturn: false })) {
    said += chunk;
    const port = /^port: +(\d+)/m.exec(said)?.[1];
    if (port) return port;
  }
  throw new Error(`WireMock did not start:\n${said}`);
}
