/** Measures waygate beside bare proxies: `npm run bench`. */
import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";
import process from "node:process";
import { regressions, save, TOLERANCE } from "./baseline.ts";
import { readWish, type Wish } from "./modes.ts";
import { findPeers } from "./peers.ts";
import { LOAD_CORE, stopAll } from "./processes.ts";
import { measureAll } from "./rounds.ts";
import { type Scenario, scenarios } from "./scenarios.ts";
import { print, summarize } from "./table.ts";
import { type Target, targets } from "./targets.ts";

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    stopAll();
    process.exit(130);
  });
}

try {
  const wish = readWish(process.argv.slice(2));
  checkMachine();
  spawnSync("taskset", ["-acp", String(LOAD_CORE), String(process.pid)]);
  const rows = await measureAll(await chooseTargets(wish), chooseScenarios(wish), wish.mode);
  const summaries = summarize(rows);
  console.log(print(summaries, rows));
  if (wish.save) save(summaries);
  const slower = wish.quick ? regressions(summaries) : [];
  if (slower.length > 0) {
    console.log(`\nMore than ${TOLERANCE * 100} % above bench/baseline.json:\n${slower.join("\n")}`);
    process.exitCode = 1;
  }
} catch (error) {
  console.error(`bench: ${(error as Error).message}`);
  process.exitCode = 1;
} finally {
  stopAll();
}

/** @throws when something is missing, with what to do about it */
function checkMachine(): void {
  if (process.platform !== "linux") throw new Error("Expected Linux: times are read from /proc");
  if (availableParallelism() < 2) {
    throw new Error("Expected two cores: one for the load, one for the gateway");
  }
  const missing = ["wrk", "nginx", "taskset"].filter((name) => spawnSync("which", [name]).status !== 0);
  if (missing.length === 0) return;
  throw new Error(`Missing ${missing.join(", ")}: try apt-get install -y wrk nginx util-linux`);
}

/** Bare proxies stay as long as anything of their runtime does: ratios need them. */
async function chooseTargets({ only, quick, peers }: Wish): Promise<Target[]> {
  const all = [...targets, ...peers ? await findPeers(console.error) : []];
  const asked = ({ name, runtime, kind }: Target) =>
    kind === "direct" || only.length === 0 || only.some((word) => runtime === word || name.includes(word));
  const runtimes = new Set(all.filter(asked).map(({ runtime }) => runtime));
  return all.filter((target) =>
    target.kind === "best"
      ? runtimes.has(target.runtime)
      : asked(target) && !(quick && target.kind === "bare")
  );
}

/** Those asked for by letter or id, and what they are compared with. */
function chooseScenarios({ scenarios: wanted }: Wish): readonly Scenario[] {
  if (wanted.length === 0) return scenarios;
  const asked = scenarios.filter(({ id }) => wanted.includes(id) || wanted.includes(id.split("-")[0]!));
  if (asked.length === 0) throw new Error(`Expected scenarios among ${scenarios.map(({ id }) => id)}`);
  return scenarios.filter(({ id }) => asked.some((one) => one.id === id || one.base === id));
}
