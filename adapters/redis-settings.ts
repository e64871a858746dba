import type { SettingsStore } from "./management.ts";
import { type RedisClient, senderOf } from "./redis-client.ts";
import { readSettings } from "./settings-row.ts";

export type { RedisClient, RedisCommand } from "./redis-client.ts";

/** How the key is called in Redis. */
export interface RedisSettingsOptions {
  /** What the key begins with. @default "waygate" */
  readonly prefix?: string;
}

/** Keeps a content where the version before it is there, in one step; without any, the version is 0. */
const REPLACE = `
local kept = redis.call("HGET", KEYS[1], "version") or "0"
if tonumber(kept) ~= tonumber(ARGV[1]) - 1 then return 0 end
redis.call("HSET", KEYS[1], "version", ARGV[1], "content", ARGV[2])
return 1`;

/**
 * What is set by the API of `waygate/management`, in one hash of Redis', for all who share it. Works with a client of
 * ioredis, node-redis or Bun, and with any function that sends a command. It has providers' keys in it, as they are, and
 * no time after which it is gone.
 *
 * @throws {TypeError} when it is no such client
 */
export function redisSettings(
  client: RedisClient,
  { prefix = "waygate" }: RedisSettingsOptions = {},
): SettingsStore {
  const send = senderOf(client, "redisSettings");
  const key = `${prefix}:settings`;

  /** What clients throw may have the command in it, and so the keys of providers. */
  async function ask(...command: readonly string[]): Promise<unknown> {
    try {
      return await send(command, key);
    } catch (error) {
      const { message = "unknown", code } = Object(error) as {
        readonly message?: string;
        readonly code?: string;
      };
      // The word with which the server begins tells more than a code that a client gives to all it says.
      const [word = code] = /^[A-Z]+\b/.exec(message) ?? [];
      throw Object.assign(new Error(`Redis failed: ${message}`), { code: word });
    }
  }

  return {
    async read() {
      const [version, content] = await ask("HMGET", key, "version", "content") as readonly unknown[];
      const nothing = (version ?? content ?? undefined) === undefined;
      return nothing ? undefined : readSettings(`the key ${key} of Redis`, { version, content });
    },
    async write(settings) {
      const { version } = settings;
      const done = await ask("EVAL", REPLACE, "1", key, String(version), JSON.stringify(settings));
      return Number(done) === 1;
    },
  };
}
