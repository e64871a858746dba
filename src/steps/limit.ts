import { GatewayError } from "../errors.ts";
import { sha256 } from "../hash.ts";
import { credentialsIn } from "../headers.ts";
import { modelOf } from "../model.ts";
import { skip } from "../outcome.ts";
import type { Counted, RateLimit } from "../public.ts";
import { ask, type Rate, type Verdict } from "../rate.ts";
import type { Counter } from "../store.ts";
import type { Context, Failure, Layer, Ledger, Step } from "../types.ts";

/** A limit, ready to be asked. */
interface Rule extends Rate {
  /** Tells it from others in the counter and in `ratelimit`. */
  readonly name: string;
  readonly per: readonly Counted[];
}

/**
 * Refuses what would be one too many. A request counts once under each key, whatever it takes to answer it; one whose
 * count cannot be told passes.
 */
export const limit = (limits: readonly RateLimit[], counter: Counter): Layer<Step> => (next) => {
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
      const key = `limit:${context.gateway}:${rule.name}:${await subject(rule, step, context)}`;
      const verdict = await askOnce(key, rule, context).catch(() => undefined);
      if (verdict?.granted === false) return refuse(step, context, rule, verdict);
    }
    return next(step, context);
  };
};

function ruleOf({ limit, interval, technique = "fixed", per = [] }: RateLimit, index: number): Rule {
  return { name: String(index), limit, window: interval * 1000, technique, per: [...new Set(per)] };
}

/** Whose count it is: nothing of it can be read back, and it has the length of a key. */
async function subject({ per }: Rule, step: Step, context: Context): Promise<string> {
  if (per.length === 0) return "";
  return await sha256(JSON.stringify(await Promise.all(per.map((what) => tell(what, step, context)))));
}

function tell(what: Counted, step: Step, { ledger, address, metadata }: Context): unknown {
  switch (what) {
    case "credential":
      return ledger.caller ?? credentialsIn(step.headers);
    case "address":
      return address();
    case "provider":
      return step.provider.replace(/^custom-/, "");
    case "model":
      return modelOf(step);
    default:
      return (step.metadata ?? metadata)?.[what.slice("metadata.".length)];
  }
}

/** @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/ */
function refuse(step: Step, context: Context, rule: Rule, { left, resets }: Verdict): Failure {
  const seconds = Math.max(Math.ceil(resets / 1000), 1);
  return {
    ...skip(step, context, "limited"),
    error: new GatewayError("limited"),
    headers: {
      "retry-after": String(seconds),
      "ratelimit": `"${rule.name}";r=${left};t=${seconds}`,
      "ratelimit-policy": `"${rule.name}";q=${rule.limit};w=${rule.window / 1000}`,
    },
  };
}
