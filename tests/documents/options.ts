import { type Knob, LONGEST_TIMER } from "../../src/knobs.ts";
import { knobs } from "../../src/settings/knobs.ts";
import { code, table } from "../matrix/markdown.ts";
import { cell, cloudflareNames, usual } from "./settings.ts";
import { type Member, membersOf } from "./members.ts";

const rows = Object.entries(knobs as Readonly<Record<string, Knob>>);
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

function headerOf({ header, alias }: Knob): string {
  return [header, alias].flatMap((name) => name === undefined ? [] : code(name)).join(", ");
}

/** The table has a column for it. */
function withoutHeader(text: string): string {
  return text.replace(/ ?Header `[^`]+`(, as JSON)?\./, "");
}

/** What a knob takes. */
function takes(name: string, { takes: kind }: Knob): string {
  if (typeof kind === "function") return "JSON";
  switch (kind.kind) {
    case "whole": {
      const { text } = member(name);
      const unit = /\bms\b/.test(text) ? " ms" : /\bseconds\b/.test(text) ? " s" : "";
      // The longest time that a timer can measure is as good as any.
      const end = kind.highest === LONGEST_TIMER ? " or more" : ` to ${kind.highest}`;
      return `${kind.lowest}${end}${unit}`;
    }
    case "word":
      return kind.words.map(code).join(", ");
    case "flag":
      return "`true`, `false`";
    case "text":
      return "a text";
    case "causes":
      return "a list";
  }
}
