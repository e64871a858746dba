/**
 * Serves a gateway with its store in Redis, on Bun, Deno or Node, whichever runs this file. Every line of its input is a
 * gateway id whose cache is purged; it ends with its input.
 */
import process from "node:process";
import { createInterface } from "node:readline";
import { chooseAdapter } from "../../adapters/cli/adapter.ts";
import { readCommandLine, readPort } from "../../adapters/cli/command-line.ts";
import { greeting } from "../../adapters/cli/greeting.ts";
import { openSource, readGood } from "../../adapters/cli/source.ts";
import { redisStore } from "../../adapters/redis.ts";
import { createGateway, type Price } from "../../src/index.ts";
import { type ClientName, openClient } from "./redis-clients.ts";

const [name, url, ...command] = process.argv.slice(2);
const line = readCommandLine(["serve", ...command]);
if (typeof line === "string") throw new Error(line);
const { settings } = await readGood(openSource(line.words.one("config")));
const { client } = await openClient[name as ClientName](url!);
/** A dollar a token. */
const price: Price = (_provider, _model, { input = 0, output = 0 }) => input + output;
const gateway = createGateway({ ...settings, price, store: redisStore(client) });
const serve = await chooseAdapter();
const server = await serve(gateway, { port: readPort(line.words) });
console.log(greeting(server.url, settings));
process.once("SIGTERM", () => process.exit());
for await (const id of createInterface({ input: process.stdin })) {
  await gateway.gateway(id).purgeCache();
  console.log(`purged ${id}`);
}
process.exit();
