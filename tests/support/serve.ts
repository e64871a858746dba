import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { Settings } from "../../src/public.ts";

/** The runtimes that waygate is tested on. */
export type Runtime = "bun" | "deno" | "node" | "workers";

/** Every runtime, for suites that drive them all from one. */
export const runtimes: readonly Runtime[] = ["bun", "deno", "node", "workers"];

/** A gateway in a process of its own. */
export interface Served {
  /** Its origin, such as `http://127.0.0.1:41234`. */
  readonly url: string;
  /** The process that serves, for a look at its memory. */
  readonly pid: number;
  readonly process: ChildProcess;
  /** What it has printed so far. */
  readonly output: () => string;
  stop(): Promise<void>;
}

const root = fileURLToPath(new URL("../../", import.meta.url));
/** A program of the installed packages. */
export const bin = (name: string): string => join(root, "node_modules", ".bin", name);

const commands: Readonly<Record<Runtime, readonly string[]>> = {
  bun: [bin("bun"), "adapters/cli/main.ts"],
  deno: [bin("deno"), "run", "-A", "adapters/cli/main.ts"],
  node: [bin("node"), "adapters/cli/main.ts"],
  workers: [bin("node"), "adapters/cli/workers.ts"],
};

/** How a gateway is started. */
export interface Launch {
  /** @default a free one */
  readonly port?: number;
  /** Program and arguments. @default the command that a user would start */
  readonly command?: readonly string[];
}

/** Starts a gateway and waits until it listens. */
export async function serve(
  runtime: Runtime,
  settings: Settings = {},
  { port = 0, command = commands[runtime] }: Launch = {},
): Promise<Served> {
  const folder = mkdtempSync(join(tmpdir(), "waygate-test-"));
  const config = join(folder, "waygate.jsonc");
  writeFileSync(config, JSON.stringify(settings));
  const [program, ...args] = command as [string, ...string[]];
  const silent = runtime === "workers" ? [] : ["--log-format", "none"];
  const child = spawn(
    program,
    [...args, "--port", String(port), "--config", config, ...silent],
    {
      cwd: root,
      env: { ...process.env, NO_COLOR: "1", BUN_CONFIG_MAX_HTTP_REQUESTS: "65535" },
    },
  );
  let output = "";
  child.stdout.on("data", (chunk) => output += chunk);
  child.stderr.on("data", (chunk) => output += chunk);
  const ended = once(child, "exit").then(() => rmSync(folder, { recursive: true, force: true }));
  const url = await waitFor(() => /listens on (http:\S+)/.exec(output)?.[1], child, () => output);
  const pid = runtime === "workers" ? firstChild(child.pid!) : child.pid!;
  return {
    url,
    pid,
    process: child,
    output: () => output,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
      await ended;
    },
  };
}

/** The process behind a launcher, as Linux tells it. */
function firstChild(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ")[0]);
}

async function waitFor<Value>(
  look: () => Value | undefined,
  child: ChildProcess,
  output: () => string,
): Promise<Value> {
  for (let waited = 0; waited < 30_000; waited += 10) {
    const value = look();
    if (value !== undefined) return value;
    if (child.exitCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  child.kill();
  throw new Error(`the gateway did not start:\n${output()}`);
}
