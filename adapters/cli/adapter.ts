import type { Gateway } from "../../src/index.ts";
import { need } from "./need.ts";
import type { ServeOptions, Server } from "../server.ts";

/** `serve` of Bun, Deno or Node, whichever runs this file. */
export async function chooseAdapter(): Promise<(gateway: Gateway, options: ServeOptions) => Promise<Server>> {
  if ("Bun" in globalThis) return (await import("../bun.ts")).serve;
  if ("Deno" in globalThis) return (await import("../deno.ts")).serve;
  return (await need("undici", () => import("../node.ts"))).serve;
}
