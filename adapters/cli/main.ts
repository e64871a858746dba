/** Serves a gateway on Bun, Deno or Node, whichever runs this file. */
import process from "node:process";
import { createGateway } from "../../src/index.ts";
import { chooseAdapter } from "./adapter.ts";
import { giveUp, greeting, readCommand } from "./config.ts";

try {
  const { port, settings, db, logs } = await readCommand(process.argv.slice(2));
  const serve = await chooseAdapter();
  const { equip } = await import("./equip.ts");
  const kept = db === undefined ? {} : { store: (await import("../sqlite.ts")).sqliteStore(db) };
  const logged = logs === undefined ? {} : { logs: (await import("../sqlite-logs.ts")).sqliteLogs(logs) };
  const gateway = createGateway({ ...equip(settings), ...kept, ...logged });
  const server = await serve(gateway, { port });
  console.log(greeting(server.url, settings));
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => server.stop().then(() => gateway.flush()).then(() => process.exit(0)));
  }
} catch (error) {
  giveUp(error);
}
