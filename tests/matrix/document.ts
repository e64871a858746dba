import { commonSettings, faults } from "../../src/testing/index.ts";
import { runtimes } from "../support/serve.ts";
import { policies, ways } from "./cells.ts";
import { conditions } from "./conditions.ts";
import { fold, OWN } from "./folding.ts";
import { code, table } from "./markdown.ts";
import { reasons } from "./sound.ts";
import { ALONE, aloneOf, FIRST, joined, type Told } from "./told.ts";
import { rowsOf, type Tongue, tongues } from "./tongues.ts";
import { meanings, read, verdicts } from "./verdict.ts";

const introduction = `# What becomes of each failure

What a client gets when a provider fails, measured over real sockets: each fault of
[\`waygate/testing\`](../README.md#test-your-own-stack) in front of a gateway on Deno, Bun, Node and workerd.
\`npm run matrix\` measures it all again and writes this file; \`npm test\` fails where a cell got worse.

Each row is a fault, or several that come to the same; [what they do](#the-faults) stands at the end.
**alone** is what a fault does without a gateway. Then four ways to ask: the provider's **native** endpoint;
**one step** of the universal endpoint; the same step **retried** once, where the fault strikes only the first
time; and **two steps**, of which the second is healthy. Where the commit policies differ, a cell tells
\`headers\` / \`event\` / \`complete\`.

A native endpoint of which nothing is asked is not looked at: no answer, or one whose head nobody can read, is
a 502 there, \`length-too-small\` looks whole, and everything else comes as column **alone** tells. What asks
for a look is \`commit\`, \`maxAttempts\`, \`idleTimeout\`, \`totalTimeout\`, \`cacheTtl\`, a breaker, \`maxConcurrent\`,
limits of tokens, budgets, \`logs\` or \`onEnd\`.`;

/** Writes the document. */
export function render(told: Told): string {
  const sections = [
    introduction,
    table(
      ["word", "what the client gets"],
      Object.entries({ ...meanings, [OWN]: "the status that the fault is named after" })
        .map(([word, text]) => [code(word), text]),
    ),
    conditions(),
    `## In short\n\n${summary(told)}`,
    ...tongues.map((tongue) => `## ${tongue.name}\n\n${tableOf(tongue, told)}`),
    `## Where runtimes differ\n\nThe tables above are Deno's. On the others all is the same but this:\n\n${
      differences(told)
    }`,
    `## As sent, and why\n\n${why()}`,
    `## The faults\n\n${all()}`,
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
  return table(["faults that come out as", ...verdicts], [alone, ...lines]);
}

function tableOf(tongue: Tongue, told: Told): string {
  const lines = rowsOf(tongue).map((row) => ({
    fault: row.fault,
    cells: [
      told.get(aloneOf(tongue, row)) ?? "",
      ...ways.map((way) => joined(FIRST, { tongue, row, way }, told)),
    ],
  }));
  return table(["fault", ALONE, ...ways.map(({ name }) => name)], fold(lines));
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

function all(): string {
  const lines = faults.map(({ name, kind, settings, description }) => [
    code(name),
    kind,
    settings.map(code).join(", "),
    description,
  ]);
  const common = Object.entries(commonSettings).map(([name, text]) => [code(name), text]);
  return `Those of kind \`socket\` and \`address\` need \`waygate/testing/server\`.

${table(["fault", "kind", "settings", "what it does"], lines)}

Every fault also takes:

${table(["setting", "what it does"], common)}`;
}
