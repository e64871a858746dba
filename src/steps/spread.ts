import type { Choice, Context, Layer, Step } from "../types.ts";

/**
 * Chooses one of a step's choices by weight, among those that this step has tried least, so that a further attempt
 * takes another as long as there is one.
 */
export const spread =
  (random: () => number = Math.random): Layer<Step> => (next) => async (step, context) => {
    if (!step.choices) return next(step, context);
    const choice = choose(step.choices, triesOf(step.choices, step, context), random);
    const { url, key } = step.choices[choice]!;
    return await next({ ...step, url, key, choice }, context);
  };

/** How often this step has tried each of its choices. */
function triesOf(choices: readonly Choice[], { index }: Step, { ledger }: Context): number[] {
  const attempts = ledger.attempts.filter(({ step }) => step === index);
  return choices.map((_, choice) => attempts.filter((attempt) => attempt.choice === choice).length);
}

function choose(choices: readonly Choice[], tries: readonly number[], random: () => number): number {
  const fewest = Math.min(...tries);
  const fresh = [...choices.keys()].filter((index) => tries[index] === fewest);
  const weights = fresh.map((index) => choices[index]!.weight);
  let left = random() * weights.reduce((sum, weight) => sum + weight, 0);
  return fresh.find((_, at) => (left -= weights[at]!) < 0) ?? fresh.at(-1)!;
}
