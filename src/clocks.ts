import { made } from "./outcome.ts";
import type { Context, Step } from "./types.ts";

/**
 * How long a step may take until its answer begins, in ms. Where more than one attempt was possible, the very last
 * one waits however long it takes, as Cloudflare's does. The turns of several keys are one attempt.
 */
export function firstByteLimit(step: Step, context: Context): number | undefined {
  const { index, options: { requestTimeout, maxAttempts = 1 } } = step;
  if (!requestTimeout) return undefined;
  if (context.attemptsLeft + context.stepsLeft > 0) return requestTimeout;
  const before = context.ledger.attempts.filter(({ step }) => step !== index);
  return maxAttempts > 1 || made({ attempts: before }) > 0 ? undefined : requestTimeout;
}
