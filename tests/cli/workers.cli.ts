import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { upstream } from "../support/upstream.ts";
import { find, inFolder, root, start } from "./run.ts";

/** As `npm run start:workers` does. */
const command = [join(root, "node_modules/.bin/node"), join(root, "adapters/cli/workers.ts")] as const;

test("start:workers serves the settings of a file with workerd, and keys reach providers", async () => {
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
      const gateway = start([...command, "--port", "0"], { cwd, env: { KEY: "sk-of-the-gateway-0d9e" } });
      try {
        const url = await find(gateway, () => /listens on (\S+)/.exec(gateway.stdout())?.[1]);
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
