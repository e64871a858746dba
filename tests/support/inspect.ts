import { readFileSync } from "node:fs";
import type { Settings } from "../../src/public.ts";
import { bin, type Runtime, serve, type Served } from "./serve.ts";

/** What is left in a gateway's process. */
export interface Inside {
  /** Timers that are set; undefined where nobody can tell. */
  readonly timers?: number;
  /** Memory in use, in bytes: the heap after garbage was collected, or else all that is resident. */
  readonly heap: number;
}

/** A gateway that can be looked into. */
export interface Inspected extends Served {
  inspect(): Promise<Inside>;
}

const main = "tests/support/inspected-main.ts";
const commands: Readonly<Partial<Record<Runtime, readonly string[]>>> = {
  bun: [bin("bun"), "--expose-gc", main],
  deno: [bin("deno"), "run", "-A", "--v8-flags=--expose-gc", main],
  node: [bin("node"), "--expose-gc", main],
};

/** Starts a gateway that can be looked into; into workerd one only looks from outside. */
export async function serveInspected(runtime: Runtime, settings: Settings): Promise<Inspected> {
  const command = commands[runtime];
  const served = await serve(runtime, settings, command ? { command } : {});
  return { ...served, inspect: () => command ? ask(served) : Promise.resolve(look(served)) };
}

async function ask({ process: { stdin, stdout, exitCode, signalCode }, output }: Served): Promise<Inside> {
  if ((exitCode ?? signalCode) !== null) throw new Error(`the gateway is gone:\n${output()}`);
  let said = "";
  const told = new Promise<Inside>((resolve) => {
    const hear = (chunk: unknown) => {
      said += chunk;
      const [, json] = /inspected (\{.*\})/.exec(said) ?? [];
      if (!json) return;
      stdout!.off("data", hear);
      resolve(JSON.parse(json));
    };
    stdout!.on("data", hear);
  });
  stdin!.write("\n");
  return await told;
}

function look({ pid }: Served): Inside {
  const [, kib] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))!;
  return { heap: Number(kib) * 1024 };
}
