import { firstByteLimit } from "../clocks.ts";
import { GatewayError } from "../errors.ts";
import type { Layer, Step } from "../types.ts";

/** Ends an attempt whose answer has not begun within `requestTimeout` ms. A running stream is never cut. */
export const timeout = (): Layer<Step> => (next) => async (step, context) => {
  const limit = firstByteLimit(step, context);
  if (limit === undefined) return next(step, context);

  const clock = new AbortController();
  const timer = setTimeout(() => clock.abort(new GatewayError("timeout")), limit);
  try {
    return await next(step, { ...context, signal: AbortSignal.any([context.signal, clock.signal]) });
  } finally {
    clearTimeout(timer);
  }
};
