import { GatewayError } from "../errors.ts";
import type { Layer, Plan } from "../types.ts";

/**
 * Ends a request that takes longer than `totalTimeout` ms, answer included; of several steps, the smallest that is
 * told counts.
 */
export const deadline = (): Layer<Plan> => (next) => async (plan, context) => {
  const limit = Math.min(...plan.map(({ options }) => options.totalTimeout || Infinity));
  if (limit === Infinity) return next(plan, context);

  const clock = new AbortController();
  const timer = setTimeout(() => clock.abort(new GatewayError("timeout")), limit);
  const stop = () => clearTimeout(timer);
  try {
    const signal = AbortSignal.any([context.signal, clock.signal]);
    const outcome = await next(plan, { ...context, signal });
    const ended = outcome.kind === "answer" ? outcome.ended : undefined;
    if (ended) ended.then(stop);
    else stop();
    return outcome;
  } catch (error) {
    stop();
    throw error;
  }
};
