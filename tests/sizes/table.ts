import { budgets } from "./budgets.ts";
import type { Size } from "./measure.ts";

/** Where the table stands in a page. */
const marks = /(<!-- sizes -->\n).*?(<!-- end of sizes -->)/s;

/** Whether a page has a place for the table. */
export function hasPlace(page: string): boolean {
  return marks.test(page);
}

/** A page with the table in its place. */
export function put(page: string, sizes: readonly Size[]): string {
  return page.replace(marks, (_, before, after) => `${before}\n${print(sizes)}\n${after}`);
}

/** The table, as `deno fmt` leaves it. */
export function print(sizes: readonly Size[]): string {
  const rows = [
    ["kB (1000 bytes)", "minified", "gzipped", "budget"],
    ...sizes.map(({ entry, minified, gzipped }) => [
      name(entry),
      ...[minified, gzipped, budgets[entry] ?? 0].map((bytes) => (bytes / 1000).toFixed(1)),
    ]),
  ];
  const widths = rows[0]!.map((_, at) => Math.max(...rows.map((row) => row[at]!.length)));
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const pad = (row: readonly string[]) =>
    line(row.map((cell, at) => at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!)));
  const rule = line(widths.map((width, at) => at === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  const [head, ...body] = rows.map(pad);
  return `${[head, rule, ...body].join("\n")}\n`;
}

/** What a page tells of an entry, in kB; undefined where it tells nothing. */
export function told(page: string, entry: string): { minified: number; gzipped: number } | undefined {
  const row = page.split("\n").find((line) => line.startsWith(`| ${name(entry)} `));
  const [, , minified, gzipped] = row?.split("|") ?? [];
  return minified && gzipped ? { minified: Number(minified), gzipped: Number(gzipped) } : undefined;
}

function name(entry: string): string {
  const [own, ...more] = entry.split(",");
  return [`\`${own}\``, ...more].join(",");
}
