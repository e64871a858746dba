/** Serves a gateway on Bun, Deno or Node, whichever runs this file. */
import process from "node:process";
import { createGateway } from "../../src/index.ts";
import type { Gateway } from "../../src/index.ts";
import type { ServeOptions, Server } from "../server.ts";
import { giveUp, greeting, readCommand } from "./config.ts";

try {
  const { port, settings } = await readCommand(process.argv.slice(2));
  const serve = await chooseAdapter();
  const server = await serve(createGateway(settings), { port });
  console.log(greeting(server.url, settings));
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => server.stop().then(() => process.exit(0)));
  }
} catch (error) {
  giveUp(error);
}

async function chooseAdapter(): Promise<(gateway: Gateway, options: ServeOptions) => Promise<Server>> {
  if ("Bun" in globalThis) return (await import("../bun.ts")).serve;
  if ("Deno" in globalThis) return (await import("../deno.ts")).serve;
  return (await import("../node.ts")).serve;
}
