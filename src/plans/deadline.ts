import { when } from "../compose.ts";
import { GatewayError } from "../errors.ts";
import { discard, succeeded } from "../outcome.ts";
import type { Failure, Layer, Outcome, Plan } from "../types.ts";

/**
 * Ends a request that takes longer than `totalTimeout` ms, answer included; of several steps, the smallest that is
 * told counts.
 */
export const deadline = (): Layer<Plan> =>
  when((plan) => plan.some(({ options }) => options.totalTimeout), clocked);

const clocked: Layer<Plan> = (next) => async (plan, context) => {
  const limit = Math.min(...plan.map(({ options }) => options.totalTimeout || Infinity));
  const clock = new AbortController();
  const timer = setTimeout(() => clock.abort(new GatewayError("timeout")), limit);
  const stop = () => clearTimeout(timer);
  try {
    const signal = AbortSignal.any([context.signal, clock.signal]);
    const outcome = await next(plan, { ...context, signal });
    if (clock.signal.aborted && !succeeded(outcome)) return expire(outcome);
    const ended = outcome.kind === "answer" ? outcome.ended : undefined;
    if (ended) ended.then(stop);
    else stop();
    return outcome;
  } catch (error) {
    stop();
    throw error;
  }
};

/** An error answer that was kept in case nothing better came: its body broke when the time was over. */
function expire(outcome: Outcome): Failure {
  discard(outcome);
  return { kind: "failure", step: outcome.step, error: new GatewayError("timeout") };
}
