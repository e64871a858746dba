import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** This project. */
export const root: string = fileURLToPath(new URL("../../", import.meta.url));

const bin = (name: string) => join(root, "node_modules", ".bin", name);
const main = join(root, "adapters/cli/main.ts");

/** How the command is started on each runtime. */
export const runtimes: Readonly<Record<string, readonly [string, ...string[]]>> = {
  node: [bin("node"), main],
  deno: [bin("deno"), "run", "-A", main],
  bun: [bin("bun"), main],
};

/** Where and how a program runs. */
export interface Place {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What it reads. @default nothing */
  readonly input?: string;
}

/** A program that is running. */
export interface Running {
  readonly child: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** Its exit code, once it has ended. */
  readonly ended: Promise<number | null>;
}

/** Programs that have not ended, and where each of them runs. */
const alive = new Map<ChildProcess, string>();

/** Starts a program. */
export function start(
  [program, ...args]: readonly [string, ...string[]],
  { cwd, env, input }: Place,
): Running {
  const child = spawn(program, args, { cwd, env: { ...process.env, NO_COLOR: "1", ...env } });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text) => stdout += text);
  child.stderr.setEncoding("utf8").on("data", (text) => stderr += text);
  child.stdin.on("error", () => {}).end(input ?? "");
  alive.set(child, cwd);
  const ended = once(child, "close").then(([code]) => {
    alive.delete(child);
    return code as number | null;
  });
  return { child, stdout: () => stdout, stderr: () => stderr, ended };
}

/** Runs a program to its end. */
export async function run(command: readonly [string, ...string[]], place: Place) {
  const running = start(command, place);
  const code = await running.ended;
  return { code, stdout: running.stdout(), stderr: running.stderr() };
}

/** A gateway that serves. */
export interface Serving extends Running {
  readonly url: string;
  stop(): Promise<number | null>;
}

/** Starts `serve` on a free port, and waits until it listens. */
export async function serve(
  command: readonly [string, ...string[]],
  args: readonly string[],
  place: Place,
): Promise<Serving> {
  const running = start([...command, "serve", "--port", "0", ...args], place);
  const url = await find(running, () => /(http:\/\/[^\s"]+:\d+)/.exec(running.stdout())?.[1]);
  return {
    ...running,
    url,
    stop() {
      if (running.child.exitCode === null) running.child.kill("SIGTERM");
      return running.ended;
    },
  };
}

/** What somebody finds while a program runs. */
export async function find<Value>(running: Running, look: () => Value | undefined): Promise<Value> {
  const began = performance.now();
  for (let found = look();; found = look()) {
    if (found !== undefined) return found;
    if (running.child.exitCode !== null || performance.now() - began > 20_000) {
      running.child.kill();
      throw new Error(`not found:\n${running.stdout().slice(-2000)}\n${running.stderr().slice(-2000)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A folder with some files, until the work is over, and with it all programs that run there. */
export async function inFolder<Value>(
  files: Readonly<Record<string, string>>,
  work: (folder: string) => Promise<Value>,
): Promise<Value> {
  const folder = mkdtempSync(join(tmpdir(), "waygate-command-"));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return await work(folder);
  } finally {
    // What a failed test has left behind would hold up all others.
    for (const [child, cwd] of alive) if (cwd === folder) child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
}
