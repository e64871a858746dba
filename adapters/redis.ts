import type { Counter, Store } from "../src/index.ts";
import { type RedisClient, senderOf } from "./redis-client.ts";

export type { RedisClient, RedisCommand } from "./redis-client.ts";

/** How keys are called in Redis. */
export interface RedisStoreOptions {
  /** What every key begins with. @default "waygate" */
  readonly prefix?: string;
}

/**
 * Adds in one step, and gives a time to whatever has none. The sum comes as text: clients that read digit by digit are
 * wrong about the largest numbers.
 */
const ADD = `
local used = redis.call("INCRBY", KEYS[1], ARGV[1])
local resets = redis.call("PTTL", KEYS[1])
if resets < 0 then
  redis.call("PEXPIRE", KEYS[1], ARGV[2])
  resets = tonumber(ARGV[2])
end
return { string.format("%.0f", used), resets }`;
/** What bytes begin with; no JSON does. */
const BYTES = "base64:";
/** Most characters that are made at once: arguments of a function are few. */
const PIECE = 4096;

/**
 * Keeps values and counts in Redis, for all who share it. Works with a client of ioredis, node-redis or Bun, and with
 * any function that sends a command. Bytes are kept as base64, a third longer than they are, because not every client
 * gives bytes back.
 *
 * @throws {TypeError} when it is no such client
 */
export function redisStore(
  client: RedisClient,
  { prefix = "waygate" }: RedisStoreOptions = {},
): Store & Counter {
  const send = senderOf(client, "redisStore");
  // Braces make a cluster keep the value and the count of one key at one place.
  const valueOf = (key: string) => `${prefix}:value:{${key}}`;
  const countOf = (key: string) => `${prefix}:count:{${key}}`;

  async function remove(name: string): Promise<void> {
    await send(["DEL", name], name);
  }

  return {
    async get(key) {
      const name = valueOf(key);
      const text = await send(["GET", name], name);
      return text === null || text === undefined ? undefined : read(String(text));
    },
    async set(key, value, ttl) {
      const name = valueOf(key);
      const ms = wholeMs(ttl);
      if (ms === "0") return remove(name);
      await send(["SET", name, write(value), "PX", ms], name);
    },
    delete: (key) => remove(valueOf(key)),
    async add(key, amount, window) {
      const name = countOf(key);
      const told = await send(["EVAL", ADD, "1", name, String(amount), wholeMs(window)], name);
      const [used, resets] = told as [unknown, unknown];
      return { used: Number(used), resets: Number(resets) };
    },
  };
}

/** A time as Redis takes it: 0 for one that is over. */
function wholeMs(ms: number): string {
  return String(ms > 0 ? Math.min(Math.ceil(ms), Number.MAX_SAFE_INTEGER) : 0);
}

function write(value: unknown): string {
  return value instanceof Uint8Array ? BYTES + toBase64(value) : JSON.stringify(value);
}

function read(text: string): unknown {
  return text.startsWith(BYTES) ? fromBase64(text.slice(BYTES.length)) : JSON.parse(text);
}

function toBase64(bytes: Uint8Array & { toBase64?(): string }): string {
  if (bytes.toBase64) return bytes.toBase64();
  let text = "";
  for (let at = 0; at < bytes.length; at += PIECE) {
    text += Reflect.apply(String.fromCharCode, undefined, bytes.subarray(at, at + PIECE));
  }
  return btoa(text);
}

function fromBase64(text: string): Uint8Array {
  const { fromBase64 }: { fromBase64?(text: string): Uint8Array } = Uint8Array;
  if (fromBase64) return fromBase64.call(Uint8Array, text);
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = characters.charCodeAt(at);
  return bytes;
}
