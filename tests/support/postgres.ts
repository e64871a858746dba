import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { freePort } from "./free-port.ts";

/** A PostgreSQL of a test's own, empty and on loopback. */
export interface PostgresServer {
  /** Such as `postgres://postgres@127.0.0.1:11234/postgres`. */
  readonly url: string;
  /** Ends it and removes what it held. */
  stop(): Promise<void>;
}

/** Longest that a server may take until it answers, in ms. */
const PATIENCE = 20_000;
/** Longest that it may take to install one, in ms. */
const INSTALLING = 300_000;
/** One whose order is not that of code points. */
const LANGUAGE = ["-E", "UTF8", "--locale", "C.UTF-8", "--locale-provider", "icu", "--icu-locale", "en-US"];
const ROOM = "/usr/lib/postgresql";
/** Installs what is missing once, however many tests want it at the same time, and starts no service. */
const INSTALL = `
ls ${ROOM}/*/bin/initdb && exit
export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
install="apt-get -o DPkg::Lock::Timeout=120 install -y --no-install-recommends postgresql"
$install || { apt-get update && $install; } || exit 1
service postgresql stop || true
`;

/** Runs a command until its own input ends, and so never longer than the program that started it. */
const KEEP = '"$@" & cat; kill -QUIT $!; wait';

/** Whether there is a PostgreSQL to test with, if need be after it was installed; prints why where there is none. */
export function hasPostgres(): boolean {
  const lack = programs() ? undefined : install();
  if (lack) console.log(`skipped: whatever needs postgresql, because ${lack}`);
  return lack === undefined;
}

/** Starts a PostgreSQL that trusts whoever can reach it, and that does not care for crashes. */
export async function startPostgres(): Promise<PostgresServer> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), "waygate-postgres-"));
  if (isRoot()) spawnSync("chown", ["nobody", folder]);
  chmodSync(folder, 0o700);
  const data = join(folder, "data");
  const made = ["-D", data, "-U", "postgres", "-A", "trust", "--no-sync"];
  run("initdb", [...made, ...LANGUAGE], folder);
  const settings = { listen_addresses: "127.0.0.1", port, unix_socket_directories: "", fsync: "off" };
  const set = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const keeper = spawn("sh", ["-c", KEEP, "sh", ...asNobody("postgres", ["-D", data, ...set])], {
    cwd: folder,
    stdio: ["pipe", "ignore", "ignore"],
  });
  const stop = () => end(keeper, folder);
  for (const began = performance.now(); performance.now() - began < PATIENCE;) {
    const [program, ...rest] = asNobody("pg_isready", ["-q", "-h", "127.0.0.1", "-p", String(port)]);
    if (spawnSync(program!, rest, { cwd: folder }).status === 0) {
      return { url: `postgres://postgres@127.0.0.1:${port}/postgres`, stop };
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await stop();
  throw new Error(`postgres does not answer on port ${port}`);
}

/** Where the programs of the latest version are. */
function programs(): string | undefined {
  if (!existsSync(ROOM)) return undefined;
  const [version] = readdirSync(ROOM).sort((one, other) => Number(other) - Number(one));
  const folder = join(ROOM, version ?? "", "bin");
  return existsSync(join(folder, "initdb")) ? folder : undefined;
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** Tells what went wrong. */
function install(): string | undefined {
  if (!isRoot()) return "it is not installed, and only root can install it";
  const lock = join(tmpdir(), "waygate-postgres-install.lock");
  const { stderr } = spawnSync("flock", ["-o", lock, "sh", "-c", INSTALL], {
    encoding: "utf8",
    timeout: INSTALLING,
  });
  if (programs()) return undefined;
  return `it cannot be installed: ${stderr?.trim().split("\n").at(-1) ?? "there is no flock"}`;
}

/** PostgreSQL refuses to be root. */
function asNobody(program: string, args: readonly string[]): readonly string[] {
  const command = [join(programs()!, program), ...args];
  return isRoot()
    ? ["setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups", ...command]
    : command;
}

function run(program: string, args: readonly string[], cwd: string): void {
  const [first, ...rest] = asNobody(program, args);
  const { status, stderr } = spawnSync(first!, rest, { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}`);
}

async function end(keeper: ChildProcess, folder: string): Promise<void> {
  const ended = once(keeper, "exit");
  keeper.stdin!.end();
  await ended;
  rmSync(folder, { recursive: true, force: true });
}
