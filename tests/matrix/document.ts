import { runtimes } from "../support/serve.ts";
import { policies, ways } from "./cells.ts";
import { reasons } from "./sound.ts";
import { ALONE, aloneOf, FIRST, joined, type Told } from "./told.ts";
import { rowsOf, type Tongue, tongues } from "./tongues.ts";
import { meanings, read, verdicts } from "./verdict.ts";

const introduction = `# What becomes of each failure

What a client gets when a provider fails, measured over real sockets: each fault of
[\`waygate/testing\`](../README.md#test-your-own-stack) in front of a gateway on Deno, Bun, Node and workerd.
\`npm run matrix\` measures it all again and writes this file; \`npm test\` fails where a cell got worse.

Each row is a fault; **alone** is what it does without a gateway. Then four ways to ask: the provider's
**native** endpoint; **one step** of the universal endpoint; the same step **retried** once, where the fault
strikes only the first time; and **two steps**, of which the second is healthy. Where the commit policies
differ, a cell tells \`headers\` / \`event\` / \`complete\`.`;

const legend =
  `\`×2\` is how many attempts were made; a time is how long the client waited: clocks and pauses are 0.3 s here,
as far as a row needs them.`;

/** Writes the document. */
export function render(told: Told): string {
  const sections = [
    introduction,
    table(
      ["word", "what the client gets"],
      Object.entries(meanings).map(([word, text]) => [code(word), text]),
    ),
    legend,
    `## In short\n\n${summary(told)}`,
    ...tongues.map((tongue) => `## ${tongue.name}\n\n${tableOf(tongue, told)}`),
    `## Where runtimes differ\n\nThe tables above are Deno's. On the others all is the same but this:\n\n${
      differences(told)
    }`,
    `## As sent, and why\n\n${why()}`,
  ];
  return `${sections.join("\n\n")}\n`;
}

function summary(told: Told): string {
  const count = (name: string, matches: (id: string) => boolean) => {
    const results = [...told].filter(([id]) => matches(id)).map(([, text]) => read(text).verdict);
    return [name, ...verdicts.map((verdict) => String(results.filter((one) => one === verdict).length))];
  };
  const lines = policies.flatMap((policy) =>
    ways.map(({ name }) =>
      count(`${name}, ${policy}`, (id) => id.startsWith(FIRST) && id.endsWith(`|${name}|${policy}`))
    )
  );
  const alone = count(ALONE, (id) => id.startsWith(ALONE));
  return table(["rows that come out as", ...verdicts], [alone, ...lines]);
}

function tableOf(tongue: Tongue, told: Told): string {
  const lines = rowsOf(tongue).map((row) => [
    code(row.fault),
    told.get(aloneOf(tongue, row)) ?? "",
    ...ways.map((way) => joined(FIRST, { tongue, row, way }, told)),
  ]);
  return table(["fault", ALONE, ...ways.map(({ name }) => name)], lines);
}

function differences(told: Told): string {
  const lines = tongues.flatMap((tongue) =>
    rowsOf(tongue).flatMap((row) =>
      runtimes.map((runtime) => ({
        runtime,
        results: ways.map((way) => joined(runtime, { tongue, row, way }, told)),
        usual: ways.map((way) => joined(FIRST, { tongue, row, way }, told)),
      })).filter(({ results, usual }) => results.join() !== usual.join())
        .map(({ runtime, results }) => [tongue.name, code(row.fault), runtime, ...results])
    )
  );
  return table(["protocol", "fault", "runtime", ...ways.map(({ name }) => name)], lines);
}

function why(): string {
  const lines = reasons.map(({ faults, because, policies, tongues }) => [
    faults.map(code).join(", "),
    policies?.map(code).join(", ") ?? "all",
    tongues?.join(", ") ?? "all",
    because,
  ]);
  return table(["fault", "policies", "protocols", "why"], lines);
}

const code = (text: string) => `\`${text}\``;

/** A table as the formatter leaves it. */
function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const widths = head.map((name, column) =>
    Math.max(name.length, ...lines.map((line) => line[column]!.length))
  );
  const print = (line: readonly string[]) =>
    `| ${line.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`;
  return [head, widths.map((width) => "-".repeat(width)), ...lines].map(print).join("\n");
}
