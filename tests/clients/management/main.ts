/**
 * Serves a managed gateway on Bun, Deno or Node, whichever runs this file: `main.ts logs settings …`, where each names a
 * file of SQLite's, or is `memory`.
 */
import process from "node:process";
import { chooseAdapter } from "../../../adapters/cli/adapter.ts";
import { greeting, readCommand } from "../../../adapters/cli/config.ts";
import { memorySettings } from "../../../adapters/management.ts";
import { sqliteLogs } from "../../../adapters/sqlite-logs.ts";
import { sqliteSettings } from "../../../adapters/sqlite-settings.ts";
import { memoryLogs } from "../../../src/index.ts";
import { managedGateway } from "./gateway.ts";

const [logs, settingsFile, ...command] = process.argv.slice(2) as [string, string, ...string[]];
const { port, settings } = await readCommand(command);
const gateway = managedGateway(settings, {
  logs: logs === "memory" ? memoryLogs() : sqliteLogs(logs),
  gateways: settingsFile === "memory" ? memorySettings() : sqliteSettings(settingsFile),
});
const serve = await chooseAdapter();
const server = await serve(gateway, { port });
console.log(greeting(server.url, settings));
process.once("SIGTERM", () => server.stop().then(() => gateway.flush()).then(() => process.exit()));
