import { GatewayError } from "../errors.ts";
import { skip } from "../outcome.ts";
import type { Counted, RateLimit } from "../public.ts";
import { ask, fieldsOf, type Rate, type Verdict } from "../rate.ts";
import type { Counter } from "../store.ts";
import { subjectOf } from "../subject.ts";
import type { Context, Failure, Layer, Ledger, Step } from "../types.ts";

/** A limit, ready to be asked. */
interface Rule extends Rate {
  /** Tells it from others in the counter and in `ratelimit`. */
  readonly name: string;
  readonly per: readonly Counted[];
}

/** How limits are kept. */
interface Manner {
  /** Refuses what cannot be counted, because the counter fails; otherwise it passes. */
  readonly failClosed: boolean;
}

/** Refuses what would be one too many. A request counts once under each key, whatever it takes to answer it. */
export const limit = (
  limits: readonly RateLimit[],
  counter: Counter,
  { failClosed }: Manner,
): Layer<Step> =>
(next) => {
  const rules = limits.map(ruleOf);
  const asked = new WeakMap<Ledger, Map<string, Promise<Verdict>>>();

  function askOnce(key: string, rule: Rule, { ledger }: Context): Promise<Verdict> {
    const verdicts = asked.get(ledger) ?? new Map<string, Promise<Verdict>>();
    asked.set(ledger, verdicts);
    const verdict = verdicts.get(key) ?? ask(counter, key, rule);
    verdicts.set(key, verdict);
    return verdict;
  }

  return async (step, context) => {
    for (const rule of rules) {
      const key = `limit:${context.gateway}:${rule.name}:${await subjectOf(rule.per, step, context)}`;
      const verdict = await askOnce(key, rule, context).catch(() => undefined);
      if (!verdict && failClosed) return skip(step, context, "store_unavailable");
      if (verdict?.granted === false) return refuse(step, context, rule, verdict);
    }
    return next(step, context);
  };
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
