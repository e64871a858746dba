/** Ratios of an earlier run, to tell whether something has become slower. */
import { readFileSync, writeFileSync } from "node:fs";
import type { Summary } from "./table.ts";

/** How much a ratio may grow before it counts as a regression: rounds as short as the quick ones differ so much. */
export const TOLERANCE = 0.25;

/** Ratios by target and scenario. */
type Baseline = Record<string, Record<string, number>>;

const file = new URL("baseline.json", import.meta.url);

/** What has become slower, as lines to print. */
export function regressions(summaries: readonly Summary[]): string[] {
  const baseline = read();
  return summaries.flatMap(({ target, scenario, ratio }) => {
    const stored = baseline[target]?.[scenario];
    if (!stored || !ratio || ratio <= stored * (1 + TOLERANCE)) return [];
    return [`${scenario}, ${target}: ${ratio.toFixed(2)} × bare, before it was ${stored.toFixed(2)}`];
  });
}

/** Writes the ratios of gateways down; those that were not measured stay. */
export function save(summaries: readonly Summary[]): void {
  const baseline = read();
  for (const { target, scenario, ratio } of summaries) {
    if (!target.startsWith("waygate") || !ratio) continue;
    baseline[target] = { ...baseline[target], [scenario]: Number(ratio.toFixed(2)) };
  }
  writeFileSync(file, `${JSON.stringify(baseline, null, 2)}\n`);
}

function read(): Baseline {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return {};
  }
}
