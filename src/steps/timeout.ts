import { GatewayError } from "../errors.ts";
import type { Layer, Step } from "../types.ts";

/**
 * Ends an attempt whose answer has not begun within `requestTimeout` ms. Where more than one attempt was
 * possible, the very last one waits however long it takes, as Cloudflare's does. A running stream is never cut.
 */
export const timeout = (): Layer<Step> => (next) => async (step, context) => {
  const limit = step.options.requestTimeout;
  const lastResort = context.attemptsLeft + context.stepsLeft === 0 && context.ledger.attempts.length > 0;
  if (!limit || lastResort) return next(step, context);

  const clock = new AbortController();
  const timer = setTimeout(() => clock.abort(new GatewayError("timeout")), limit);
  try {
    return await next(step, { ...context, signal: AbortSignal.any([context.signal, clock.signal]) });
  } finally {
    clearTimeout(timer);
  }
};
