import { judge } from "./fallback-on.ts";
import { follow, hold, isOpen } from "./outcome.ts";
import { createRace } from "./race.ts";
import type { Context, Outcome, Plan, Stage, Step } from "./types.ts";

/**
 * The staircase: tries a plan's steps in order until one succeeds. Where the circuits of all are open, the step whose
 * circuit rests the shortest is tried once.
 */
export const fallback = (send: Stage<Step>): Stage<Plan> => async (plan, context) => {
  const outcome = await (plan.length === 1 ? send(plan[0], context) : climb(send, plan, context));
  if (!isOpen(outcome)) return outcome;
  const step = plan[outcome.step.index]!;
  return send({ ...step, options: { ...step.options, maxAttempts: 1 } }, { ...context, insist: true });
};

/**
 * A step whose `hedgeAfter` has passed without an outcome gets the next one beside it; the first success wins, and the
 * others are aborted.
 */
async function climb(send: Stage<Step>, plan: Plan, context: Context): Promise<Outcome> {
  const race = createRace(send, context);
  let outcome: Outcome | undefined;
  try {
    for (const step of plan) {
      const stepsLeft = plan.length - 1 - step.index;
      race.start(step, stepsLeft + race.running());
      while (race.running() > 0) {
        const next = await race.next(stepsLeft > 0 ? step.options.hedgeAfter : undefined);
        if (!next) break;
        const { judged, movesOn } = await judge(next);
        outcome = follow(outcome, judged);
        if (!movesOn || context.signal.aborted) return outcome;
        if (outcome === judged && stepsLeft + race.running() > 0) outcome = hold(outcome);
      }
    }
    return outcome!;
  } finally {
    race.abandon();
  }
}
