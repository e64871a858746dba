import type { AttemptNote } from "../logs.ts";
import type { Attempt, Context, Layer, Step } from "../types.ts";

/** Tells of every attempt when it has its answer's head, or has failed. */
export const attest =
  (onAttempt: (attempt: AttemptNote) => void): Layer<Step> => (next) => async (step, context) => {
    const made = context.ledger.attempts.length;
    const outcome = await next(step, context);
    for (const attempt of context.ledger.attempts.slice(made)) {
      if (attempt.step === step.index) onAttempt(noteOf(attempt, context));
    }
    return outcome;
  };

function noteOf(attempt: Attempt, { id, began }: Context): AttemptNote {
  const { step, provider, result = null, ms = null } = attempt;
  return { id, step, provider, result, began: Math.round(attempt.began - began), ms };
}
