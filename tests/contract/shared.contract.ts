import assert from "node:assert/strict";
import { Agent } from "node:http";
import { after, before, test } from "node:test";
import { type FaultyServer, startFaultyServer } from "../../adapters/testing/server.ts";
import { hasRedis, type RedisServer, startRedis } from "../support/redis.ts";
import { serveSharing, type Sharing, sharing } from "../support/redis-serve.ts";
import { until } from "../support/until.ts";
import { ask, pause, type Whole } from "./stage.ts";

/** A dollar a token. */
const BUDGET = 2000;
const gateways = {
  // A day: no test meets the end of such a window.
  narrow: { rateLimit: { limit: 100, interval: 86_400 } },
  keeping: { cacheTtl: 60 },
  thrifty: { budgets: [{ limit: BUDGET, interval: 86_400 }] },
  breaking: { breaker: { minimum: 5, window: 60_000, cooldown: 60_000 } },
};
const headers = { "content-type": "application/json" };
const endpoint = "v1/chat/completions";
const query = { model: "m", messages: [] };

/** What must hold for gateways of one Redis, each in a process, on a runtime and with a client of its own. */
if (hasRedis()) {
  let provider: FaultyServer;
  let redis: RedisServer;
  let servers: readonly Sharing[];
  before(async () => {
    [provider, redis] = await Promise.all([startFaultyServer(), startRedis()]);
    const base = provider.url;
    const settings = { gateways, providers: { faulty: { base }, spare: { base } } };
    servers = await Promise.all(sharing.map((runtime) => serveSharing(runtime, redis.url, settings)));
  });
  after(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await Promise.all([provider.stop(), redis.stop()]);
  });
  const promise = (name: string, keep: () => Promise<void>) =>
    test(`gateways that share a Redis: ${name}`, { timeout: 30_000 }, keep);
  const at = (server: Sharing, id: keyof typeof gateways, fault = "healthy", agent?: Agent) =>
    ask(`${server.url}/v1/a/${id}/faulty/fault/${fault}/${endpoint}`, {
      headers,
      body: JSON.stringify(query),
      ...(agent && { agent }),
    });

  const askTwo = ({ url }: Sharing) =>
    ask(`${url}/v1/a/breaking`, {
      headers,
      body: JSON.stringify(["faulty", "spare"].map((provider) => ({ provider, endpoint, query }))),
    });

  promise("what one has kept all have, and what one forgets all forget", async () => {
    for (const [index, server] of servers.entries()) {
      assert.equal((await at(server, "keeping")).headers["cf-aig-cache-status"], "MISS");
      const kept = await untilHit(() => at(server, "keeping"));
      const calls = provider.calls.length;
      for (const { headers, body } of await Promise.all(servers.map((server) => at(server, "keeping")))) {
        assert.equal(headers["cf-aig-cache-status"], "HIT");
        assert.equal(body.toString(), kept.body.toString());
      }
      assert.equal(provider.calls.length, calls);
      await servers[(index + 1) % servers.length]!.purge("keeping");
    }
  });

  promise("a provider that has failed at one is left alone by all", async () => {
    const [first, ...others] = servers;
    const before = await askTwo(first!);
    assert.equal(before.headers["cf-aig-step"], "0");
    for (let call = 0; call < 5; call++) assert.equal((await at(first!, "breaking", "503")).status, 503);
    for (const server of others) {
      const { status, headers } = await askTwo(server);
      assert.deepEqual([status, headers["cf-aig-step"]], [200, "1"]);
    }
  });

  promise("what one spends is spent for all, and 500 calls at once spend no more than there is", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 50 });
    const body = JSON.stringify({ ...query, max_tokens: 500 });
    const spend = async (server: Sharing) => {
      const url = `${server.url}/v1/a/thrifty/faulty/fault/healthy/${endpoint}`;
      const { status, body: told } = await ask(url, { headers, body, agent });
      return status === 200 ? JSON.parse(told.toString()).usage.total_tokens : 0;
    };
    const crowd = Array.from({ length: 500 }, (_, index) => spend(servers[index % servers.length]!));
    let spent = (await Promise.all(crowd)).reduce((sum, tokens) => sum + tokens, 0);
    assert.ok(spent > 0 && spent <= BUDGET, `${spent} tokens of ${BUDGET}`);
    await pause(200);
    // The last of them are settled.
    await until(async () => (spent += await spend(servers[0]!)) > BUDGET - 600, "room for no more");
    for (let tokens = 1; tokens > 0; spent += tokens) tokens = await spend(servers[0]!);
    assert.ok(spent <= BUDGET && spent > BUDGET - 600, `${spent} tokens of ${BUDGET}`);
    for (const server of servers) assert.equal(await spend(server), 0);
    agent.destroy();
  });

  promise("of 500 requests at once, spread over all, exactly as many pass as may", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 50 });
    const one = (_: unknown, index: number) =>
      at(servers[index % servers.length]!, "narrow", "healthy", agent);
    const answers = await Promise.all(Array.from({ length: 500 }, one));
    agent.destroy();
    const count = (wanted: number) => answers.filter(({ status }) => status === wanted).length;
    assert.deepEqual([count(200), count(429)], [100, 400]);
  });
}

/** Asks until an answer comes out of the cache: it is kept soon after it has been given. */
async function untilHit(one: () => Promise<Whole>): Promise<Whole> {
  for (let tries = 0; tries < 100; tries++) {
    const answer = await one();
    if (answer.headers["cf-aig-cache-status"] === "HIT") return answer;
    await pause(20);
  }
  assert.fail("nothing is kept");
}
