import { gunzipSync } from "node:zlib";
import type { Cell } from "./cells.ts";
import { BEAT } from "./rows.ts";
import type { Sight } from "./sight.ts";
import { isSound } from "./sound.ts";

/** What an answer comes to for a client, the best first. */
export const meanings = {
  "whole": "a healthy answer, byte for byte",
  "error": "an honest error, told as its status",
  "as sent": "what the provider sent, for reasons that stand at the end",
  "told": "a stream in which the provider itself tells of its error",
  "broken, told": "a stream that tells of an error in its own protocol, then visibly breaks off",
  "broken": "an answer that visibly breaks off, or none",
  "lies": "half an answer that looks whole",
  "hang": "nothing more, for ever",
} as const;
export type Verdict = keyof typeof meanings;
export const verdicts = Object.keys(meanings) as readonly Verdict[];

/** What became of one cell. */
export interface Result {
  readonly verdict: Verdict;
  /** Of an error. */
  readonly status?: number;
  /** Attempts that were made. */
  readonly attempts: number;
  /** Until the client knew, in beats. */
  readonly waits: number;
}

/** What an answer is measured by. */
export interface Yardstick {
  /** The healthy answer. */
  readonly healthy: Sight;
  /** What the provider itself sends. */
  readonly sent: Sight;
}

/** Judges what a client saw. */
export function judge(
  seen: Sight,
  { tongue, row, policy }: Omit<Cell, "way">,
  { healthy, sent }: Yardstick,
): Verdict {
  if (seen.end === "never") return "hang";
  const tells = seen.body.toString().match(tongue.error)?.length === 1;
  if (seen.end === "broken") return tells ? "broken, told" : "broken";
  if (seen.status >= 300) return "error";
  if (equal(seen, healthy) || (row.strikes === "never" && equal(seen, sent))) return "whole";
  if (!equal(seen, sent)) return "lies";
  if (tells) return "told";
  return isSound({ tongue, row, policy }) ? "as sent" : "lies";
}

/** Whether two answers are the same to a client, byte for byte. */
function equal(one: Sight, other: Sight): boolean {
  const alike = (name: string) => one.headers[name] === other.headers[name];
  return one.status === other.status && alike("content-type") && alike("content-encoding") &&
    unpack(one).equals(unpack(other));
}

/** The bytes themselves, whoever has compressed them. */
function unpack({ headers, body }: Sight): Buffer {
  try {
    return headers["content-encoding"] === "gzip" ? gunzipSync(body) : body;
  } catch {
    return body;
  }
}

/** Whether an answer broke off between two events without a word. */
export function brokeSilently(seen: Sight, { tongue }: Cell, { healthy }: Yardstick): boolean {
  const { error, boundary = /(^|\n\n)$/ } = tongue;
  const { status, end, headers, body } = seen;
  const text = body.toString();
  return status === 200 && end === "broken" && headers["content-type"] === healthy.headers["content-type"] &&
    !headers["content-encoding"] && boundary.test(text) && !text.match(error) &&
    !body.equals(healthy.body);
}

/** A result in a few words, such as `whole ×2 0.3 s` or `504 0.3 s`. */
export function tell({ verdict, status, attempts, waits }: Result): string {
  const made = attempts === 1 ? "" : ` ×${attempts}`;
  return `${status ?? verdict}${made}${waits ? ` ${waits * BEAT / 1000} s` : ""}`;
}

/** Reads what `tell` wrote. */
export function read(text: string): Result {
  const [, word = "", attempts = "1", seconds = "0"] =
    /^(\d{3}|[a-z, ]+?)(?: ×(\d+))?(?: ([\d.]+) s)?$/.exec(text) ?? [];
  const status = /^\d+$/.test(word) ? { status: Number(word) } : {};
  const verdict = (status.status ? "error" : word) as Verdict;
  return { verdict, ...status, attempts: Number(attempts), waits: Math.round(Number(seconds) * 1000 / BEAT) };
}

/** Sorts the better result first: a better verdict, fewer attempts, a shorter wait. */
export function compare(one: Result, other: Result): number {
  return verdicts.indexOf(one.verdict) - verdicts.indexOf(other.verdict) || one.attempts - other.attempts ||
    one.waits - other.waits;
}
