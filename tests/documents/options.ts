import * as v from "valibot";
import { type Knob, knobs } from "../../src/options.ts";
import { code, table } from "../matrix/markdown.ts";
import { cell, cloudflareNames, usual } from "./settings.ts";
import { type Member, membersOf } from "./members.ts";

const rows = Object.entries(knobs as Readonly<Record<string, Knob<unknown>>>);
const told = new Map(membersOf("src/options.ts", "Options").map((member) => [member.name, member]));

/** Every option in short. */
export function shortOptions(): string {
  const head = ["option", "header", "takes", "default"];
  return table(
    head,
    rows.map(([name, knob]) => [code(name), headerOf(knob), takes(name, knob), usual(member(name))]),
  );
}

/** Every option, and what it does. */
export function longOptions(): string {
  const head = ["option", "header", "at Cloudflare, as a setting", "takes", "default", "does"];
  return table(
    head,
    rows.map(([name, knob]) => {
      const { text } = member(name);
      const theirs = [...cloudflareNames()].filter(([, ours]) => ours === name).map(([theirs]) =>
        code(theirs)
      );
      const does = cell(withoutHeader(text));
      return [code(name), headerOf(knob), theirs.join(), takes(name, knob), usual(member(name)), does];
    }),
  );
}

function member(name: string): Member {
  const found = told.get(name);
  if (!found) throw new Error(`Options has no ${name}`);
  return found;
}

function headerOf({ header, alias }: Knob<unknown>): string {
  return [header, alias].flatMap((name) => name === undefined ? [] : code(name)).join(", ");
}

/** The table has a column for it. */
function withoutHeader(text: string): string {
  return text.replace(/ ?Header `[^`]+`(, as JSON)?\./, "");
}

/** Values that tell what a schema makes of them. */
const [LOW, HIGH] = [-1e15, 1e15];
/** Longest time that a timer can measure, in ms: nobody minds it. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** What a schema takes, by trial. */
function takes(name: string, { schema }: Knob<unknown>): string {
  const [low, high] = [LOW, HIGH].map((value) => v.safeParse(schema, value));
  if (low!.success && high!.success) {
    const unit = /\bms\b/.test(member(name).text) ? " ms" : /\bseconds\b/.test(member(name).text) ? " s" : "";
    const end = high!.output === LONGEST_TIMER ? " or more" : ` to ${high!.output}`;
    return `${low!.output}${end}${unit}`;
  }
  if ("options" in schema) return (schema.options as string[]).map(code).join(", ");
  if (v.is(schema, true)) return "`true`, `false`";
  if (v.is(schema, ["5xx"])) return "a list";
  return v.is(schema, "any text") ? "a text" : "JSON";
}
