import type { Served } from "../support/serve.ts";
import type { Baseline } from "./baseline.ts";
import type { Cell } from "./cells.ts";
import { crowd } from "./crowd.ts";
import { brokenBy } from "./promises.ts";
import type { Providers } from "./providers.ts";
import { question } from "./question.ts";
import { BEAT } from "./rows.ts";
import { look } from "./sight.ts";
import { judge, type Result, tell } from "./verdict.ts";

/** How many cells are tried at once, and how many where noise must be kept away. */
const MANY = 16;
const FEW = 8;
/** How often a cell is tried whose result noise may have made worse. */
const TRIES = 5;
/** How long a client waits, in ms. */
const PATIENCE = 100 * BEAT;

/** A gateway, its providers, and what they send without it. */
export interface Stage {
  readonly gateway: Served;
  readonly providers: Providers;
  readonly baseline: Baseline;
}

/** A cell, what became of it, and what should not have. */
export interface Finding {
  readonly cell: Cell;
  readonly result: Result;
  readonly wrongs: readonly string[];
  /** Under which the providers know its calls, and how many there were when the client knew. */
  readonly key: string;
  readonly calls: number;
}

/**
 * Tries cells. Noise makes waits longer and lets clocks run out that should not have: where it may have, a cell is
 * tried again until it does as is known of it; if it never does, what it does mostly counts.
 */
export async function tryAll(
  stage: Stage,
  cells: readonly Cell[],
  known: (cell: Cell) => string | undefined,
): Promise<readonly Finding[]> {
  const found = new Map<Cell, Finding[]>(cells.map((cell) => [cell, []]));
  const attempt = async (cell: Cell) => {
    found.get(cell)!.push(await tryOne(stage, cell, crypto.randomUUID()));
  };
  const unsure = (cell: Cell) => {
    const { result } = found.get(cell)!.at(-1)!;
    return noisy(cell, result) && tell(result) !== known(cell);
  };
  let left = cells;
  for (let made = 0; made < TRIES; made++) {
    await crowd(made === 0 ? MANY : FEW, left, attempt);
    left = left.filter(unsure);
  }
  return cells.map((cell) => choose(found.get(cell)!, known(cell)));
}

function noisy({ row: { fault, clocks } }: Cell, { waits }: Result): boolean {
  return waits > 0 || Object.keys(clocks).length > 0 || fault.includes("ms=");
}

async function tryOne({ gateway, providers, baseline }: Stage, cell: Cell, key: string): Promise<Finding> {
  const { tongue, row } = cell;
  const seen = await look(question(cell, gateway.url, key), PATIENCE);
  const calls = providers.callsOf(key);
  const yardstick = baseline.yardstick(tongue, row);
  const verdict = judge(seen, cell, yardstick);
  const trail = String(seen.headers["waygate-trail"]).split(", ").length;
  const result: Result = {
    verdict,
    ...(verdict === "error" ? { status: seen.status } : {}),
    attempts: row.fault === "refused" ? trail : calls.length,
    waits: row.timed ? Math.floor((seen.ms + 5) / BEAT) : 0,
  };
  const wrongs = brokenBy({ cell, seen, result, calls, yardstick });
  return { cell, result, wrongs, key, calls: calls.length };
}

/** The one that was expected, otherwise the fastest of those that are most; what is wrong with any stays wrong. */
function choose(tries: readonly Finding[], known: string | undefined): Finding {
  const kind = ({ result }: Finding) => tell({ ...result, waits: 0 });
  const alike = tries.map((one) => tries.filter((other) => kind(other) === kind(one)));
  const most = alike.toSorted((one, other) => other.length - one.length)[0]!;
  const fastest = most.toSorted((one, other) => one.result.waits - other.result.waits)[0]!;
  const expected = tries.find(({ result }) => tell(result) === known);
  return { ...(expected ?? fastest), wrongs: [...new Set(tries.flatMap(({ wrongs }) => wrongs))] };
}
