import assert from "node:assert/strict";
import { renameSync, writeFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { sqliteLogs } from "../../adapters/sqlite-logs.ts";
import { sideBySide } from "../support/side-by-side.ts";
import { upstream } from "../support/upstream.ts";
import { find, inFolder, run, runtimes, serve } from "./run.ts";

const TOKEN = "token-of-the-gateway-5f1c";
const KEY = "sk-of-the-gateway-0d9e";

const hasIpv6 = Object.values(networkInterfaces()).flat().some((one) => one?.address === "::1");
if (!hasIpv6) console.log("skipped: addresses of IPv6, because this machine has none");

/** A provider that holds up nobody when a test has failed. */
const startUpstream: typeof upstream = async (script) => {
  const up = await upstream(script);
  up.server.unref();
  return up;
};

/** A provider that fails where the path says so, and otherwise tells what it was sent. */
const provider = () =>
  startUpstream(async (request, response, { body }) => {
    const failed = request.url!.includes("/down/");
    const { stream } = JSON.parse((await body).toString() || "{}");
    const usage = { prompt_tokens: 12, completion_tokens: 34 };
    if (stream) {
      response.writeHead(200, { "content-type": "text/event-stream" });
      const event = (told: object) => response.write(`data: ${JSON.stringify(told)}\n\n`);
      event({ choices: [{ delta: { content: "Hi" } }] });
      event({ choices: [], usage });
      return response.end("data: [DONE]\n\n");
    }
    response.writeHead(failed ? 503 : 200, { "content-type": "application/json" });
    response.end(
      JSON.stringify({ path: request.url, key: request.headers.authorization, choices: [], usage }),
    );
  });

sideBySide(Object.keys(runtimes), (name) => {
  const command = runtimes[name]!;

  test(`each request is a line for people or for programs, and no line holds a secret, on ${name}`, async () => {
    const up = await provider();
    const settings = JSON.stringify({
      gateways: {
        prod: {
          authentication: true,
          tokens: ["${TOKEN}"],
          keys: { up: "${KEY}", openai: "${KEY}" },
        },
      },
      providers: {
        up: { base: `${up.url}/v1` },
        openai: { base: `${up.url}/v1` },
        down: { base: `${up.url}/down` },
      },
    });
    await inFolder({ "waygate.jsonc": settings }, async (cwd) => {
      for (const format of ["pretty", "json", "none"]) {
        const place = { cwd, env: { TOKEN, KEY } };
        const gateway = await serve(command, ["--log-format", format], place);
        const send = async (path: string, body: unknown, token = TOKEN) => {
          const headers = { "cf-aig-authorization": token, "authorization": "Bearer sk-of-the-client-3b2f" };
          const init = { method: "POST", headers, body: JSON.stringify(body) };
          const answer = await fetch(`${gateway.url}/v1/me/prod${path}`, init);
          await answer.text();
          return answer.status;
        };
        const query = { model: "gpt-4o-mini" };
        assert.equal(await send("/openai/chat/completions", query), 200);
        assert.equal(await send("/openai/chat/completions", { ...query, stream: true }), 200);
        const steps = ["down", "up"].map((provider) => ({ provider, endpoint: "chat/completions", query }));
        assert.equal(await send("", steps), 200);
        assert.equal(
          await send("/openai/chat/completions?key=sk-in-the-query-6e6e", query, "nobody-77aa"),
          401,
        );
        assert.equal((await fetch(`${gateway.url}/healthz`)).status, 200);
        const isLine = (line: string) => / \d+ ms|"event":"request"/.test(line);
        const lines = () => gateway.stdout().split("\n").filter(isLine);
        if (format !== "none") await find(gateway, () => lines().length >= 4 || undefined);
        assert.equal(await gateway.stop(), 0, gateway.stderr());
        if (format === "none") assert.deepEqual(lines(), []);
        if (format === "pretty") {
          const told = lines().map((line) =>
            line.replace(/^\d\d:\d\d:\d\d /, "").replace(/ \d+ ms/, " N ms")
          );
          assert.deepEqual(told, [
            "POST prod openai gpt-4o-mini 200 N ms, 12+34 tokens, $0.000022",
            "POST prod openai gpt-4o-mini 200 N ms, 12+34 tokens, $0.000022",
            "POST prod up gpt-4o-mini 200 N ms, 12+34 tokens, 2 attempts, fell back to step 1",
            "POST /v1/me/prod/openai/chat/completions 401 N ms",
          ]);
        }
        if (format === "json") {
          const all = gateway.stdout().trim().split("\n").map((line) => JSON.parse(line));
          assert.deepEqual(all.filter(({ event }) => event === "note").map(({ message }) => message), [
            "listening",
            "settings: waygate.jsonc",
          ]);
          const fields = all.filter(({ event }) => event === "request").map((line) => [
            line.gateway,
            line.provider,
            line.model,
            line.status,
            line.tokens_in,
            line.attempts,
            line.step,
          ]);
          assert.deepEqual(fields, [
            ["prod", "openai", "gpt-4o-mini", 200, 12, 1, 0],
            ["prod", "openai", "gpt-4o-mini", 200, 12, 1, 0],
            ["prod", "up", "gpt-4o-mini", 200, 12, 2, 1],
            [undefined, undefined, undefined, 401, undefined, undefined, undefined],
          ]);
        }
        const printed = gateway.stdout() + gateway.stderr();
        for (const secret of [TOKEN, KEY, "sk-of-the-client-3b2f", "nobody-77aa", "sk-in-the-query-6e6e"]) {
          assert.ok(!printed.includes(secret), secret);
        }
        assert.ok(!printed.includes("\u001b"), "no colours where no terminal is");
      }
    });
    await up.stop();
  });

  test(`who lets everybody in from beyond this machine, or nobody at all, is warned, on ${name}`, async () => {
    const locked = { authentication: true, tokens: [TOKEN] };
    const cases:
      readonly (readonly [settings: object, args: readonly string[], warning: RegExp | undefined])[] = [
        [
          { gateways: { locked, open: {} } },
          ["--host", "0.0.0.0"],
          /without authentication they may use these gateway ids: open/,
        ],
        [{}, ["--host", "0.0.0.0"], /without authentication they may use every gateway id/],
        [{ gateways: { locked } }, ["--host", "0.0.0.0"], undefined],
        [{}, ["--host", "127.0.0.2"], undefined],
        [
          { gateways: { locked, shut: { authentication: true } } },
          ["--host", "127.0.0.2"],
          /nobody comes in to these gateway ids, .*: shut\n/,
        ],
      ];
    for (const [settings, args, warning] of cases) {
      await inFolder({ "own.jsonc": JSON.stringify(settings) }, async (cwd) => {
        const gateway = await serve(command, ["--config", "own.jsonc", ...args], { cwd });
        await find(gateway, () => gateway.stdout().includes("settings: own.jsonc") || undefined);
        await gateway.stop();
        if (warning) assert.match(gateway.stderr(), warning);
        else assert.equal(gateway.stderr(), "");
      });
    }
  });

  test(`a failure at the start is told in the format of the lines, on ${name}`, async () => {
    const up = await startUpstream(() => {});
    const { port } = new URL(up.url);
    await inFolder({ "broken.jsonc": '{"a":1,\n"b":2}' }, async (cwd) => {
      const cases: readonly (readonly [args: readonly string[], code: number, message: RegExp])[] = [
        [
          ["--port", port],
          1,
          new RegExp(`^waygate: 127\\.0\\.0\\.1:${port}: Expected .*, but it is in use$`),
        ],
        [
          ["--config", "broken.jsonc"],
          1,
          /^broken\.jsonc:1:2: a: Expected .*\nbroken\.jsonc:2:1: b: Expected/,
        ],
        [["--db", "none/x.db"], 1, /^waygate: none\/x\.db cannot be a store/],
        [["--port", "x"], 2, /^waygate: --port: Expected/],
        [["--prot", "x"], 2, /^waygate: serve: Expected no --prot/],
      ];
      for (const [args, code, message] of cases) {
        const plain = await run([...command, ...args], { cwd });
        assert.equal(plain.code, code, args.join(" "));
        assert.match(plain.stderr.trim(), message);
        for (const format of [["--log-format", "json"], ["--log-format=json"]]) {
          const told = await run([...command, ...args, ...format], { cwd });
          assert.deepEqual([told.code, told.stdout], [code, ""]);
          const line = JSON.parse(told.stderr);
          assert.deepEqual([line.level, line.event], ["error", "note"]);
          assert.match(line.message, message);
        }
      }
    });
    await up.stop();
  });

  if (hasIpv6) {
    test(`who listens on an address of IPv6 tells a URL that leads there, on ${name}`, async () => {
      await inFolder({}, async (cwd) => {
        const gateway = await serve(command, ["--host", "::1"], { cwd });
        assert.match(gateway.url, /^http:\/\/\[::1\]:\d+$/);
        assert.equal((await fetch(`${gateway.url}/healthz`)).status, 200);
        await gateway.stop();
      });
    });
  }

  test(`settings change under load: no request fails, each obeys one version, on ${name}`, {
    timeout: 120_000,
  }, async () => {
    const up = await startUpstream(async (request, response, { body }) => {
      await body;
      const { authorization } = request.headers;
      setTimeout(() => {
        response.writeHead(200, { "content-type": "application/json" });
        response.end(
          JSON.stringify({ path: request.url, key: authorization, own: request.headers["x-turn"] }),
        );
      }, Math.random() < 0.1 ? 20 : 0);
    });
    /** Three places of a file that have to be of one version. */
    const version = (turn: number) =>
      JSON.stringify({
        gateways: {
          [`prod`]: {
            keys: { up: `key-${turn}` },
            rateLimit: { limit: 1e6, interval: 3600 },
          },
        },
        providers: { up: { base: `${up.url}/turn-${turn}/v1` } },
      });
    const broken = (turn: number) =>
      [
        `{"gateways": {`,
        version(turn).replace("1000000", '"many"'),
        version(turn).replace(/"key-\d+"/, '"${NOBODY}"'),
        "",
      ][
        turn % 4
      ]!;
    await inFolder({ "waygate.jsonc": version(0) }, async (cwd) => {
      const gateway = await serve(command, ["--log-format", "json", "--logs", "logs.db"], { cwd });
      const file = join(cwd, "waygate.jsonc");
      let [changing, failed, answered, newest] = [true, false, 0, 0];
      const seen = new Set<number>();

      async function client(): Promise<void> {
        let last = 0;
        while (!failed && (changing || answered < 5000)) {
          const init = { method: "POST", body: '{"model":"m"}' };
          const answer = await fetch(`${gateway.url}/v1/me/prod/up/chat/completions`, init);
          const text = await answer.text();
          assert.equal(answer.status, 200, text);
          const { path, key } = JSON.parse(text);
          const turn = Number(/^\/turn-(\d+)\/v1\/chat\/completions$/.exec(path)?.[1]);
          assert.equal(key, `Bearer key-${turn}`);
          assert.ok(turn >= last && turn <= newest, `after ${last} and before ${newest} came ${turn}`);
          last = turn;
          seen.add(turn);
          answered++;
          await new Promise((resolve) => setTimeout(resolve, 8));
        }
      }

      const notes = () => gateway.stdout().split("from now on").length - 1;
      const complaints = () => gateway.stderr().split("still count").length - 1;
      async function change(): Promise<void> {
        for (let turn = 1; turn <= 50 && !failed; turn++) {
          const valid = turn % 2 === 0;
          const [taken, refused] = [notes(), complaints()];
          if (valid) newest = turn;
          const text = valid ? version(turn) : broken(Math.floor(turn / 2));
          // Some are written in place, some take the place of the file at once; some are told, some have to be noticed.
          if (turn % 3 === 0) writeFileSync(file, text);
          else {
            writeFileSync(`${file}.new`, text);
            renameSync(`${file}.new`, file);
          }
          if (turn % 10 > 1) gateway.child.kill("SIGHUP");
          await find(gateway, () => (valid ? notes() > taken : complaints() > refused) || undefined);
        }
      }

      const all = [change().finally(() => changing = false), ...Array.from({ length: 12 }, client)];
      await Promise.all(all).catch(async (error) => {
        failed = true;
        await Promise.allSettled(all);
        await gateway.stop();
        throw error;
      });
      assert.ok(answered >= 5000);
      assert.ok(seen.size >= 20, `${seen.size} versions were seen`);
      assert.match(gateway.stderr(), /waygate\.jsonc:1:\d+: gateways\.prod\.rateLimit\[?0?\]?.*Expected/);
      assert.match(gateway.stderr(), /Expected the variable NOBODY to be set/);
      assert.equal(await gateway.stop(), 0);
      const lines = gateway.stdout().split("\n").filter((line) => line.includes('"event":"request"'));
      assert.equal(lines.length, answered);
      const logs = sqliteLogs(join(cwd, "logs.db"));
      assert.equal((await logs.list({ limit: 1 })).total, answered);
      logs.close();
    });
    await up.stop();
  });

  test(`counts outlive a change of settings; what is in flight ends by the old ones and is logged, on ${name}`, async () => {
    const { promise: goOn, resolve } = Promise.withResolvers<void>();
    const up = await startUpstream(async (request, response) => {
      response.writeHead(200, { "content-type": "text/plain" });
      response.write("begun ");
      if (request.url!.includes("slow")) await goOn;
      response.end(request.url!);
    });
    const version = (turn: number) =>
      JSON.stringify({
        gateways: { prod: { rateLimit: { limit: 3, interval: 86_400 } } },
        providers: { up: { base: `${up.url}/turn-${turn}` } },
      });
    await inFolder({ "waygate.jsonc": version(1) }, async (cwd) => {
      const gateway = await serve(command, ["--log-format", "none", "--logs", "logs.db"], { cwd });
      const ask = (path: string) =>
        fetch(`${gateway.url}/v1/me/prod/up/${path}`, { method: "POST", body: "{}" });
      const slow = await ask("slow");
      writeFileSync(join(cwd, "waygate.jsonc"), version(2));
      await find(gateway, () => gateway.stdout().includes("from now on") || undefined);
      assert.equal(await (await ask("new")).text(), "begun /turn-2/new");
      assert.equal((await ask("new")).status, 200);
      assert.equal((await ask("new")).status, 429);
      const stopped = gateway.stop();
      resolve();
      assert.equal(await slow.text(), "begun /turn-1/slow");
      assert.equal(await stopped, 0);
      const logs = sqliteLogs(join(cwd, "logs.db"));
      const { records } = await logs.list({});
      logs.close();
      assert.deepEqual(records.map(({ path }) => path).sort(), ["new", "new", "new", "slow"]);
    });
    await up.stop();
  });
});

test("where Node has no SQLite, a file of it is refused in words that say which Node has it", async () => {
  await inFolder({}, async (cwd) => {
    const [node, main] = runtimes["node"]! as [string, string];
    for (const option of ["--db", "--logs"]) {
      const { code, stderr } = await run([node, "--no-experimental-sqlite", main, option, "x.db"], { cwd });
      assert.equal(code, 1);
      assert.equal(
        stderr,
        `waygate: ${option}: Expected a runtime with node:sqlite, such as Node 22.18 or later\n`,
      );
    }
  });
});

test("a file that stays invalid is told once, and one that is gone leaves the last settings in force", async () => {
  await inFolder({ "waygate.jsonc": '{"gateways":{"a":{}}}' }, async (cwd) => {
    const file = join(cwd, "waygate.jsonc");
    const gateway = await serve(runtimes["node"]!, [], { cwd });
    const complaints = () => gateway.stderr().split("still count").length - 1;
    for (const text of ['{"a":1}', '{"a":2}', '{"a":3}', '{"b":1}']) {
      writeFileSync(file, text);
      await new Promise((resolve) => setTimeout(resolve, 800));
    }
    assert.equal(complaints(), 2, gateway.stderr());
    renameSync(file, `${file}.away`);
    await find(gateway, () => gateway.stderr().includes("(ENOENT)") || undefined);
    assert.equal((await fetch(`${gateway.url}/v1/me/b/openai/x`)).status, 400);
    assert.equal(await gateway.stop(), 0);
  });
});
