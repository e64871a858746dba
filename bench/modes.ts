/** How long and how often everything is measured, and the command line that says so. */
import { parseArgs } from "node:util";

/** How long, how often. */
export interface Mode {
  readonly rounds: number;
  /** Seconds of load in each slice. */
  readonly seconds: number;
  /** Seconds of load at one connection. */
  readonly alone: number;
  /** Streams one after the other. */
  readonly streams: number;
  /** Seconds of load before a target's first slice. */
  readonly warm: number;
  /** Seconds of load before each other one: runtimes throw away compiled code that rests. */
  readonly rewarm: number;
}

/** What the command line says. */
export interface Wish {
  readonly mode: Mode;
  readonly quick: boolean;
  /** Writes the ratios of this run down as those to compare with. */
  readonly save: boolean;
  readonly peers: boolean;
  /** Runtimes, or parts of targets' names; none means all. */
  readonly only: readonly string[];
  /** Letters or ids of scenarios. */
  readonly scenarios: readonly string[];
}

const full: Mode = { rounds: 3, seconds: 8, alone: 2, streams: 20, warm: 20, rewarm: 5 };
const quick: Mode = { rounds: 3, seconds: 1, alone: 0, streams: 4, warm: 2, rewarm: 0 };

/** What the command takes. */
export const USAGE: string = `usage: npm run bench -- [--quick] [--save] [--peers]
  [--only RUNTIME|NAME,…] [--scenario a,b,…] [--rounds N] [--seconds N] [--warm N]`;

/** Reads the command line. */
export function readWish(args: readonly string[]): Wish {
  const text = { type: "string" } as const;
  const flag = { type: "boolean", default: false } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...{ quick: flag, save: flag, peers: flag, help: flag },
      ...{ only: text, scenario: text, rounds: text, seconds: text, warm: text },
    },
  });
  if (values.help) throw new Error(USAGE);
  const usual = values.quick ? quick : full;
  return {
    mode: {
      ...usual,
      rounds: number(values.rounds, usual.rounds),
      seconds: number(values.seconds, usual.seconds),
      warm: number(values.warm, usual.warm),
    },
    quick: values.quick,
    save: values.save,
    peers: values.peers,
    only: list(values.only),
    scenarios: list(values.scenario ?? (values.quick ? "a,b,d" : "")),
  };
}

function list(text: string | undefined): string[] {
  return text?.split(",").filter(Boolean) ?? [];
}

function number(text: string | undefined, usual: number): number {
  const value = Number(text ?? usual);
  if (Number.isFinite(value) && value >= 0) return value;
  throw new Error(`Expected a number but found ${text}\n${USAGE}`);
}
