import { made } from "./outcome.ts";
import type { Context, Step } from "./types.ts";

/**
 * How long a step may take until its answer begins, in ms. Where more than one attempt was possible, the very last
 * one waits however long it takes, as Cloudflare's does.
 */
export function firstByteLimit(step: Step, context: Context): number | undefined {
  const { requestTimeout } = step.options;
  if (!requestTimeout) return undefined;
  const lastResort = context.attemptsLeft + context.stepsLeft === 0 && made(context.ledger) > 0;
  return lastResort ? undefined : requestTimeout;
}
