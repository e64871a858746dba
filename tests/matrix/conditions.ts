import { type Way, ways } from "./cells.ts";
import { code, table } from "./markdown.ts";
import { RETRY_DELAY, type Row, rows } from "./rows.ts";

/** Tells which options the measurements set, and what holds where they are not set. */
export function conditions(): string {
  return `\`×2\` is how many attempts were made; a time is how long the client waited, in steps of 0.3 s.

## What was set

Every request tells its \`commit\`, a \`retryDelay\` of ${RETRY_DELAY} ms, and \`maxAttempts\`: 2 where it says **retried**,
otherwise 1. Clocks are set for these faults, and for no other:

${table(["clock", "set to", "for"], clocks())}

Without a clock, silence lasts as long as the [defaults](../README.md#options) say: a first byte is waited for
without end, what has begun may be silent for 300 s. And without a \`commit\`:

${table(["way", "what the client gets"], ways.map((way) => [way.name, usual(way)]))}`;
}

function clocks(): readonly string[][] {
  const names = ["requestTimeout", "idleTimeout"] as const;
  return names.flatMap((name) => {
    const values = new Set(rows.flatMap(({ clocks }) => clocks[name] ?? []));
    const those = (value: number) => rows.filter(({ clocks }) => clocks[name] === value).map(nameOf);
    return [...values].map((value) => [code(name), `${value / 1000} s`, those(value).join(", ")]);
  });
}

const nameOf = ({ fault }: Row) => code(fault);

function usual({ native, usual }: Way): string {
  return native
    ? "as **alone**, see above; as one step, if another option asks that it be looked at"
    : `what the cell tells of ${code(usual)}`;
}
