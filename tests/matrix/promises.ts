import type { CallRecord } from "../../src/testing/index.ts";
import type { Cell } from "./cells.ts";
import { QUERY } from "./question.ts";
import { isSound } from "./sound.ts";
import type { Sight } from "./sight.ts";
import { brokeSilently, type Result, type Yardstick } from "./verdict.ts";

/** All that is known of one cell that was tried. */
export interface Trial {
  readonly cell: Cell;
  readonly seen: Sight;
  readonly result: Result;
  /** What the providers saw by the time that the client knew. */
  readonly calls: readonly CallRecord[];
  readonly yardstick: Yardstick;
}

/** What holds for every cell, whatever else is written in the table. */
const promises: Readonly<Record<string, (trial: Trial) => boolean>> = {
  "nobody is lied to or left hanging": ({ result: { verdict } }) => verdict !== "lies" && verdict !== "hang",
  "a stream that breaks off between two events says why": ({ seen, cell, yardstick }) =>
    !brokeSilently(seen, cell, yardstick),
  "under complete a healthy step makes good whatever failed before it": ({ cell, result }) =>
    !rescued(cell, "complete") || result.verdict === "whole" || result.verdict === "as sent",
  "under event a healthy step makes good whatever failed before it told anything": ({ cell, result }) =>
    !rescued(cell, "event") || cell.row.strikes === "after" || isSound(cell) ||
    result.verdict === "whole",
  "under event what fails later ends as a failure that the client can see": ({ cell, result }) =>
    !rescued(cell, "event") || cell.row.strikes !== "after" || result.verdict !== "error",
  "every attempt carries the very bytes that the client wrote": ({ calls }) =>
    calls.every(({ body, ending }) => body === QUERY || (body === "" && ending === "aborted")),
  "no attempt is made that the trail does not tell": ({ seen, calls }) =>
    seen.status === 0 || calls.length <= String(seen.headers["waygate-trail"]).split(", ").length,
  "between two attempts of a step lies the pause that was asked for": ({ cell, calls: [first, second] }) =>
    cell.way.fallback || first?.ending !== "whole" || !second || second.at - first.at >= cell.row.pause - 2,
};

function rescued({ way, policy }: Cell, wanted: Cell["policy"]): boolean {
  return way.fallback && policy === wanted;
}

/** The promises that a trial breaks. */
export const brokenBy = (trial: Trial): readonly string[] =>
  Object.entries(promises).filter(([, holds]) => !holds(trial)).map(([name]) => name);
