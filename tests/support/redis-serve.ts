import type { Settings } from "../../src/public.ts";
import type { ClientName } from "./redis-clients.ts";
import { bin, serve, type Served } from "./serve.ts";

/** The runtimes on which a gateway shares a Redis, each with another client. */
export const sharing = ["bun", "deno", "node"] as const;

/** A gateway with its store in Redis. */
export interface Sharing extends Served {
  /** Forgets what the cache of a gateway id holds. */
  purge(id: string): Promise<void>;
}

const clients: Readonly<Record<(typeof sharing)[number], ClientName>> = {
  bun: "bun",
  deno: "node-redis",
  node: "ioredis",
};

/** Starts a gateway with its store in the Redis of a URL. */
export async function serveSharing(
  runtime: (typeof sharing)[number],
  url: string,
  settings: Settings,
): Promise<Sharing> {
  const program = runtime === "deno" ? [bin("deno"), "run", "-A"] : [bin(runtime)];
  const command = [...program, "tests/support/redis-main.ts", clients[runtime], url];
  const served = await serve(runtime, settings, { command });
  return {
    ...served,
    async purge(id) {
      const { stdin, stdout } = served.process;
      const told = new Promise((resolve) => stdout!.once("data", resolve));
      stdin!.write(`${id}\n`);
      await told;
    },
  };
}
