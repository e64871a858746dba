import { follow, hold, skipped, succeeded } from "./outcome.ts";
import type { Context, Outcome, Plan, Stage, Step } from "./types.ts";

/**
 * The staircase: tries a plan's steps in order until one succeeds. Where the circuits of all are open, the step whose
 * circuit rests the shortest is tried once.
 */
export const fallback = (send: Stage<Step>): Stage<Plan> => async (plan, context) => {
  const outcome = await climb(send, plan, context);
  if (!skipped(outcome)) return outcome;
  const step = plan[outcome.step.index]!;
  return send({ ...step, options: { ...step.options, maxAttempts: 1 } }, { ...context, insist: true });
};

async function climb(send: Stage<Step>, plan: Plan, context: Context): Promise<Outcome> {
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
}
