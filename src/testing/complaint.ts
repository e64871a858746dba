import { errorWords } from "./dialects/errors.ts";
import { dialects } from "./dialects/table.ts";
import { commonSettings, rows } from "./faults/table.ts";
import type { Order } from "./order.ts";

/** What a setting takes. */
interface Range {
  readonly expected: string;
  readonly takes: (value: string) => boolean;
}

const fitting = (expected: string, pattern: RegExp): Range => ({
  expected,
  takes: (value) => pattern.test(value),
});
const oneOf = (words: readonly string[]): Range => ({
  expected: `one of ${words.join(", ")}`,
  takes: (value) => words.includes(value),
});

const number = fitting("a number, 0 or more", /^\d+(\.\d+)?$/);
/** Those of settings that take something else. */
const others: ReadonlyMap<string, Range> = new Map([
  ["key", fitting("any text", /^/)],
  ["kind", oneOf(Object.keys(errorWords))],
  ["dialect", oneOf(dialects.map(({ name }) => name))],
  ["status", fitting("a status from 200 to 599", /^[2-5]\d\d$/)],
  ["stream", oneOf(["0", "1"])],
  ["retry-after-date", fitting("a number", /^-?\d+(\.\d+)?$/)],
  ["x-should-retry", oneOf(["true", "false"])],
]);

/** Says why an order cannot be played; nothing, if it can. */
export function complaintOf({ fault, settings }: Order): string | undefined {
  const row = rows.get(fault);
  if (!row) return `There is no fault "${fault}"; there are ${[...rows.keys()].join(", ")}.`;
  const own = row.settings.map((setting) => setting.split("=", 1)[0]!);
  const known = [...own, ...Object.keys(commonSettings)];
  for (const [name, value] of settings) {
    if (!known.includes(name)) {
      return `The fault "${fault}" has no setting "${name}"; it takes ${known.join(", ")}.`;
    }
    const { expected, takes } = others.get(name) ?? number;
    if (!takes(value)) return `The setting "${name}" is "${value}"; expected is ${expected}.`;
  }
  return undefined;
}
