/**
 * Serves a managed gateway on Bun, Deno or Node, whichever runs this file: `main.ts logs settings …`, where each names a
 * file of SQLite's, or is `memory`.
 */
import process from "node:process";
import { chooseAdapter } from "../../../adapters/cli/adapter.ts";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { memorySettings } from "../../../adapters/management.ts";
import { sqliteLogs } from "../../../adapters/sqlite-logs.ts";
import { sqliteSettings } from "../../../adapters/sqlite-settings.ts";
import { memoryLogs } from "../../../src/index.ts";
import { managedGateway } from "./gateway.ts";

const [logs, settingsFile, ...command] = process.argv.slice(2) as [string, string, ...string[]];
const text = { type: "string" } as const;
const { values } = parseArgs({ args: command, options: { port: text, config: text, "log-format": text } });
const settings = JSON.parse(readFileSync(values.config!, "utf8"));
const gateway = managedGateway(settings, {
  logs: logs === "memory" ? memoryLogs() : sqliteLogs(logs),
  gateways: settingsFile === "memory" ? memorySettings() : sqliteSettings(settingsFile),
});
const serve = await chooseAdapter();
const server = await serve(gateway, { port: Number(values.port) });
console.log(`waygate listens on ${server.url}`);
process.once("SIGTERM", () => server.stop().then(() => gateway.flush()).then(() => process.exit()));
