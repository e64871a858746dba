import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { freePort } from "./free-port.ts";

/** A Redis of a test's own, empty and on loopback. */
export interface RedisServer {
  readonly port: number;
  /** Such as `redis://127.0.0.1:41234`. */
  readonly url: string;
  /** Ends it at once, as a crash would; what it held is lost. */
  stop(): Promise<void>;
  /** Starts it anew on the same port. */
  start(): Promise<void>;
}

/** Longest that a server may take until it answers, in ms. */
const PATIENCE = 10_000;
/** Longest that it may take to install one, in ms. */
const INSTALLING = 300_000;
/** Installs what is missing once, however many tests want it at the same time, and starts no service. */
const INSTALL = `
command -v redis-server && exit
export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
install="apt-get -o DPkg::Lock::Timeout=120 install -y --no-install-recommends redis-server"
$install || { apt-get update && $install; } || exit 1
service redis-server stop || true
`;

/** Runs a command until its own input ends, and so never longer than the program that started it. */
const KEEP = '"$@" & cat; kill -KILL $!; wait';

/** Whether there is a Redis to test with, if need be after it was installed; prints why where there is none. */
export function hasRedis(): boolean {
  const lack = installed() ? undefined : install();
  if (lack) console.log(`skipped: whatever needs redis-server, because ${lack}`);
  return lack === undefined;
}

function installed(): boolean {
  return spawnSync("redis-server", ["--version"]).status === 0;
}

/** Tells what went wrong. */
function install(): string | undefined {
  if (process.getuid?.() !== 0) return "it is not installed, and only root can install it";
  const lock = join(tmpdir(), "waygate-redis-install.lock");
  const { stderr } = spawnSync("flock", ["-o", lock, "sh", "-c", INSTALL], {
    encoding: "utf8",
    timeout: INSTALLING,
  });
  if (installed()) return undefined;
  return `it cannot be installed: ${stderr?.trim().split("\n").at(-1) ?? "there is no flock"}`;
}

/**
 * Starts a Redis that keeps nothing on disk.
 *
 * @param settings more of its command line
 */
export async function startRedis(...settings: string[]): Promise<RedisServer> {
  const port = await freePort();
  let running = launch(port, settings);
  await answering(port, running);
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    stop: () => end(running),
    async start() {
      running = launch(port, settings);
      await answering(port, running);
    },
  };
}

/** A server's process and the folder that it writes to. */
interface Running {
  readonly keeper: ChildProcess;
  readonly ended: Promise<unknown>;
  readonly folder: string;
}

function launch(port: number, settings: readonly string[]): Running {
  const folder = mkdtempSync(join(tmpdir(), "waygate-redis-"));
  const place = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder];
  const command = ["redis-server", ...place, "--save", "", "--appendonly", "no", ...settings];
  const keeper = spawn("sh", ["-c", KEEP, "sh", ...command], { stdio: ["pipe", "ignore", "ignore"] });
  return { keeper, ended: once(keeper, "exit"), folder };
}

async function end({ keeper, ended, folder }: Running): Promise<void> {
  keeper.stdin!.end();
  await ended;
  rmSync(folder, { recursive: true, force: true });
}

async function answering(port: number, running: Running): Promise<void> {
  for (const began = performance.now(); performance.now() - began < PATIENCE;) {
    if (await answers(port)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await end(running);
  throw new Error(`redis-server does not answer on port ${port}`);
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    socket.once("connect", () => socket.write("PING\r\n"));
    socket.once("data", (bytes) => {
      socket.destroy();
      resolve(String(bytes).startsWith("+PONG"));
    });
    socket.once("error", () => resolve(false)).once("close", () => resolve(false));
    socket.setTimeout(1000, () => socket.destroy());
  });
}
