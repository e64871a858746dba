import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

/** Longest that it may take to install it, in ms. */
const INSTALLING = 300_000;
/** Installs what is missing once, however many tests want it at the same time, and starts no service. */
const INSTALL = `
command -v promtool && exit
export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
install="apt-get -o DPkg::Lock::Timeout=120 install -y --no-install-recommends prometheus"
$install || { apt-get update && $install; } || exit 1
service prometheus stop || true
`;

/** Whether there is a promtool to test with, if need be after it was installed; prints why where there is none. */
export function hasPromtool(): boolean {
  const lack = installed() ? undefined : install();
  if (lack) console.log(`skipped: whatever needs promtool, because ${lack}`);
  return lack === undefined;
}

function installed(): boolean {
  return spawnSync("promtool", ["--version"]).status === 0;
}

/** Tells what went wrong. */
function install(): string | undefined {
  if (process.getuid?.() !== 0) return "it is not installed, and only root can install it";
  const lock = join(tmpdir(), "waygate-promtool-install.lock");
  const { stderr } = spawnSync("flock", ["-o", lock, "sh", "-c", INSTALL], {
    encoding: "utf8",
    timeout: INSTALLING,
  });
  if (installed()) return undefined;
  return `it cannot be installed: ${stderr?.trim().split("\n").at(-1) ?? "there is no flock"}`;
}

/** What promtool has to say of metrics; nothing where all is well. */
export function checkMetrics(text: string): string {
  const { status, stdout, stderr } = spawnSync("promtool", ["check", "metrics"], {
    input: text,
    encoding: "utf8",
    timeout: 20_000,
  });
  return status === 0 ? stdout + stderr : `ended with ${status}: ${stdout}${stderr}`;
}
