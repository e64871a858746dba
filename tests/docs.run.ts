/** Runs what the documents show: every block that tells what it prints, and the two programs of one Redis. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { after, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { blocksOf } from "./documents/markdown.ts";
import { pages } from "./documents/pages.ts";
import { hasRedis, startRedis } from "./support/redis.ts";
import { bin } from "./support/serve.ts";
import { upstream } from "./support/upstream.ts";

const folder = mkdtempSync(join(fileURLToPath(new URL(".", import.meta.url)), ".documents-"));
after(() => rmSync(folder, { recursive: true }));

const programs = pages.flatMap(({ path, file }) =>
  blocksOf(readFileSync(file, "utf8")).filter(({ language }) => language === "ts").map(({ code }) => ({
    path,
    code,
  }))
);

/** What a block says that it prints: a comment behind each call. */
const promised = (code: string) =>
  [...code.matchAll(/console\.log\(.*\); \/\/ (.+)$/gm)].map(([, text]) => text);

for (const [index, { path, code }] of programs.entries()) {
  const lines = promised(code);
  if (lines.length === 0) continue;
  test(`a block of ${path} prints ${lines.join(", ")}`, () => {
    const file = join(folder, `${index}.ts`);
    writeFileSync(file, code);
    const { stdout, stderr, status } = spawnSync(bin("node"), [file], { encoding: "utf8", timeout: 20_000 });
    assert.equal(status, 0, stderr);
    assert.deepEqual(stdout.trim().split("\n"), lines);
  });
}

const shared = programs.find(({ path, code }) => path === "docs/scaling.md" && code.includes("REDIS_URL"));
const scaling = blocksOf(readFileSync(new URL("../docs/scaling.md", import.meta.url), "utf8"));
const shown = scaling.find(({ language, code }) => language === "text" && code.includes("waygate-trail"))
  ?.code;
const asked = scaling.find(({ language, code }) => language === "sh" && code.startsWith("curl"))?.code;
const query = { model: "m", messages: [] };

if (hasRedis()) {
  test("the two programs of docs/scaling.md share answers, a limit and a circuit, and go on without Redis", {
    timeout: 60_000,
  }, async () => {
    assert.ok(shared);
    const file = join(folder, "gateway.ts");
    writeFileSync(file, shared.code);
    const provider = await upstream(async (_, response, { body }) => {
      const { model } = JSON.parse((await body).toString());
      response.writeHead(model === "broken" ? 500 : 200, { "content-type": "application/json" }).end("{}");
    });
    const redis = await startRedis();
    const env = { REDIS_URL: redis.url, OLLAMA_URL: `${provider.url}/v1` };
    const [one, other] = await Promise.all([start(file, env), start(file, env)]);
    try {
      const cached = async (url: string) =>
        (await ask(url, "first", { ...query, prompt: "same" })).headers.get("cf-aig-cache-status");
      // An answer is kept soon after it has been given.
      for (let tries = 0; tries < 500 && await cached(one.url) !== "HIT"; tries++) await pause(20);
      assert.equal(await cached(other.url), "HIT");

      const calls = Array.from(
        { length: 120 },
        (_, at) => ask([one, other][at % 2]!.url, "second", { ...query, at }),
      );
      const statuses = (await Promise.all(calls)).map(({ status }) => status);
      assert.equal(statuses.filter((status) => status === 200).length, 100);
      assert.equal(statuses.filter((status) => status === 429).length, 20);

      const broken = { ...query, model: "broken" };
      for (let call = 0; call < 5; call++) assert.equal((await ask(one.url, "third", broken)).status, 500);
      const plan = JSON.parse(/-d '(.+)'/s.exec(asked ?? "")?.[1] ?? "");
      const answer = await post(`${other.url}/v1/me/prod`, "third", plan);
      const trail = `waygate-trail: ${answer.headers.get("waygate-trail")}\n`;
      assert.equal(timeless(trail), timeless(shown ?? ""));

      await redis.stop();
      for (const { url } of [one, other]) {
        assert.equal((await ask(url, "second", { ...query, late: url })).status, 200);
      }
    } finally {
      await Promise.all([one.stop(), other.stop(), provider.stop()]);
      await redis.stop();
    }
  });
}

/** A trail without how long each attempt took. */
const timeless = (trail: string) => trail.replaceAll(/;ms=\d+/g, "");

function ask(url: string, key: string, body: unknown): Promise<Response> {
  return post(`${url}/v1/me/prod/ollama/chat/completions`, key, body);
}

/** Reads the answer, so that it is over. */
async function post(url: string, key: string, body: unknown): Promise<Response> {
  const headers = { "authorization": `Bearer ${key}`, "content-type": "application/json" };
  const signal = AbortSignal.timeout(20_000);
  const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body), signal });
  await answer.arrayBuffer();
  return answer;
}

/** Starts a program on a free port. */
async function start(file: string, env: Record<string, string>) {
  const child = spawn(bin("node"), [file], {
    env: { ...process.env, ...env, PORT: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const gone = once(child, "exit");
  const told = once(child.stdout.setEncoding("utf8"), "data").then(([text]) => String(text).trim());
  const url = await Promise.race([told, gone.then(() => "")]);
  assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/);
  return {
    url,
    stop: async () => {
      child.kill();
      await gone;
    },
  };
}
