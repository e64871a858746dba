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
}

/** Where a fault that strikes once meets a second attempt, and one that lasts meets a second step. */
export const ways: readonly Way[] = [
  { name: "native", native: true, attempts: 1, fallback: false },
  { name: "one step", native: false, attempts: 1, fallback: false },
  { name: "retried", native: false, attempts: 2, fallback: false },
  { name: "two steps", native: false, attempts: 1, fallback: true },
];

export const policies: readonly CommitPolicy[] = ["headers", "event", "complete"];

/** One fault, asked for in one way under one policy in one protocol. */
export interface Cell {
  readonly tongue: Tongue;
  readonly row: Row;
  readonly way: Way;
  readonly policy: CommitPolicy;
}

/** All cells, row by row. */
export const cells: readonly Cell[] = tongues.flatMap((tongue) =>
  rowsOf(tongue).flatMap((row) =>
    ways.flatMap((way) => policies.map((policy) => ({ tongue, row, way, policy })))
  )
);
