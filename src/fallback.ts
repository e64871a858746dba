import { follow, hold, succeeded } from "./outcome.ts";
import type { Outcome, Plan, Stage, Step } from "./types.ts";

/** The staircase: tries a plan's steps in order until one succeeds. */
export const fallback = (send: Stage<Step>): Stage<Plan> => async (plan, context) => {
  if (plan.length === 1) return send(plan[0], context);
  let outcome: Outcome | undefined;
  for (const step of plan) {
    const stepsLeft = plan.length - 1 - step.index;
    outcome = follow(outcome, await send(step, { ...context, stepsLeft }));
    if (succeeded(outcome)) return outcome;
    if (context.signal.aborted) break;
    if (stepsLeft > 0) outcome = hold(outcome);
  }
  return outcome!;
};
