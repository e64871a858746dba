import assert from "node:assert/strict";
import process, { env } from "node:process";
import { after, before, test, type TestContext } from "node:test";
import { type FaultyServer, startFaultyServer } from "../../adapters/testing/server.ts";
import { createDraw } from "../support/draw.ts";
import { type Inside, type Inspected, serveInspected } from "../support/inspect.ts";
import { type Runtime, runtimes } from "../support/serve.ts";
import { sideBySide } from "../support/side-by-side.ts";
import { pay, type Sight } from "./soak-client.ts";
import { drawVisit, gateways, providersAt, SECRET } from "./soak-visits.ts";
import { ask, pause, within } from "./stage.ts";

const REQUESTS = 2000;
/** Requests after which everything is warm. */
const WARM = 500;
const CONCURRENCY = 32;
/** More than there are requests under way, so that a circuit sees several calls and nobody another's answer. */
const MARKS = 50;
/** How often memory is looked at: garbage that lies about once need not the next time. */
const LOOKS = 5;
const seed = Number(env["SOAK_SEED"] ?? Math.floor(Math.random() * 1e9));

/** What no client may see. Bun and workerd send not even a head where the body is already broken. */
const wrong: Readonly<Record<Runtime, readonly Sight[]>> = {
  bun: ["hung", "another's"],
  deno: ["hung", "another's", "unanswered"],
  node: ["hung", "another's", "unanswered"],
  workers: ["hung", "another's"],
};
/** What no gateway may print. workerd says "uncaught" of every answer that the gateway breaks off. */
const complaint: Readonly<Record<Runtime, RegExp>> = {
  bun: /unhandled|uncaught/i,
  deno: /unhandled|uncaught/i,
  node: /unhandled|uncaught/i,
  workers: /unhandled|uncaught(?!.*GatewayError)/i,
};

const KIB = 1024;
const MIB = 1024 * KIB;
/**
 * By how many bytes the memory in use may grow from the 500th request to the last: 1 KiB a request,
 * in Bun half of it. A context that is not let go costs more. workerd tells only what is resident, which grows with what lies about as garbage.
 */
const growth: Readonly<Record<Runtime, number>> = {
  bun: 0.75 * MIB,
  deno: 1.5 * MIB,
  node: 1.5 * MIB,
  workers: 128 * MIB,
};
// Node may turn for ever in the tidying that follows where so many connections were broken off.
after(() => void process.once("exit", () => process.exit()));

const tell = (bytes: number) => `${(bytes / KIB).toFixed()} KiB`;

sideBySide(runtimes, (runtime) => {
  let provider: FaultyServer;
  let wordy: FaultyServer;
  let gateway: Inspected;
  let warm: Inside;
  const sights = new Map<Sight, number>();
  const complaints: string[] = [];
  const calls = () => [...provider.calls, ...wordy.calls];
  before(async () => {
    provider = await startFaultyServer();
    wordy = await startFaultyServer({ text: `${"word".repeat(64 * KIB)} `.repeat(2) });
    const providers = providersAt(provider.url, provider.refused, wordy.url);
    gateway = await serveInspected(runtime, { gateways, providers });
  });
  after(() => Promise.all([gateway.stop(), provider.stop(), wordy.stop()]));
  const promise = (name: string, keep: (test: TestContext) => Promise<void>) =>
    test(`soak on ${runtime}: ${name} (seed ${seed})`, { timeout: 120_000 }, keep);

  /** Sends the requests from one number up to another, so many at a time. */
  const soak = async (from: number, to: number): Promise<void> => {
    let next = from;
    await Promise.all(Array.from({ length: CONCURRENCY }, async () => {
      while (next < to) {
        const index = next++;
        const visit = drawVisit(createDraw(seed + index), `soak-${index % MARKS}`, runtime !== "deno");
        const sight = await pay(visit, { origin: gateway.url, abrupt: runtime === "workers" });
        sights.set(sight, (sights.get(sight) ?? 0) + 1);
        if (wrong[runtime].includes(sight)) {
          complaints.push(`${index} was ${sight}: ${JSON.stringify(visit)}`);
        }
      }
    }));
  };

  /** What is left inside when the last timer has rung or been cleared: the least, for what is lost stays. */
  const settle = async (): Promise<Inside> => {
    let inside = await gateway.inspect();
    for (let waited = 0; inside.timers && waited < 10_000; waited += 100) {
      await pause(100);
      inside = await gateway.inspect();
    }
    for (let look = 0; look < LOOKS; look++) {
      await pause(20);
      const { heap, ...rest } = await gateway.inspect();
      inside = { ...rest, heap: Math.min(heap, inside.heap) };
    }
    return inside;
  };

  promise("every request comes to an end, and to its own", async (test) => {
    await soak(0, WARM);
    warm = await settle();
    await soak(WARM, REQUESTS);
    assert.deepEqual(complaints.slice(0, 3), [], gateway.output());
    test.diagnostic(JSON.stringify(Object.fromEntries(sights)));
    for (const sight of [200, 502, 504, "broken", "left"] as const) {
      assert.ok(sights.get(sight)! > REQUESTS / 100, `${sight} was seen ${sights.get(sight)} times`);
    }
  });

  promise("no call to a provider goes on", async () => {
    await within(5000, "the end of every call", Promise.all(calls().map(({ ended }) => ended)));
    assert.ok(provider.open + wordy.open <= 3 * CONCURRENCY, `${provider.open + wordy.open} connections`);
  });

  promise("no timer and no memory is left", async (test) => {
    const { timers, heap } = await settle();
    const grown = heap - warm.heap;
    test.diagnostic(`memory in use: ${tell(warm.heap)} after ${WARM} requests, ${tell(heap)} after all`);
    assert.equal(timers ?? 0, 0);
    assert.ok(grown <= growth[runtime], `grew by ${tell(grown)}`);
  });

  promise("every place of a crowded provider is free again", async () => {
    const body = JSON.stringify({ model: "m" });
    const url = `${gateway.url}/v1/a/plain/crowded/fault/slow-headers/v1/chat/completions`;
    const answers = await Promise.all(Array.from({ length: 4 }, () => ask(url, { body })));
    assert.deepEqual(answers.map(({ status }) => status), [200, 200, 200, 200]);
  });

  promise("the process is well, and prints neither errors nor keys", async () => {
    const { status } = await ask(`${gateway.url}/healthz`);
    assert.equal(status, 200);
    assert.doesNotMatch(gateway.output(), complaint[runtime]);
    assert.ok(!gateway.output().includes(SECRET), "a key was printed");
  });

  promise("no connection outlives the gateway", async () => {
    await gateway.stop();
    for (let waited = 0; provider.open + wordy.open > 0 && waited < 5000; waited += 20) await pause(20);
    assert.equal(provider.open + wordy.open, 0);
  });
}, 2);
