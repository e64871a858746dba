/** Serves the bare proxy on workerd, as the command line serves a gateway. */
import process from "node:process";
import { startWorkerd } from "../../adapters/cli/workerd.ts";

const { PORT, UP } = process.env;

const { process: child } = await startWorkerd(new URL("worker.ts", import.meta.url), {
  port: Number(PORT),
  bindings: { UP },
});
process.once("SIGTERM", () => child.kill());
child.once("exit", () => process.exit());
