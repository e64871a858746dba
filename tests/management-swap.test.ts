import assert from "node:assert/strict";
import { test } from "node:test";
import { account, least, managed } from "./support/managed.ts";
import { ask, type Call } from "./support/script.ts";

/** By the first, a request that fails twice comes to a good end and is kept; by the second, neither. */
const versions = [
  { cache_ttl: 60, retry_max_attempts: 3 },
  { cache_ttl: null, retry_max_attempts: 2 },
] as const;

test("of 500 requests while a gateway is changed 25 times, each obeys one version, and none is lost", async () => {
  const attempts = new Map<string, number>();
  const failTwice = async ({ body }: Call) => {
    const attempt = (attempts.get(body) ?? 0) + 1;
    attempts.set(body, attempt);
    await new Promise((resolve) => setTimeout(resolve, 0));
    return new Response(body, { status: attempt > 2 ? 200 : 503 });
  };
  const { client, gateway } = managed({}, {}, Array.from({ length: 1500 }, () => failTwice));
  const settings = (at: number) => ({ ...account, ...least, retry_delay: 0, ...versions[at % 2] });
  await client.aiGateway.create({ ...settings(0), id: "g" });

  const seen: string[] = [];
  const request = async (at: number) => {
    const body = JSON.stringify({ model: "m", at });
    const answer = await gateway.handle(ask("/openai/chat/completions", { body }));
    assert.equal(await answer.text(), body);
    seen.push(`${answer.status} ${answer.headers.get("cf-aig-cache-status")} ${attempts.get(body)}`);
  };
  for (let at = 1; at <= 25; at++) {
    const before = Array.from({ length: 10 }, (_, index) => request(at * 100 + index));
    const changing = client.aiGateway.update("g", settings(at));
    const after = Array.from({ length: 10 }, (_, index) => request(at * 100 + 50 + index));
    await Promise.all([...before, changing, ...after]);
  }
  assert.equal(seen.length, 500);
  assert.deepEqual([...new Set(seen)].sort(), ["200 MISS 3", "503 null 2"]);
});

test("a request under way ends by the settings with which it began", async () => {
  const { promise, resolve } = Promise.withResolvers<Response>();
  const { client, gateway } = managed({}, {}, [() => promise]);
  await client.aiGateway.create({ ...account, id: "g", ...least });
  const asked = gateway.handle(ask("/openai/models"));
  await client.aiGateway.delete("g", account);
  resolve(new Response("late"));
  assert.equal(await (await asked).text(), "late");
  assert.equal((await gateway.handle(ask("/openai/models"))).status, 400);
});

test("what was counted still counts after a change", async () => {
  const { client, gateway } = managed();
  const limit = { rate_limiting_limit: 2, rate_limiting_interval: 86_400 } as const;
  await client.aiGateway.create({ ...account, id: "g", ...least, ...limit });
  const status = async () => (await gateway.handle(ask("/openai/models"))).status;
  assert.deepEqual([await status(), await status()], [200, 200]);
  await client.aiGateway.update("g", { ...account, ...least, ...limit, cache_ttl: 60 });
  assert.equal(await status(), 429);
});

test("kept answers are forgotten by a change only where the gateway says so", async () => {
  const { client, gateway } = managed();
  const ask1 = async () => {
    const answer = await gateway.handle(ask("/openai/chat/completions", { body: `{"model":"m"}` }));
    await answer.text();
    return answer.headers.get("cf-aig-cache-status");
  };
  const own = { ...account, ...least, cache_ttl: 60 };
  await client.aiGateway.create({ ...own, id: "g" });
  assert.deepEqual([await ask1(), await ask1()], ["MISS", "HIT"]);
  await client.aiGateway.update("g", { ...own, collect_logs: false });
  assert.equal(await ask1(), "HIT");
  await client.aiGateway.update("g", { ...own, cache_invalidate_on_update: true });
  assert.deepEqual([await ask1(), await ask1()], ["MISS", "HIT"]);
  await client.aiGateway.update("g", { ...own, cache_invalidate_on_update: true, cache_ttl: 90 });
  assert.equal(await ask1(), "MISS");
});
