import assert from "node:assert/strict";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { upstream } from "../support/upstream.ts";
import { beginAnswer } from "./begun.ts";
import { find, inFolder, root, run, start } from "./run.ts";

/** As `npm run start:workers` does. */
const command = [join(root, "node_modules/.bin/node"), join(root, "adapters/cli/workers.ts")] as const;

test("start:workers serves the settings of a file with workerd; keys reach providers, and lie nowhere", async () => {
  const up = await upstream((request, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ path: request.url, key: request.headers.authorization }));
  });
  const settings = {
    gateways: {
      prod: { keys: { up: "${KEY}" }, budgets: [{ limit: 5, interval: 86_400 }] },
    },
    providers: { up: { base: `${up.url}/v1` } },
  };
  try {
    await inFolder({ "waygate.jsonc": JSON.stringify(settings) }, async (cwd) => {
      const TMPDIR = join(cwd, "tmp");
      mkdirSync(TMPDIR);
      const env = { KEY: "sk-of-the-gateway-0d9e", TMPDIR };
      const gateway = start([...command, "--port", "0"], { cwd, env });
      try {
        const url = await find(gateway, () => /listens on (\S+)/.exec(gateway.stdout())?.[1]);
        assert.deepEqual(readdirSync(TMPDIR), []);
        assert.equal((await fetch(`${url}/healthz`)).status, 200);
        const answer = await fetch(`${url}/v1/me/prod/up/chat/completions`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: '{"model":"m"}',
        });
        assert.equal(answer.status, 200);
        assert.deepEqual(await answer.json(), {
          path: "/v1/chat/completions",
          key: "Bearer sk-of-the-gateway-0d9e",
        });
      } finally {
        // Otherwise workerd would outlive it.
        gateway.child.kill("SIGTERM");
        await gateway.ended;
      }
    });
  } finally {
    await up.stop();
  }
});

test("start:workers takes signals that come together for one, and lets an answer finish", async () => {
  const { settings, goOn, stop } = await beginAnswer();
  await inFolder({ "waygate.jsonc": settings }, async (cwd) => {
    const gateway = start([...command, "--port", "0"], { cwd });
    const url = await find(gateway, () => /listens on (\S+)/.exec(gateway.stdout())?.[1]);
    const answer = await fetch(`${url}/v1/me/prod/up/x`);
    for (let turn = 0; turn < 2; turn++) {
      gateway.child.kill("SIGTERM");
      await pause(100);
    }
    goOn();
    assert.equal(await answer.text(), "begun and ended");
    assert.equal(await gateway.ended, 0, gateway.stderr());
  });
  await stop();
});

test("start:workers refuses what it cannot do", async () => {
  await inFolder({}, async (cwd) => {
    for (const option of ["--db", "--logs", "--host", "--log-format"]) {
      const { code, stderr } = await run([...command, "--port", "0", option, "pretty"], { cwd });
      assert.equal(code, 1);
      assert.match(stderr, new RegExp(`^waygate: ${option}: Expected none, because `));
    }
  });
});

test("start:workers that cannot listen leaves no keys behind", async () => {
  await inFolder(
    { "waygate.jsonc": '{"gateways":{"g":{"keys":{"openai":"sk-of-the-gateway-0d9e"}}}}' },
    async (cwd) => {
      const TMPDIR = join(cwd, "tmp");
      mkdirSync(TMPDIR);
      const up = await upstream(() => {});
      const { port } = new URL(up.url);
      const { code, stderr } = await run([...command, "--port", port], { cwd, env: { TMPDIR } });
      await up.stop();
      assert.equal(code, 1, stderr);
      assert.match(stderr, /workerd ended with code 1/);
      assert.deepEqual(readdirSync(TMPDIR), []);
    },
  );
});
