/** Serves a gateway on workerd, the runtime of Cloudflare Workers. */
import process from "node:process";
import { createGateway } from "../../src/index.ts";
import { equip } from "./equip.ts";
import { giveUp, greeting, readCommand } from "./config.ts";
import { startWorkerd } from "./workerd.ts";

/** Milliseconds that answers in flight have to finish. */
const DEADLINE = 10_000;

try {
  const { port, settings, db, logs } = await readCommand(process.argv.slice(2));
  if (db ?? logs) throw new Error("--db, --logs: Expected none, because workerd cannot open a file");
  createGateway(equip(settings));
  const { url, process: child } = await startWorkerd(new URL("worker.ts", import.meta.url), {
    port,
    bindings: { SETTINGS: settings },
  });
  console.log(greeting(url, settings));
  let stopping = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      stopping = true;
      child.kill();
      setTimeout(() => child.kill("SIGKILL"), DEADLINE).unref();
    });
  }
  child.once("exit", (code) => process.exit(code ?? (stopping ? 0 : 1)));
} catch (error) {
  giveUp(error);
}
