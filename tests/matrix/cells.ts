import type { CommitPolicy } from "../../src/types.ts";
import { type Row, rows } from "./rows.ts";

/** One way to ask: by which door, how many steps, how often the fault strikes. */
export interface Way {
  readonly name: string;
  readonly native: boolean;
  /** Attempts that each step may make. */
  readonly attempts: number;
  /** Whether a healthy step follows. */
  readonly fallback: boolean;
}

/** Where a fault that strikes once meets a second attempt, and one that lasts meets a second step. */
export const ways: readonly Way[] = [
  { name: "native", native: true, attempts: 1, fallback: false },
  { name: "one step", native: false, attempts: 1, fallback: false },
  { name: "retried", native: false, attempts: 2, fallback: false },
  { name: "two steps", native: false, attempts: 1, fallback: true },
];

export const policies: readonly CommitPolicy[] = ["headers", "event", "complete"];

/** A protocol that clients read. */
export interface Tongue {
  readonly name: string;
  readonly endpoint: string;
  /** Finds error events. */
  readonly error: RegExp;
  /** Which rows it is tried with. @default all */
  readonly faults?: readonly string[];
}

/** Faults whose consequences depend on the protocol. */
const telling: readonly string[] = [
  "healthy",
  "filtered",
  "error-json",
  "429",
  "slow-first-token;ms=900",
  "stall",
  "cut",
  "cut;after=0",
  "cut-in-event",
  "break;ms=100",
  "malformed",
  "missing-terminal",
  "error-event",
  "error-event;kind=rate-limit",
  "error-after-start",
  "error-after-token",
  "empty",
  "start-only",
  "pings",
  "pings-only",
  "pings-first",
];

export const tongues: readonly Tongue[] = [
  { name: "openai", endpoint: "v1/chat/completions", error: /^data: \{"error":.*\}\n\n/gm },
  { name: "anthropic", endpoint: "v1/messages", error: /^event: error\ndata: .*\n\n/gm, faults: telling },
];

/** One fault, asked for in one way under one policy in one protocol. */
export interface Cell {
  readonly tongue: Tongue;
  readonly row: Row;
  readonly way: Way;
  readonly policy: CommitPolicy;
}

/** The rows of a protocol. */
export const rowsOf = ({ faults }: Tongue): readonly Row[] =>
  rows.filter(({ fault }) => !faults || faults.includes(fault));

/** All cells, row by row. */
export const cells: readonly Cell[] = tongues.flatMap((tongue) =>
  rowsOf(tongue).flatMap((row) =>
    ways.flatMap((way) => policies.map((policy) => ({ tongue, row, way, policy })))
  )
);
