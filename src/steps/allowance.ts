import { when } from "../compose.ts";
import type { Usage } from "../dialects/dialect.ts";
import { forecast } from "../forecast.ts";
import { modelOf } from "../model.ts";
import { skip } from "../outcome.ts";
import { ask, type Verdict } from "../rate.ts";
import type { Allowance, Call } from "../allowances.ts";
import type { Counter } from "../store.ts";
import { metadataOf, plainSlug, subjectOf } from "../subject.ts";
import type { Attempt, Context, Ending, Failure, Layer, Outcome, Step } from "../types.ts";

/** How allowances are kept. */
interface Manner {
  /** Refuses what cannot be counted, because the counter fails; otherwise it passes. */
  readonly failClosed: boolean;
}

/** What was set aside for a call. */
interface Reserve {
  readonly rule: Allowance;
  readonly verdict: Verdict;
}

/**
 * Refuses a call for which too little is left. What it may take is set aside before it is made, and what it has taken is
 * put in its place when its answer has ended; a call of which nobody can tell what it takes passes uncounted.
 */
export const allowance = (
  rules: readonly Allowance[],
  counter: Counter,
  { failClosed }: Manner,
): Layer<Step> =>
  when(({ method }) => method === "POST", (next) => {
    async function reserve(call: Call, step: Step, context: Context): Promise<Reserve[] | Failure> {
      const expected = await forecast(step);
      const reserves: Reserve[] = [];
      for (const rule of rules) {
        if (!rule.covers(call)) continue;
        const amount = await rule.measure(call, expected);
        if (amount === undefined) continue;
        const key = `${rule.name}:${context.gateway}:${await subjectOf(rule.per, step, context)}`;
        const verdict = await ask(counter, key, rule, { amount: Math.min(amount, rule.limit) }).catch(() =>
          undefined
        );
        if (verdict?.granted) reserves.push({ rule, verdict });
        else if (verdict || failClosed) {
          await settle(reserves, () => 0);
          return verdict
            ? { ...skip(step, context, rule.code), ...rule.refuse(call, verdict) }
            : skip(step, context, "store_unavailable");
        }
      }
      return reserves;
    }

    /** What the attempts of a call have taken by a rule's measure; undefined where it cannot be told. */
    async function takenBy(
      attempts: readonly Attempt[],
      rule: Allowance,
      call: Call,
      step: Step,
    ): Promise<number | undefined> {
      const amounts = await Promise.all(attempts.map(async (attempt) => {
        const usage = await usageOf(attempt, step);
        return usage && await rule.measure(call, usage);
      }));
      return amounts.reduce(
        (sum, amount) => sum === undefined || amount === undefined ? undefined : sum + amount,
        0,
      );
    }

    return async (step, context) => {
      const model = await modelOf(step);
      const call = { provider: plainSlug(step.provider), model, metadata: metadataOf(step, context) ?? {} };
      const reserves = await reserve(call, step, context);
      if (!Array.isArray(reserves)) return reserves;
      const { attempts } = context.ledger;
      const earlier = attempts.length;
      const own = () => attempts.slice(earlier).filter((attempt) => attempt.step === step.index);
      const over = () => settle(reserves, ({ rule }) => takenBy(own(), rule, call, step));
      try {
        const outcome = await next(step, context);
        context.waitUntil(endOf(outcome).then(over));
        return outcome;
      } catch (error) {
        context.waitUntil(settle(reserves, () => 0));
        throw error;
      }
    };
  });

/** Puts what was taken in place of what was set aside; that stays where nobody can tell. */
async function settle(
  reserves: readonly Reserve[],
  taken: (reserve: Reserve) => number | undefined | Promise<number | undefined>,
): Promise<void> {
  await Promise.all(reserves.map(async (reserve) => {
    const used = await taken(reserve);
    if (used !== undefined) await reserve.verdict.settle(used).catch(() => {});
  }));
}

function endOf(outcome: Outcome): Promise<Ending | undefined> {
  const ended = outcome.kind === "answer" && outcome.response.ok ? outcome.ended : undefined;
  return ended ?? Promise.resolve(undefined);
}

/**
 * The tokens that an attempt has taken: none where it was refused, what its provider told, and of a stream that broke
 * off before that, one for each event; undefined where nobody can tell.
 */
async function usageOf({ result, usage, events, ending }: Attempt, step: Step): Promise<Usage | undefined> {
  const answered = ending !== undefined || (typeof result === "number" && result >= 200 && result <= 299);
  if (!answered) return { input: 0, output: 0 };
  if (usage && (ending === "complete" || events === undefined)) return usage;
  if (events === undefined) return undefined;
  const { input } = usage ?? await forecast(step);
  return { ...usage, input: input ?? 0, output: Math.max(usage?.output ?? 0, events) };
}
