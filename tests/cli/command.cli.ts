import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { chmodSync, cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { startWorkerd } from "../../adapters/cli/workerd.ts";
import { sideBySide } from "../support/side-by-side.ts";
import { env, requests, secrets, settings } from "./data.ts";
import { inFolder, root, run, runtimes } from "./run.ts";

const files = {
  "waygate.jsonc": settings,
  "broken.jsonc": settings.replace('"maxAttempts": 3', '"maxAttempts": "3"').replace("${ANN}", "${BOB}"),
  ...requests,
};

sideBySide(Object.keys(runtimes), (name) => {
  const command = runtimes[name]!;

  test(`exit codes tell success, failure and misuse apart, on ${name}`, async () => {
    await inFolder(files, async (cwd) => {
      const cases: readonly (readonly [readonly string[], number, RegExp])[] = [
        [["--help"], 0, /^usage: waygate/],
        [["explain", "--help"], 0, /^usage: waygate/],
        [["--version"], 0, /^\d+\.\d+\.\d+$/],
        [["help"], 0, /^usage: waygate/],
        [["version"], 0, /^\d+\.\d+\.\d+$/],
        [["check"], 0, /^\{/],
        [["check", "waygate.jsonc"], 0, /^\{/],
        [["check", "broken.jsonc"], 1, /^broken\.jsonc:8:\d+: gateways\.prod\.tokens\[0\]\.token: /],
        [["check", "missing.jsonc"], 1, /^missing\.jsonc: Expected a file that can be read \(ENOENT\)$/],
        [["--config", "broken.jsonc"], 1, /^broken\.jsonc:/],
        [["explain"], 2, /Expected a request/],
        [["explain", "missing"], 1, /ENOENT/],
        [["explain", "native", "--format", "xml"], 2, /--format: Expected one of text, json/],
        [["explain", "-H", "no-colon", "/v1/a/b"], 1, /headers: Expected/],
        [
          ["explain", "http://u:5f1c@h/v1/a/b?key=5f1c"],
          1,
          /^waygate: explain: url: Expected a URL without a name and a password$/,
        ],
        [["explain", "a\u001b[31m"], 1, /^waygate: a\?\[31m: .*ENOENT/],
        [["explain", "-X", "GET", "native"], 1, /^waygate: explain: url: Expected a URL/],
        [["nonsense"], 2, /Expected another command/],
        [["--nonsense"], 2, /--config/],
        [["--port"], 2, /^waygate: serve: --port: Expected a value/],
        [["--prot", "1"], 2, /^waygate: serve: Expected no --prot, but --config, --port/],
        [["--prot=1"], 2, /^waygate: serve: Expected no --prot, but/],
        [["-v"], 2, /^waygate: serve: Expected no -v, but --config/],
        [["check", "-xv"], 2, /^waygate: check: Expected no -x, but --config/],
        [["demo", "--help=1"], 2, /^waygate: demo: --help: Expected no value/],
        [["--db", ""], 2, /^waygate: --db: Expected a value that is not empty$/],
        [["--logs="], 2, /^waygate: --logs: Expected a value that is not empty$/],
        [["check", "--config", ""], 2, /^waygate: --config: Expected a value that is not empty$/],
        [["check", ""], 1, /^: Expected a file that can be read/],
        [["--port", "1e3"], 2, /--port: Expected a number from 0 to 65535/],
        [["--log-format", "loud"], 2, /--log-format: Expected one of pretty, json, none/],
        [["check", "--port", "1"], 2, /^waygate: check: Expected no --port, but --config/],
        [["hash-token", "a", "b"], 2, /fewer words/],
      ];
      for (const [args, code, told] of cases) {
        const { stdout, stderr, ...ended } = await run([...command, ...args], { cwd, env });
        assert.equal(ended.code, code, `${args.join(" ")}\n${stdout}${stderr}`);
        assert.match((code === 0 ? stdout : stderr).trim(), told, args.join(" "));
        assert.equal(code === 0 ? stderr : stdout, "", args.join(" "));
      }
    });
  });

  test(`hash-token hashes its word or its input, and never tells it, on ${name}`, async () => {
    await inFolder({}, async (cwd) => {
      const hash = createHash("sha256").update("a-lõng-token").digest("hex");
      const told = [
        await run([...command, "hash-token", "a-lõng-token"], { cwd }),
        await run([...command, "hash-token"], { cwd, input: "a-lõng-token\n" }),
      ];
      for (const { code, stdout, stderr } of told) {
        assert.deepEqual([code, stdout, stderr], [0, `${hash}\n`, ""]);
      }
      for (const input of ["", "\n", "two words-5f1c", "--token-5f1c"]) {
        const args = input.startsWith("-") ? [input] : [];
        const { code, stdout, stderr } = await run([...command, "hash-token", ...args], { cwd, input });
        assert.equal(code, args.length > 0 ? 2 : 1);
        assert.ok(!(stdout + stderr).includes("5f1c"), stderr);
      }
    });
  });

  test(`a module may hold settings, or make them of the environment, on ${name}`, async () => {
    const modules = {
      "plain.ts":
        "const port: number = 9;\nexport default { providers: { mine: { base: `http://127.0.0.1:${port}` } } };",
      "made.mjs": "export default async ({ BASE }) => ({ providers: { mine: { base: BASE } }, warn() {} });",
      "wrong.ts": "export default { gateways: { a: { foo: 1 } } };",
      "empty.mjs": "export const settings = {};",
      "thrown.mjs":
        "// a comment\nexport default () => { throw new TypeError('no postgres://u:sk-pw-5f1c@h'); };",
      "lost.mjs": "import 'not-to-be-found';",
      "bent.mjs": "export default {\n",
      "erring.ts": "throw new Error('sk-pw-5f1c');",
      "shut.mjs": "export default { gateways: { shut: { authentication: true } } };",
    };
    await inFolder(modules, async (cwd) => {
      const check = (file: string) =>
        run([...command, "check", file], { cwd, env: { BASE: "http://127.0.0.1:7" } });
      assert.equal(JSON.parse((await check("plain.ts")).stdout).providers.mine.base, "http://127.0.0.1:9");
      const made = JSON.parse((await check("made.mjs")).stdout);
      assert.deepEqual([made.providers.mine.base, made.warn], ["http://127.0.0.1:7", "(code)"]);
      assert.equal((await check("wrong.ts")).stderr, "wrong.ts: gateways.a.foo: Expected no such field\n");
      assert.match((await check("empty.mjs")).stderr, /^empty\.mjs: Expected a default export/);
      assert.match(
        (await check("thrown.mjs")).stderr,
        /^thrown\.mjs:2:\d+: Expected a module that can be loaded, but there it throws a TypeError, /,
      );
      assert.match((await check("lost.mjs")).stderr, /^lost\.mjs.*Expected a module.*not-to-be-found/);
      assert.match((await check("bent.mjs")).stderr, /^bent\.mjs.*: Expected a module that can be loaded/);
      assert.match((await check("erring.ts")).stderr, /, but there it throws an Error, /);
      for (const folder of ["folder.ts", "folder.jsonc"]) {
        mkdirSync(join(cwd, folder));
        assert.equal((await check(folder)).stderr, `${folder}: Expected a file, but it is a folder\n`);
      }
      const shut = await check("shut.mjs");
      assert.deepEqual([shut.code, JSON.parse(shut.stdout).gateways.shut.authentication], [0, true]);
      assert.match(shut.stderr, /^waygate: nobody comes in to these gateway ids, .*: shut\n$/);
      assert.ok(!(await check("thrown.mjs")).stderr.includes("5f1c"));
    });
  });
});

test("settings under a name that is not looked for are not passed over", async () => {
  await inFolder({ "waygate.json": '{"gateways":{"a":{"authentication":true}}}' }, async (cwd) => {
    const told = /^waygate: waygate\.json: Expected the name waygate\.jsonc, or --config waygate\.json\n$/;
    const request = "/v1/me/a/openai/models";
    for (const args of [["--port", "0"], ["check"], ["explain", request]]) {
      const { code, stdout, stderr } = await run([...runtimes["node"]!, ...args], { cwd });
      assert.deepEqual([code, stdout], [1, ""]);
      assert.match(stderr, told);
    }
    const named = ["check", "--config", "waygate.json"];
    assert.equal((await run([...runtimes["node"]!, ...named], { cwd })).code, 0);
    writeFileSync(join(cwd, "waygate.jsonc"), '{"gateways":{"b":{}}}');
    assert.match((await run([...runtimes["node"]!, "check"], { cwd })).stdout, /"b"/);
  });
});

test("check and explain print the same on all four runtimes, and no secret", async () => {
  const { url, process: workerd } = await startWorkerd(new URL("worker.ts", import.meta.url), { port: 0 });
  try {
    await inFolder(files, async (cwd) => {
      const cases: readonly (readonly [args: readonly string[], question: object])[] = [
        [["check"], { text: settings }],
        [["check", "broken.jsonc"], { file: "broken.jsonc", text: files["broken.jsonc"] }],
        ...Object.entries(requests).map(([name, request]) =>
          [["explain", name], { text: settings, request }] as const
        ),
      ];
      for (const [args, question] of cases) {
        const body = JSON.stringify({ env, ...question });
        const expected = await (await fetch(url, { method: "POST", body })).text();
        assert.ok(expected.length > 20);
        for (const secret of secrets) assert.ok(!expected.includes(secret));
        await Promise.all(
          Object.entries(runtimes).map(async ([name, command]) => {
            const { stdout, stderr } = await run([...command, ...args], { cwd, env });
            assert.equal(stdout + stderr, `${expected}\n`, `${args.join(" ")} on ${name}`);
          }),
        );
      }
    });
  } finally {
    workerd.kill();
  }
});

test("explain takes a request as curl does, from its input, and tells it as JSON", async () => {
  await inFolder(files, async (cwd) => {
    const explain = async (args: readonly string[], input = "") => {
      const { stdout } = await run([...runtimes["node"]!, "explain", "--format", "json", ...args], {
        cwd,
        env,
        input,
      });
      return JSON.parse(stdout);
    };
    writeFileSync(join(cwd, "body.json"), '{"model":"gpt-4o-mini","max_tokens":100}');
    const flags = [
      "-H",
      "cf-aig-authorization: token-of-ann-5f1c",
      "-H",
      "content-type: application/json",
      "-H",
      "x-own: 1",
      "-H",
      "authorization: Bearer sk-of-the-client-3b2f",
    ];
    const asked = await explain([
      "-X",
      "POST",
      ...flags,
      "-H",
      "cf-aig-max-attempts:5",
      "-d",
      "@body.json",
      "/v1/me/prod/openai/chat/completions?trace=1",
    ]);
    assert.deepEqual(asked, await explain(["native"]));
    assert.deepEqual(asked, await explain(["-"], requests.native));
    const based = '{ "basePath": "/ai", "gateways": { "open": {} } }';
    writeFileSync(join(cwd, "based.json"), based);
    const ways = [["-X", "GET", "/ai/v1/me/open/openai/models"], ["/ai/v1/me/open/openai/models"]];
    for (const way of ways) {
      const { steps } = await explain(["--config", "based.json", ...way]);
      assert.equal(steps[0].url, "https://api.openai.com/v1/models");
    }
    const typed = await explain(["-d", "a=1", "-d", "b=2", "http://h.test/v1/me/open/openai/x"]);
    assert.equal(typed.steps[0].method, "POST");
    assert.ok(typed.steps[0].headers.some(({ name }: { name: string }) => name === "content-type"));
  });
});

test("without the optional packages the command does what needs none, and names what it needs", async () => {
  const files = {
    "package.json": "{}",
    "waygate.jsonc": "{}",
    "plain.mjs": "export default {};",
    "managed.mjs": `import { manage } from "waygate/management";
const gateway = manage({}, { token: "t" });
const url = "http://localhost/client/v4/accounts/a/ai-gateway/waygate/openapi.json";
const answer = await gateway.handle(new Request(url, { headers: { authorization: "Bearer t" } }));
console.log(answer.status, (await answer.json()).errors[0].message);`,
    "budget.mjs": "export default { gateways: { g: { budgets: [{ limit: 1, interval: 60 }] } } };",
    ...requests,
  };
  await inFolder(files, async (cwd) => {
    const own = join(cwd, "node_modules/waygate");
    mkdirSync(own, { recursive: true });
    cpSync(join(root, "dist"), join(own, "dist"), { recursive: true });
    cpSync(join(root, "package.json"), join(own, "package.json"));
    for (const name of ["itty-router", "valibot"]) {
      cpSync(join(root, "node_modules", name), join(cwd, "node_modules", name), { recursive: true });
    }
    const main = join(own, "dist/adapters/cli/main.js");
    const ways = {
      node: [runtimes["node"]![0], main],
      deno: [runtimes["deno"]![0], "run", "-A", "--node-modules-dir=manual", "npm:waygate"],
      bun: [runtimes["bun"]![0], main],
    } as const;
    await Promise.all(
      Object.entries(ways).map(async ([name, way]) => {
        const tell = async (...args: string[]) => {
          const { code, stdout, stderr } = await run([...way, ...args], { cwd });
          return [code, (code === 0 ? stdout : stderr).trim()] as const;
        };
        const lacks = (
          what: string,
        ) => [
          1,
          `waygate: Expected the package ${what}, which is optional; to install it: npm install ${what}`,
        ];
        assert.match((await tell("check", "plain.mjs")).join(), /^0,\{/, name);
        const [program, ...words] = name === "deno" ? way.slice(0, -1) : way.slice(0, 1);
        const managed = await run([program!, ...words, "managed.mjs"], { cwd });
        const schema = lacks("@valibot/to-json-schema")[1]!.toString().replace("waygate: ", "503 ");
        assert.deepEqual([managed.stdout.trim(), managed.stderr], [schema, ""], name);
        assert.match((await tell("explain", "--config", "plain.mjs", "keyed")).join(), /^0,gateway/, name);
        assert.deepEqual(await tell("check"), lacks("jsonc-parser"), name);
        const [code, told] = await tell("check", "budget.mjs");
        const prices = lacks("@pydantic/genai-prices")[1]!.toString().replace("waygate", "budget.mjs: price");
        assert.deepEqual([code, told], [1, prices], name);
        if (name === "node") assert.deepEqual(await tell("demo"), lacks("undici"));
        else assert.match((await tell("demo")).join(), /^0,[^]*All as it should be/, name);
      }),
    );
  });
});

test("the package runs as npx waygate, bunx waygate and deno run npm:waygate", async () => {
  await inFolder({ "package.json": '{"dependencies":{"waygate":"*"}}' }, async (cwd) => {
    const own = join(cwd, "node_modules/waygate");
    mkdirSync(join(cwd, "node_modules/.bin"), { recursive: true });
    cpSync(join(root, "dist"), join(own, "dist"), { recursive: true });
    cpSync(join(root, "package.json"), join(own, "package.json"));
    const { bin, dependencies, optionalDependencies } = JSON.parse(
      readFileSync(join(own, "package.json"), "utf8"),
    );
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      mkdirSync(join(cwd, "node_modules", name, ".."), { recursive: true });
      symlinkSync(join(root, "node_modules", name), join(cwd, "node_modules", name));
    }
    chmodSync(join(own, bin.waygate), 0o755);
    symlinkSync(join(own, bin.waygate), join(cwd, "node_modules/.bin/waygate"));
    const tool = (name: string) => join(root, "node_modules/.bin", name);
    const ways: readonly (readonly [string, ...string[]])[] = [
      ["npx", "--no-install", "waygate"],
      [tool("bunx"), "--no-install", "waygate"],
      [tool("bunx"), "--no-install", "--bun", "waygate"],
      [tool("deno"), "run", "-A", "npm:waygate"],
    ];
    const path = `${join(root, "node_modules/.bin")}:${process.env["PATH"]}`;
    await Promise.all(ways.map(async (way) => {
      const { code, stdout, stderr } = await run([...way, "hash-token"], {
        cwd,
        env: { PATH: path },
        input: "abc",
      });
      assert.equal(code, 0, `${way.join(" ")}\n${stderr}`);
      assert.equal(stdout.trim(), createHash("sha256").update("abc").digest("hex"));
    }));
  });
});
