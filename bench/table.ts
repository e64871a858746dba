/** What the rounds came to, and how it is printed. */
import { type Figures, quantile } from "./measures.ts";
import type { Row } from "./rounds.ts";
import { scenarios } from "./scenarios.ts";

/** The medians of a row, of growth the most. */
export interface Summary extends Figures {
  readonly scenario: string;
  readonly target: string;
  /** CPU, or where none is told time, in relation to the best bare proxy of the same runtime, round by round. */
  readonly ratio?: number;
  /** Milliseconds that `alone` takes longer than without a proxy. */
  readonly added?: number;
}

const figures = ["rate", "cpu", "p50", "p99", "alone", "memory"] as const;

/** Summaries of all rows, by scenario. */
export function summarize(rows: readonly Row[]): Summary[] {
  const place = ({ scenario }: Row) => scenarios.indexOf(scenario);
  const sorted = rows.toSorted((one, other) => place(one) - place(other));
  return sorted.map((row) => {
    const medians: Figures = Object.fromEntries(
      figures.flatMap((name) => {
        const value = median(row.rounds.map((round) => round[name]));
        return value === undefined ? [] : [[name, value]];
      }),
    );
    const ratio = median(ratios(row, find(rows, row, (one) => isBase(one, row))));
    const direct = find(rows, row, ({ target }) => target.kind === "direct")?.rounds;
    const growths = row.rounds.flatMap(({ growth }) => growth ?? []);
    const added = median(row.rounds.map(({ alone }, at) => less(alone, direct?.[at]?.alone)));
    return {
      scenario: row.scenario.id,
      target: row.target.name,
      ...medians,
      ...(growths.length > 0 && { growth: Math.max(...growths) }),
      ...(ratio !== undefined && { ratio }),
      ...(added !== undefined && row.target.kind !== "direct" && { added }),
    };
  });
}

/** The table as text. */
export function print(summaries: readonly Summary[], rows: readonly Row[]): string {
  const lines = summaries.map((summary) => columns.map(({ cell }) => cell(summary)));
  const all = [columns.map(({ name }) => name), ...lines];
  const widths = columns.map((_, at) => Math.max(...all.map((line) => line[at]!.length)));
  const pad = (text: string, at: number) => at < 2 ? text.padEnd(widths[at]!) : text.padStart(widths[at]!);
  const titles = new Map(rows.map(({ scenario }) => [scenario.id, scenario.title]));
  const legend = [...titles].map(([id, title]) => `${id}: ${title}`).join("; ");
  const text = all.map((line, at) => {
    const gap = at > 1 && lines[at - 1]![0] !== lines[at - 2]![0] ? "\n" : "";
    return gap + line.map(pad).join("  ");
  });
  return `${text.join("\n")}\n\n${legend}`;
}

interface Column {
  readonly name: string;
  readonly cell: (summary: Summary) => string;
}

const fixed = (value: number | undefined, digits: number): string => value?.toFixed(digits) ?? "";
const columns: readonly Column[] = [
  { name: "scenario", cell: ({ scenario }) => scenario },
  { name: "target", cell: ({ target }) => target },
  { name: "per s", cell: ({ rate }) => fixed(rate, 0) },
  { name: "CPU µs", cell: ({ cpu }) => fixed(cpu, 1) },
  { name: "× bare", cell: ({ ratio }) => fixed(ratio, 2) },
  { name: "p50 ms", cell: ({ p50 }) => fixed(p50, 2) },
  { name: "p99 ms", cell: ({ p99 }) => fixed(p99, 2) },
  { name: "alone +µs", cell: ({ added }) => fixed(added && added * 1000, 0) },
  { name: "MiB", cell: ({ memory }) => fixed(memory, 0) },
  { name: "growth", cell: ({ growth }) => fixed(growth, 0) },
];

function isBase({ scenario, target }: Row, row: Row): boolean {
  return target.kind === "best" && target.runtime === row.target.runtime && scenario.id === row.scenario.base;
}

/** The row that another one is compared with. */
function find(rows: readonly Row[], { scenario }: Row, suits: (row: Row) => boolean): Row | undefined {
  return rows.find((one) => one.scenario.id === scenario.base && suits(one));
}

function ratios({ rounds }: Row, base: Row | undefined): (number | undefined)[] {
  return rounds.map((round, at) => {
    const own = round.cpu ?? round.p50;
    const other = base?.rounds[at]?.cpu ?? base?.rounds[at]?.p50;
    return own && other ? own / other : undefined;
  });
}

function less(value: number | undefined, other: number | undefined): number | undefined {
  return value === undefined || other === undefined ? undefined : value - other;
}

function median(values: readonly (number | undefined)[]): number | undefined {
  const told = values.filter((value) => value !== undefined);
  if (told.length === 0) return undefined;
  return (quantile(told, 0.5) + quantile(told.toReversed(), 0.499)) / 2;
}
