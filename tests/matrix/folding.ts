import { code } from "./markdown.ts";

/** A line of a table: what becomes of one fault. */
interface Line {
  readonly fault: string;
  readonly cells: readonly string[];
}

/** Stands for the status that a fault is named after. */
export const OWN = "its status";
const statusOf = (fault: string) => /^\d{3}(?=;|$)/.exec(fault)?.[0];

/** Makes one line of all that read alike, in the place of the first of them. */
export function fold(lines: readonly Line[]): readonly (readonly string[])[] {
  const groups = new Map<string, { faults: string[]; cells: readonly string[] }>();
  for (const { fault, cells } of lines) {
    const status = statusOf(fault);
    const alike = status ? cells.map((cell) => cell.replaceAll(status, OWN)) : cells;
    const group = groups.get(alike.join("|")) ?? { faults: [], cells: alike };
    group.faults.push(code(fault));
    groups.set(alike.join("|"), group);
  }
  return [...groups.values()].map(({ faults, cells }) => [faults.join(", "), ...cells]);
}

/** Finds the cells of a fault in lines that `fold` made. */
export function unfold(lines: readonly (readonly string[])[], fault: string): readonly string[] {
  const [, ...cells] = lines.find(([faults]) => faults!.split(", ").includes(fault)) ?? [];
  return cells.map((cell) => cell.replaceAll(OWN, statusOf(fault) ?? OWN));
}
