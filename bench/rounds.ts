/** Measures targets in interleaved rounds, so that what disturbs the machine disturbs all of them. */
import process from "node:process";
import { freePort, GATEWAY_CORE, listen, LOAD_CORE, stop } from "./processes.ts";
import { startLive } from "./live.ts";
import type { Figures } from "./measures.ts";
import { mock } from "./mock.ts";
import type { Mode } from "./modes.ts";
import type { Phase, Scenario } from "./scenarios.ts";
import type { Target } from "./targets.ts";

/** What a target did in a scenario, round by round. */
export interface Row {
  readonly scenario: Scenario;
  readonly target: Target;
  readonly rounds: Figures[];
}

/** A target that runs. */
interface Running {
  readonly target: Target;
  readonly url: string;
  readonly pid: number | undefined;
  readonly stop: () => Promise<void>;
}

/** Measures each target in each scenario that it knows. */
export async function measureAll(
  targets: readonly Target[],
  scenarios: readonly Scenario[],
  mode: Mode,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const phase of ["fixed", "live", "large", "cold"] as const) {
    const asked = scenarios.filter((scenario) => scenario.phase === phase);
    if (asked.length > 0) rows.push(...await measurePhase(phase, targets, asked, mode));
  }
  return rows;
}

async function measurePhase(
  phase: Phase,
  targets: readonly Target[],
  scenarios: readonly Scenario[],
  mode: Mode,
): Promise<Row[]> {
  const up = phase === "live" || phase === "large" ? await startLive() : await startMock();
  const running: Running[] = [];
  for (const target of targets) running.push(await launch(target, up.url, phase));
  const rows = running.flatMap(({ target }) =>
    scenarios.filter(({ call }) => call(target, up.url)).map((scenario): Row => ({
      scenario,
      target,
      rounds: [],
    }))
  );
  const failed = new Set<Row>();
  for (let round = 0; round < mode.rounds; round++) {
    for (const row of rows.filter((row) => !failed.has(row))) {
      const { scenario, target, rounds } = row;
      const { url, pid } = running.find((one) => one.target === target)!;
      const call = scenario.call(target, up.url)!;
      const warm = !pid ? 0 : rounds.length === 0 ? mode.warm : mode.rewarm;
      try {
        rounds.push(await scenario.measure({ target, call, url, pid, up: up.url, mode, warm }));
      } catch (error) {
        failed.add(row);
        leaveOut(row, error as Error);
      }
    }
    console.error(`${phase}: round ${round + 1} of ${mode.rounds}`);
  }
  for (const one of running) await one.stop();
  await up.close();
  return rows.filter((row) => !failed.has(row));
}

/** What others cannot do is told; what we cannot is a failure. */
function leaveOut({ target, scenario }: Row, { message }: Error): void {
  console.error(`${target.name} is left out of ${scenario.id}: ${message}`);
  if (target.kind !== "peer") process.exitCode = 1;
}

async function launch(target: Target, up: string, phase: Phase): Promise<Running> {
  if (!target.command || phase === "cold") {
    return { target, url: up, pid: undefined, stop: () => Promise.resolve() };
  }
  const port = await freePort();
  const child = await listen({ ...target.command(port, up), core: GATEWAY_CORE }, port);
  return { target, url: `http://127.0.0.1:${port}`, pid: child.pid, stop: () => stop(child) };
}

async function startMock(): Promise<{ url: string; close: () => Promise<void> }> {
  const port = await freePort();
  const child = await listen({ ...mock(port), core: LOAD_CORE }, port);
  return { url: `http://127.0.0.1:${port}`, close: () => stop(child) };
}
