import type { CommitPolicy } from "../../src/options.ts";
import type { Row } from "./rows.ts";
import { rowsOf, type Tongue, tongues } from "./tongues.ts";

/** One way to ask: by which door, how many steps, how often the fault strikes. */
export interface Way {
  readonly name: string;
  readonly native: boolean;
  /** Attempts that each step may make. */
  readonly attempts: number;
  /** Whether a healthy step follows. */
  readonly fallback: boolean;
  /** The policy that its cells come out by where none is told. */
  readonly usual: CommitPolicy;
}

/** Where a fault that strikes once meets a second attempt, and one that lasts meets a second step. */
export const ways: readonly Way[] = [
  { name: "native", native: true, attempts: 1, fallback: false, usual: "headers" },
  { name: "one step", native: false, attempts: 1, fallback: false, usual: "headers" },
  { name: "retried", native: false, attempts: 2, fallback: false, usual: "event" },
  { name: "two steps", native: false, attempts: 1, fallback: true, usual: "event" },
];

export const policies: readonly CommitPolicy[] = ["headers", "event", "complete"];

/** One fault, asked for in one way under one policy in one protocol. */
export interface Cell {
  readonly tongue: Tongue;
  readonly row: Row;
  readonly way: Way;
  readonly policy: CommitPolicy;
  /** Whether nobody tells the policy. */
  readonly untold?: boolean;
}

/** All cells, row by row. */
export const cells: readonly Cell[] = tongues.flatMap((tongue) =>
  rowsOf(tongue).flatMap((row) =>
    ways.flatMap((way) => policies.map((policy) => ({ tongue, row, way, policy })))
  )
);

/** Universal cells of the first protocol where nobody tells the policy, which read as those of the usual one. */
export const untold: readonly Cell[] = cells
  .filter(({ tongue, way, policy }) => tongue === tongues[0] && !way.native && policy === way.usual)
  .map((cell) => ({ ...cell, untold: true }));
