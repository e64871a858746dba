import { type ErrorCode, explain, GatewayError } from "./errors.ts";
import { resume } from "./peek.ts";
import type { Answer, Attempt, Context, Ending, Failure, Ledger, Outcome, Step } from "./types.ts";

/** Bytes of an error answer that are read ahead while another attempt is made. */
const HELD_BYTES = 64 * 1024;

/** Failures in which the provider did say something, if only half of an answer. */
const SPOKEN: ReadonlySet<ErrorCode> = new Set([
  "overloaded",
  "rate_limited",
  "quota",
  "content_filter",
  "context_length",
  "provider_error",
  "malformed",
  "truncated",
]);

/** Whether an outcome is an answer that a client was hoping for. */
export function succeeded(outcome: Outcome): boolean {
  return outcome.kind === "answer" && outcome.response.ok;
}

/** An answer that no provider gave: it counts as no attempt. */
export function answer(step: Step, response: Response): Answer {
  const { index, provider } = step;
  const began = performance.now();
  return {
    kind: "answer",
    step,
    response,
    attempt: { step: index, provider, began, result: response.status, ms: 0 },
  };
}

/** Why a step is left alone, though nobody has asked its provider. */
type Reserve = "open" | "crowded" | "limited" | "no_key" | "key_unavailable" | "spent" | "store_unavailable";
const reserves: ReadonlySet<unknown> = new Set<Reserve>([
  "open",
  "crowded",
  "limited",
  "no_key",
  "key_unavailable",
  "spent",
  "store_unavailable",
]);

/** A step that was left alone, because its circuit is open. */
type Open = Failure & { readonly until: number };

/** Leaves a step alone: no attempt is made, but the trail tells why. */
export function skip(step: Step, { ledger }: Context, code: Reserve, until?: number): Failure {
  ledger.attempts.push({
    step: step.index,
    provider: step.provider,
    began: performance.now(),
    result: code,
    ms: 0,
  });
  return { kind: "failure", step, error: new GatewayError(code), ...(until !== undefined && { until }) };
}

/** Attempts that were made, without the steps that were left alone. */
export function made({ attempts }: Ledger): number {
  return attempts.filter(({ result }) => !reserves.has(result)).length;
}

/** Whether it was the gateway that left a step alone. */
export function isReserve(code: ErrorCode): boolean {
  return reserves.has(code);
}

/** Whether nothing was tried, because the circuit of a step is open. */
export function isOpen(outcome: Outcome): outcome is Open {
  return outcome.kind === "failure" && outcome.until !== undefined;
}

/** Closes the answer that nobody will read, so that its connection does not leak. */
export function discard(outcome: Outcome | undefined): void {
  const said = outcome && lastSaid(outcome);
  if (said?.kind !== "answer" || !said.response.body || said.response.body.locked) return;
  said.response.body.cancel().catch(() => {});
}

/** Puts an answer aside while another attempt is made: its head is read now, the rest when somebody asks. */
export function hold(outcome: Outcome): Outcome {
  if (outcome.kind === "failure" || !outcome.response.body) return outcome;
  const { response } = outcome;
  const ahead = new ByteLengthQueuingStrategy({ highWaterMark: HELD_BYTES });
  return {
    ...outcome,
    response: new Response(resume(response.body!.getReader(), [], undefined, ahead), response),
  };
}

/**
 * What stands after a further attempt: what is said now replaces what was said before, silence remembers it. A step
 * whose circuit is open stands only against another such one that rests longer.
 */
export function follow(earlier: Outcome | undefined, later: Outcome): Outcome {
  if (earlier && isOpen(later)) return isOpen(earlier) && later.until < earlier.until ? later : earlier;
  const said = earlier && lastSaid(earlier);
  if (!said || later.kind === "answer" || lastSaid(later)) {
    discard(earlier);
    return later;
  }
  return { ...later, said };
}

/** What a provider last said: an answer, or a failure in its own words. */
export function lastSaid(outcome: Outcome): Outcome | undefined {
  return outcome.kind === "answer" || SPOKEN.has(outcome.error.code) ? outcome : outcome.said;
}

/** Why a signal aborted. Only the gateway aborts with an error of its own; whoever else aborts is the client. */
export function whyAborted({ reason }: AbortSignal): ErrorCode {
  return reason instanceof GatewayError ? reason.code : "client_left";
}

/** What was thrown, as an error that a client may read; of what breaks because a signal aborted, why that did. */
export function explainIn(signal: AbortSignal, thrown: unknown): GatewayError {
  const known = thrown instanceof GatewayError || !signal.aborted;
  return known ? explain(thrown) : new GatewayError(whyAborted(signal));
}

/** Writes down what came of an attempt, and after how long. */
export function note(attempt: Attempt, result: number | ErrorCode, detail?: string): void {
  attempt.result = result;
  attempt.ms = Math.round(performance.now() - attempt.began);
  if (detail) attempt.detail = detail;
}

/** How a request ends that failed with such a code. @default "provider_error" */
const endings: Partial<Readonly<Record<ErrorCode, Ending>>> = {
  client_left: "client_left",
  timeout: "stalled",
  network: "truncated",
  truncated: "truncated",
};

/** Writes down how the answer that the client gets ends, as soon as it has. */
export function conclude(outcome: Outcome, { ledger }: Context): void {
  const said = lastSaid(outcome) ?? outcome;
  if (said.kind === "failure") ledger.ending = endings[said.error.code] ?? "provider_error";
  else said.ended?.then((ending) => ledger.ending = ending);
}
