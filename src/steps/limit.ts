import { GatewayError } from "../errors.ts";
import { interruptible } from "../interruptible.ts";
import { heed } from "../obey.ts";
import { skip } from "../outcome.ts";
import type { Counted, RateLimit } from "../public.ts";
import { ask, fieldsOf, type Manner, type Rate, refusalIn, type Verdict } from "../rate.ts";
import type { Counter } from "../store.ts";
import { subjectOf } from "../subject.ts";
import type { Context, Failure, Layer, Step } from "../types.ts";

/** A limit, ready to be asked. */
interface Rule extends Rate {
  /** Tells it from others in the counter and in `ratelimit`. */
  readonly name: string;
  readonly per: readonly Counted[];
}

/** Refuses what would be one too many. A request counts once under each key, whatever it takes to answer it. */
export const limit = (
  limits: readonly RateLimit[],
  counter: Counter,
  { failClosed }: Manner,
): Layer<Step> => {
  const rules = limits.map(ruleOf);

  async function askOnce(rule: Rule, step: Step, context: Context): Promise<Verdict | undefined> {
    const key = `limit:${context.gateway}:${rule.name}:${await subjectOf(rule.per, step, context)}`;
    const verdicts = context.ledger.verdicts ??= new Map();
    const verdict = verdicts.get(key) ?? ask(counter, key, rule).catch(() => undefined);
    verdicts.set(key, verdict);
    return await verdict;
  }

  return interruptible((next) => async (step, context) => {
    const asking = Promise.all(rules.map((rule) => askOnce(rule, step, context)));
    const verdicts = await heed(context.signal, asking);
    const refusal = await refusalIn(verdicts, failClosed);
    if (refusal < 0) return next(step, context);
    context.ledger.verdicts?.clear(); // What was given back has to be asked for again.
    const verdict = verdicts[refusal];
    return verdict
      ? refuse(step, context, rules[refusal]!, verdict)
      : skip(step, context, "store_unavailable");
  });
};

function ruleOf({ limit, interval, technique = "fixed", per = [] }: RateLimit, index: number): Rule {
  return { name: String(index), limit, window: interval * 1000, technique, per: [...new Set(per)] };
}

function refuse(step: Step, context: Context, rule: Rule, verdict: Verdict): Failure {
  return {
    ...skip(step, context, "limited"),
    error: new GatewayError("limited"),
    headers: fieldsOf(rule.name, rule, verdict),
  };
}
