/** Starts processes on chosen cores and stops every one of them, by its id. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { tree } from "./cpu.ts";

/** Core of the load and of the mock provider. */
export const LOAD_CORE = 0;
/** Core of what is measured. */
export const GATEWAY_CORE = 1;

/** Everything temporary, of this process and of those it starts. */
export const folder: string = mkdtempSync(join(tmpdir(), "waygate-bench-"));

const root = fileURLToPath(new URL("../", import.meta.url));
const alive = new Set<ChildProcess>();

/** How a process is started. */
export interface Command {
  readonly program: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** One, or several as `taskset` takes them. */
  readonly core?: number | string;
}

/** A process that runs in a group of its own, so that Ctrl-C reaches it through {@linkcode stopAll} alone. */
export function start({ program, args = [], env = {}, core = LOAD_CORE }: Command): ChildProcess {
  const child = spawn("taskset", ["-c", String(core), program, ...args], {
    cwd: root,
    detached: true,
    env: { ...process.env, TMPDIR: folder, NO_COLOR: "1", BUN_CONFIG_MAX_HTTP_REQUESTS: "65535", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  alive.add(child);
  child.once("exit", () => alive.delete(child));
  return child;
}

/** Runs a program to its end and gives what it printed. */
export async function run(command: Command): Promise<string> {
  const child = start(command);
  let output = "";
  let complaints = "";
  child.stdout!.on("data", (chunk) => output += chunk);
  child.stderr!.on("data", (chunk) => complaints += chunk);
  const code = await new Promise((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(`${command.program} ended with code ${code}:\n${complaints}${output}`);
  return output;
}

/** Starts a server and waits until its port takes connections. */
export async function listen(command: Command, port: number): Promise<ChildProcess> {
  const child = start(command);
  let output = "";
  child.stdout!.on("data", (chunk) => output += chunk);
  child.stderr!.on("data", (chunk) => output += chunk);
  for (let waited = 0; waited < 30_000 && child.exitCode === null; waited += 20) {
    if (await reachable(port)) return child;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await stop(child);
  throw new Error(`${command.program} ${command.args?.join(" ")} did not start:\n${output}`);
}

/** Ends a process and its descendants, at first politely. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const pids = tree(child.pid!);
  signal(pids, "SIGTERM");
  const timer = setTimeout(() => signal(pids, "SIGKILL"), 1000);
  await ended;
  clearTimeout(timer);
  signal(pids.slice(1), "SIGKILL");
}

/** Ends everything that was started, and removes what is temporary. */
export function stopAll(): void {
  for (const child of alive) signal(tree(child.pid!), "SIGKILL");
  rmSync(folder, { recursive: true, force: true });
}

/** A port of loopback that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

function reachable(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const tell = (is: boolean) => {
      socket.destroy();
      resolve(is);
    };
    socket.once("connect", () => tell(true)).once("error", () => tell(false));
  });
}

function signal(pids: readonly number[], name: "SIGTERM" | "SIGKILL"): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // It has ended by itself.
    }
  }
}
