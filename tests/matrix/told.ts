import { type Runtime, runtimes } from "../support/serve.ts";
import { type Cell, policies, ways } from "./cells.ts";
import { unfold } from "./folding.ts";
import type { Row } from "./rows.ts";
import { rowsOf, type Tongue, tongues } from "./tongues.ts";

/** What is told of each cell on each runtime, and of each row without a gateway. */
export type Told = ReadonlyMap<string, string>;

/** The runtime that the tables are about; where others differ is told apart. */
export const FIRST: Runtime = "deno";
export const ALONE = "alone";

/** What `Told` goes by. */
export const idOf = (runtime: Runtime, { tongue, row, way, policy }: Cell): string =>
  [runtime, tongue.name, row.fault, way.name, policy].join("|");
export const aloneOf = (tongue: Tongue, row: Row): string => [ALONE, tongue.name, row.fault].join("|");

/** A row asked for in one way, under all policies. */
type Line = Pick<Cell, "tongue" | "row" | "way">;

/** One text where all policies agree, otherwise theirs in order. */
export function joined(runtime: Runtime, line: Line, told: Told): string {
  const texts = policies.map((policy) => told.get(idOf(runtime, { ...line, policy })) ?? "");
  return new Set(texts).size === 1 ? texts[0]! : texts.join(" / ");
}

/** Reads a document: the tables, and where runtimes differ from them. */
export function parse(document: string): Told {
  const told = new Map<string, string>();
  const lines = document.split("\n## ").map((section) => section.split("\n").map(cellsOf));
  const sections = new Map(lines.map(([title, ...lines]) => [title![0], lines]));
  const all = tongues.flatMap((tongue) => rowsOf(tongue).map((row) => ({ tongue, row })));
  for (const { tongue, row } of all) {
    const [alone = "", ...texts] = unfold(sections.get(tongue.name) ?? [], row.fault);
    told.set(aloneOf(tongue, row), alone);
    for (const runtime of runtimes) {
      const other = sections.get("Where runtimes differ")
        ?.find(([name, fault, where]) => name === tongue.name && fault === row.fault && where === runtime);
      const cells = other?.slice(3) ?? texts;
      ways.forEach((way, index) => note(told, runtime, { tongue, row, way }, cells[index] ?? ""));
    }
  }
  return told;
}

function cellsOf(line: string): string[] {
  return line.replace(/^\| | \|$/g, "").split(" | ").map((cell) => cell.trim().replaceAll("`", ""));
}

function note(told: Map<string, string>, runtime: Runtime, line: Line, text: string): void {
  const texts = text.split(" / ");
  policies.forEach((policy, index) =>
    told.set(idOf(runtime, { ...line, policy }), texts[index] ?? texts[0] ?? "")
  );
}
