import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Redis } from "ioredis";
import { type RedisClient, redisStore } from "../../adapters/redis.ts";
import type { Counter, Store } from "../../src/index.ts";
import { hasRedis, type RedisServer, startRedis } from "../support/redis.ts";
import { clientNames, openClient, type OpenedClient } from "../support/redis-clients.ts";

test("redis: what is no client is refused", () => {
  for (const client of [{}, { get: () => {} }]) {
    assert.throws(() => redisStore(client as unknown as RedisClient), TypeError);
  }
});

for (const name of hasRedis() ? clientNames : []) {
  let redis: RedisServer;
  let eye: Redis;
  let opened: OpenedClient;
  let store: Store & Counter;
  before(async () => {
    redis = await startRedis();
    eye = new Redis(redis.url);
    opened = await openClient[name](redis.url);
    store = redisStore(opened.client);
  });
  after(async () => {
    eye.disconnect();
    opened.close();
    await redis.stop();
  });
  const proves = (told: string, prove: () => Promise<void>) => test(`redis through ${name}: ${told}`, prove);

  proves("sums are exact up to 2^53", async () => {
    for (const amount of [2 ** 53 - 1, 1e15 + 1, 123_456_789_012_345]) {
      const key = crypto.randomUUID();
      assert.equal((await store.add(key, amount, 60_000)).used, amount);
      assert.equal((await store.add(key, 1, 60_000)).used, amount + 1);
      assert.equal((await store.add(key, -amount, 60_000)).used, 1);
    }
  });

  proves("times of any size are taken, and one that is over means gone at once", async () => {
    for (const over of [0, -1, -0.5, -Infinity, NaN]) {
      await store.set("value", 1, 60_000);
      await store.set("value", 2, over);
      assert.equal(await store.get("value"), undefined);
      assert.deepEqual(await store.add("count", 1, over), { used: 1, resets: 0 });
    }
    for (const ttl of [0.01, 1e3 / 3, 1e21, Infinity]) {
      await store.set(`value ${ttl}`, 1, ttl);
      assert.equal((await store.add(`count ${ttl}`, 1, ttl)).used, 1);
    }
    assert.equal(await store.get("value Infinity"), 1);
  });

  proves("nothing is kept for ever, not even a count that lost its time", async () => {
    await eye.set("waygate:count:{lost}", "41");
    assert.deepEqual(await store.add("lost", 1, 60_000), { used: 42, resets: 60_000 });
    await store.set("kept", 1, 60_000);
    for (const key of await eye.keys("*")) assert.notEqual(await eye.pttl(key), -1, key);
  });

  proves("stores with other prefixes do not meet", async () => {
    const other = redisStore(opened.client, { prefix: "other" });
    await store.set("common", 1, 60_000);
    await store.add("common", 1, 60_000);
    assert.equal(await other.get("common"), undefined);
    assert.equal((await other.add("common", 1, 60_000)).used, 1);
    const keys = ["waygate:value:{common}", "waygate:count:{common}", "other:count:{common}"];
    assert.equal(await eye.exists(...keys), keys.length);
  });

  proves("an amount that is none changes nothing, and is told", async () => {
    await assert.rejects(async () => await store.add("odd", 0.5, 60_000));
    assert.equal(await eye.exists("waygate:count:{odd}"), 0);
  });

  proves("whoever asks is told when Redis is gone", async () => {
    await redis.stop();
    await assert.rejects(store.get("any"));
    await assert.rejects(store.set("any", 1, 1000));
    await assert.rejects(store.delete("any"));
    await assert.rejects(store.add("any", 1, 1000));
    await redis.start();
  });
}
