import { Redis } from "ioredis";
import { createClient } from "redis";
import type { RedisClient } from "../../adapters/redis.ts";

/** A client that is connected. */
export interface OpenedClient {
  readonly client: RedisClient;
  close(): void;
}

/** The clients that a store is tested with. */
export type ClientName = "ioredis" | "node-redis" | "bun";

/** Opens a client as the README tells to: one that refuses commands while its server is gone, and never gives up. */
export const openClient: Readonly<Record<ClientName, (url: string) => Promise<OpenedClient>>> = {
  async ioredis(url) {
    const client = new Redis(url, { lazyConnect: true, enableOfflineQueue: false, maxRetriesPerRequest: 0 });
    client.on("error", () => {});
    await client.connect();
    return { client, close: () => client.disconnect() };
  },
  async "node-redis"(url) {
    const client = createClient({ url, disableOfflineQueue: true });
    client.on("error", () => {});
    await client.connect();
    return { client, close: () => client.destroy() };
  },
  async bun(url) {
    const client = new Bun.RedisClient(url, { enableOfflineQueue: false, maxRetries: 1e9 });
    await client.connect();
    return { client, close: () => client.close() };
  },
};

/** Those of them that the runtime has which runs this. */
export const clientNames: readonly ClientName[] = "Bun" in globalThis
  ? ["ioredis", "node-redis", "bun"]
  : ["ioredis", "node-redis"];
