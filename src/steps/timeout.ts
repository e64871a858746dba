import { firstByteLimit } from "../clocks.ts";
import { when } from "../compose.ts";
import { GatewayError } from "../errors.ts";
import type { Layer, Step } from "../types.ts";

/** Ends an attempt whose answer has not begun within `requestTimeout` ms. A running stream is never cut. */
export const timeout = (): Layer<Step> =>
  when((step, context) => firstByteLimit(step, context) !== undefined, clocked);

const clocked: Layer<Step> = (next) => async (step, context) => {
  const clock = new AbortController();
  const timer = setTimeout(() => clock.abort(new GatewayError("timeout")), step.options.requestTimeout);
  try {
    return await next(step, { ...context, signal: AbortSignal.any([context.signal, clock.signal]) });
  } finally {
    clearTimeout(timer);
  }
};
