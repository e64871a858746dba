import assert from "node:assert/strict";
import { after, test } from "node:test";
import { Cluster, Redis } from "ioredis";
import { createCluster } from "redis";
import { type RedisClient, redisSettings } from "../../adapters/redis-settings.ts";
import { redisStore } from "../../adapters/redis.ts";
import { hasRedis, startRedis } from "../support/redis.ts";
import { clientNames, openClient } from "../support/redis-clients.ts";
import { startCluster } from "../support/redis-cluster.ts";
import { provesProcessesLoseNothing } from "./settings-children.ts";
import { keepsRowsContract, keepsSettingsContract } from "./settings-contract.ts";
import { everythingOf, settings, type SpoiltRow } from "./settings-samples.ts";

const KEY = "waygate:settings";
const testable = hasRedis();
const server = testable ? await startRedis() : undefined;
after(() => server?.stop());
const cluster = testable ? await startCluster() : undefined;
after(() => cluster?.stop());

test("settings in Redis: what is no client is refused", () => {
  for (const client of [{}, { get: () => {} }]) {
    assert.throws(() => redisSettings(client as unknown as RedisClient), /redisSettings: Expected/);
  }
});

for (const name of server ? clientNames : []) {
  const { url } = server!;

  const open = async () => {
    const prefix = crypto.randomUUID();
    const [one, two] = await Promise.all([openClient[name](url), openClient["node-redis"](url)]);
    const eye = new Redis(url);
    return {
      store: redisSettings(one.client, { prefix }),
      other: redisSettings(two.client, { prefix }),
      spoil: ({ version, content }: SpoiltRow) =>
        eye.hset(`${prefix}:settings`, { version, content }).then(() => {}),
      close() {
        one.close();
        two.close();
        eye.disconnect();
      },
    };
  };
  keepsSettingsContract(`in Redis through ${name}`, open);
  keepsRowsContract(`in Redis through ${name}`, open);

  test(`settings in Redis through ${name} are one key that stays, and no value or count of a store`, async () => {
    const redis = await startRedis();
    const { client, close } = await openClient[name](redis.url);
    const eye = new Redis(redis.url);
    try {
      await redisSettings(client).write(settings(1));
      await redisStore(client).set("settings", 1, 60_000);
      await redisStore(client).add("settings", 1, 60_000);
      assert.equal(await eye.pttl(KEY), -1);
      assert.deepEqual(await redisSettings(client).read(), settings(1));
      assert.equal(await redisSettings(client, { prefix: "other" }).read(), undefined);
      assert.equal((await eye.keys("*settings")).length, 1);
    } finally {
      eye.disconnect();
      close();
      await redis.stop();
    }
  });

  test(`settings in Redis through ${name} that cannot be read or written are told without a secret`, async () => {
    const redis = await startRedis();
    const { client, close } = await openClient[name](redis.url);
    const eye = new Redis(redis.url);
    const store = redisSettings(client);
    const told = async (work: Promise<unknown>, what: RegExp, code: RegExp = /^/) => {
      await assert.rejects(work, (error: Error) => {
        assert.match(error.message, what);
        assert.match(`${(error as { code?: string }).code}`, code);
        assert.ok(!everythingOf(error).includes("sk-"), everythingOf(error));
        return true;
      });
    };
    try {
      await eye.set(KEY, "sk-of-somebody");
      await told(store.read(), /^Redis failed: .*WRONGTYPE/, /^WRONGTYPE$/);
      await told(store.write(settings(1, "sk-secret")), /^Redis failed: .*WRONGTYPE/);
      assert.equal(await eye.get(KEY), "sk-of-somebody");
      await eye.del(KEY);
      await eye.hset(KEY, { version: "sk-odd", content: "sk-odd" });
      await told(store.read(), /^the key waygate:settings of Redis holds no settings/, /^NO_OBJECT$/);
      assert.equal(await store.write(settings(1, "sk-secret")), false);
      assert.equal(await eye.hget(KEY, "content"), "sk-odd");
      await redis.stop();
      await told(store.read(), /^Redis failed: /);
      await told(store.write(settings(1, "sk-secret")), /^Redis failed: /);
      await redis.start();
    } finally {
      eye.disconnect();
      close();
      await redis.stop();
    }
  });
}

if (server) {
  test("settings in Redis: two processes that change them at once lose nothing", async () => {
    const { client, close } = await openClient.ioredis(server.url);
    await provesProcessesLoseNothing(server.url, redisSettings(client)).finally(close);
  });
}

if (cluster) {
  const { ports } = cluster;
  const open = async () => {
    const io = new Cluster(ports.map((port) => ({ host: "127.0.0.1", port })));
    io.on("error", () => {});
    const node = createCluster({ rootNodes: ports.map((port) => ({ url: `redis://127.0.0.1:${port}` })) });
    node.on("error", () => {});
    await node.connect();
    const prefix = crypto.randomUUID();
    return {
      store: redisSettings(io, { prefix }),
      other: redisSettings((command, key) => node.sendCommand(key, false, [...command]), { prefix }),
      spoil: ({ version, content }: SpoiltRow) =>
        io.hset(`${prefix}:settings`, { version, content }).then(() => {}),
      close() {
        io.disconnect();
        node.destroy();
      },
    };
  };
  keepsSettingsContract("in a cluster of Redis, through both clients", open);
  keepsRowsContract("in a cluster of Redis, through both clients", open);
}
