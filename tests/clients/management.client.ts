/** Cloudflare's own client against waygate over HTTP, whatever it runs on and wherever it keeps things. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Settings } from "../../src/index.ts";
import { type Upstream, upstream } from "../support/upstream.ts";
import { backends, type Running } from "./management/backends.ts";
import { gatewayChecks } from "./management/gateways.ts";
import { logChecks } from "./management/logs.ts";
import { play } from "./management/provider.ts";
import { providerChecks } from "./management/providers.ts";
import { account, clientOf, least, type Stage, statusOf } from "./management/stage.ts";

/** Longest that a test may take, in ms. */
const PATIENCE = 60_000;

for (const { name, open, reopen } of backends()) {
  let provider: Upstream;
  let running: Running;
  let settings: Settings;
  const stage = (): Stage => ({ url: running.url, client: clientOf(running.url), provider });

  before(async () => {
    provider = await upstream(async (request, response, { body }) =>
      play(request, response, String(await body))
    );
    const slugs = ["openai", "groq", "anthropic"].map((slug) => [slug, { base: provider.url }] as const);
    settings = { providers: { ...Object.fromEntries(slugs), gone: { base: "http://127.0.0.1:9" } } };
    running = await open(settings);
  });
  after(async () => {
    await running?.stop();
    await provider.stop();
  });

  for (const check of [...gatewayChecks, ...providerChecks, ...logChecks()]) {
    test(`the API ${check.name}, on ${name}`, { timeout: PATIENCE }, () => check.prove(stage()));
  }

  if (reopen) {
    test(
      `what was set and logged is there in the next program, on ${name}`,
      { timeout: PATIENCE },
      async () => {
        const { aiGateway } = stage().client;
        const made = await aiGateway.create({ ...account, ...least, id: "stays" });
        assert.equal(await statusOf(stage(), "stays"), 200);
        const logged = async () => (await aiGateway.logs.list("stays", account)).result.length === 1;
        running = await reopen(running, settings, logged);
        const { aiGateway: again } = stage().client;
        assert.deepEqual(await again.get("stays", account), made);
        assert.equal((await again.logs.list("stays", account)).result.length, 1);
        assert.equal((await again.customProviders.list(account)).result[0]?.slug, "zeta");
        assert.equal(await statusOf(stage(), "stays"), 200);
      },
    );
  }
}
