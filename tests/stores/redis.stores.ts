import { after } from "node:test";
import { Cluster } from "ioredis";
import { createCluster } from "redis";
import { redisStore } from "../../adapters/redis.ts";
import { hasRedis, startRedis } from "../support/redis.ts";
import { clientNames, openClient } from "../support/redis-clients.ts";
import { startCluster } from "../support/redis-cluster.ts";
import { keepsCounterContract, keepsStoreContract } from "./contract.ts";

const testable = hasRedis();

for (const name of testable ? clientNames : []) {
  const open = async () => {
    const redis = await startRedis();
    const { client, close } = await openClient[name](redis.url);
    return {
      store: redisStore(client),
      async close() {
        close();
        await redis.stop();
      },
    };
  };
  keepsStoreContract(`redis through ${name}`, open);
  keepsCounterContract(`redis through ${name}`, open);
}

const cluster = testable ? await startCluster() : undefined;
if (cluster) {
  const { ports, stop } = cluster;
  keepsCounterContract("redis cluster through ioredis", () => {
    const client = new Cluster(ports.map((port) => ({ host: "127.0.0.1", port })));
    client.on("error", () => {});
    return { store: redisStore(client), close: () => client.disconnect() };
  });
  keepsCounterContract("redis cluster through node-redis", async () => {
    const client = createCluster({ rootNodes: ports.map((port) => ({ url: `redis://127.0.0.1:${port}` })) });
    client.on("error", () => {});
    await client.connect();
    const store = redisStore((command, key) => client.sendCommand(key, false, [...command]));
    return { store, close: () => client.destroy() };
  });
  after(stop);
}
