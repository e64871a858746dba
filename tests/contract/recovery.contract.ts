import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type FaultyServer, startFaultyServer } from "../../adapters/testing/server.ts";
import { runtimes, serve, type Served } from "../support/serve.ts";
import { sideBySide } from "../support/side-by-side.ts";
import { ask, head, open, within } from "./stage.ts";

const endpoint = "v1/chat/completions";
const query = { model: "m", stream: true };
/** Faults after which another provider must be asked. */
const fatal = ["reset", "hang-up", "bad-head", "half-head", "silence", "503", "429", "500", "html"];

sideBySide(runtimes, (runtime) => {
  let provider: FaultyServer;
  let gateway: Served;
  before(async () => {
    provider = await startFaultyServer();
    const providers = { faulty: { base: provider.url }, deaf: { base: provider.refused } };
    gateway = await serve(runtime, { providers });
  });
  after(async () => {
    await gateway.stop();
    await provider.stop();
  });
  const promise = (name: string, keep: () => Promise<void>) =>
    test(`recovery on ${runtime}: ${name}`, { timeout: 30_000 }, keep);
  const fallBack = (step: { provider: string; endpoint: string }) =>
    ask(`${gateway.url}/v1/a/g`, {
      headers: { "content-type": "application/json", "cf-aig-request-timeout": "300" },
      body: JSON.stringify([{ ...step, query }, { provider: "faulty", endpoint, query }]),
    });

  promise("whatever goes wrong before an answer, the next provider is asked", async () => {
    const steps = fatal.map((name) => ({ provider: "faulty", endpoint: `fault/${name}/${endpoint}` }));
    for (const step of [...steps, { provider: "deaf", endpoint }]) {
      const { status, headers, body } = await fallBack(step);
      assert.deepEqual([status, headers["cf-aig-step"]], [200, "1"], step.endpoint);
      assert.match(body.toString(), /data: \[DONE\]\n\n$/);
    }
  });

  promise("a provider that fails twice is asked three times", async () => {
    const { status } = await ask(
      `${gateway.url}/v1/a/g/faulty/fault/503;times=2;key=${runtime}/${endpoint}`,
      {
        headers: {
          "content-type": "application/json",
          "cf-aig-max-attempts": "3",
          "cf-aig-retry-delay": "1",
        },
        body: JSON.stringify(query),
      },
    );
    assert.equal(status, 200);
    assert.deepEqual(provider.calls.slice(-3).map(({ fault }) => fault), ["503", "503", "healthy"]);
  });

  // A Worker hears of a client that closes quietly only at its next write.
  if (runtime === "workers") return;
  promise("a client that leaves takes its call to the provider along", async () => {
    const outgoing = open(`${gateway.url}/v1/a/g/faulty/fault/stall/${endpoint}`, {
      headers: { "content-type": "application/json" },
      body: JSON.stringify(query),
    });
    await head(outgoing);
    const [call, ...others] = provider.calls.filter(({ fault }) => fault === "stall");
    assert.deepEqual(others, []);
    outgoing.destroy();
    assert.equal(await within(2000, "the end of the call", call!.ended), "aborted");
  });
});
