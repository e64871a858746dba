export const code = (text: string): string => `\`${text}\``;

/** A table as the formatter leaves it. */
export function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const widths = head.map((name, column) =>
    Math.max(name.length, ...lines.map((line) => line[column]!.length))
  );
  const print = (line: readonly string[]) =>
    `| ${line.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`;
  return [head, widths.map((width) => "-".repeat(width)), ...lines].map(print).join("\n");
}
