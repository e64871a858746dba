import type { ErrorCode } from "./errors.ts";
import { isReserve, succeeded } from "./outcome.ts";
import { findReason } from "./reason.ts";
import type { FallbackCause } from "./options.ts";
import type { Failure, Outcome } from "./types.ts";

/** What is known of a failed step: statuses and codes. */
type Facts = readonly (number | ErrorCode)[];

/** What each word stands for. */
const words: Readonly<Record<string, Facts>> = {
  timeout: ["timeout", 408, 504],
  network: ["network", "truncated"],
  rate_limit: ["rate_limited", "quota", 429],
  content_filter: ["content_filter"],
  context_length: ["context_length"],
};

/** Words that only an error answer's text tells. */
const READ: readonly FallbackCause[] = ["content_filter", "context_length"];

/** Whether a step's outcome moves on to the next step; its answer stays whole. */
export async function judge(outcome: Outcome): Promise<{ judged: Outcome; movesOn: boolean }> {
  if (succeeded(outcome)) return { judged: outcome, movesOn: false };
  const causes = outcome.step.options.fallbackOn;
  if (!causes) return { judged: outcome, movesOn: true };
  if (outcome.kind === "failure") return { judged: outcome, movesOn: givesWay(outcome) };
  const { status } = outcome.response;
  if (matches(causes, [status]) || !causes.some((cause) => READ.includes(cause))) {
    return { judged: outcome, movesOn: matches(causes, [status]) };
  }
  const { answer, reason } = await findReason(outcome);
  return { judged: answer, movesOn: matches(causes, [reason]) };
}

/** Whether a failure moves on to the next step. */
export function givesWay({ step: { options: { fallbackOn } }, error: { code, status } }: Failure): boolean {
  return !fallbackOn || isReserve(code) || matches(fallbackOn, [code, status]);
}

function matches(causes: readonly FallbackCause[], facts: Facts): boolean {
  return causes.some((cause) => facts.some((fact) => covers(cause, fact)));
}

function covers(cause: FallbackCause, fact: number | ErrorCode): boolean {
  if (typeof cause === "number") return fact === cause;
  return words[cause]?.includes(fact) ??
    (typeof fact === "number" && cause === `${Math.floor(fact / 100)}xx`);
}
