import { Redis } from "ioredis";
import { startRedis } from "./redis.ts";

/** Two Redis servers, each with one half of the keys. */
export interface RedisCluster {
  readonly ports: readonly number[];
  stop(): Promise<void>;
}

/** Longest that a cluster may take until it is one, in ms. */
const PATIENCE = 20_000;
/** The slots of a cluster. */
const SLOTS = Array.from({ length: 16_384 }, (_, slot) => String(slot));
/** The part of them that each server has. */
const HALVES = [SLOTS.slice(0, 8192), SLOTS.slice(8192)];

/** Starts a cluster and waits until all of it takes commands. */
export async function startCluster(): Promise<RedisCluster> {
  const members = await Promise.all(HALVES.map(startMember));
  const [first, second] = members.map(({ client }) => client);
  await first!.call("CLUSTER", "MEET", "127.0.0.1", String(members[1]!.server.port));
  const began = performance.now();
  while (!(await Promise.all([first!, second!].map(isWhole))).every(Boolean)) {
    if (performance.now() - began > PATIENCE) throw new Error("the cluster does not come together");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  for (const { client } of members) client.disconnect();
  return {
    ports: members.map(({ server }) => server.port),
    stop: async () => void await Promise.all(members.map(({ server }) => server.stop())),
  };
}

async function startMember(slots: readonly string[]) {
  const server = await startRedis("--cluster-enabled", "yes");
  const client = new Redis(server.url);
  await client.call("CLUSTER", "ADDSLOTS", ...slots);
  return { server, client };
}

async function isWhole(client: Redis): Promise<boolean> {
  const told = String(await client.call("CLUSTER", "INFO"));
  return told.includes("cluster_state:ok") && told.includes("cluster_known_nodes:2");
}
