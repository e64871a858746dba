/**
 * Says so when it is there, waits to be told, then adds providers to settings that others change, too:
 * `settings-child.ts where times`, where is a file of SQLite's or the URL of a Redis.
 */
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import type { SettingsStore } from "../../adapters/management.ts";
import { redisSettings } from "../../adapters/redis-settings.ts";
import { sqliteSettings } from "../../adapters/sqlite-settings.ts";
import { openClient } from "../support/redis-clients.ts";

const [where = "", times] = process.argv.slice(2);
const store = await open();
console.log("open");
await new Promise((resolve) => process.stdin.once("data", resolve));
for (let time = 0; time < Number(times); time++) {
  while (!await addProvider(`${process.pid}-${time}`).catch(refuse));
  await setTimeout(1);
}
process.exit();

async function open(): Promise<SettingsStore> {
  if (!where.startsWith("redis:")) return sqliteSettings(where);
  return redisSettings((await openClient["node-redis"](where)).client);
}

/** A file that is locked for too long is a file to which nothing was written. */
function refuse(error: Error): false {
  if (/locked|busy/.test(error.message)) return false;
  throw error;
}

async function addProvider(slug: string): Promise<boolean> {
  const { version, providers, ...others } = await store.read() ??
    { version: 0, gateways: [], keys: [], providers: [] };
  const since = new Date().toISOString();
  const made = {
    id: slug,
    slug,
    name: slug,
    base_url: "https://acme.example",
    enable: true,
    beta: false,
    created_at: since,
    modified_at: since,
  };
  return await store.write({ ...others, version: version + 1, providers: [...providers, made] });
}
