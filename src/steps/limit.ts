import { GatewayError } from "../errors.ts";
import { interruptible } from "../interruptible.ts";
import { heed } from "../obey.ts";
import { skip } from "../outcome.ts";
import type { Counted, RateLimit } from "../public.ts";
import { ask, fieldsOf, giveBack, type Grant, type Rate, refusalIn, type Verdict } from "../rate.ts";
import type { CheckedGateway } from "../settings/gateway.ts";
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
  { failClosed }: Pick<CheckedGateway, "failClosed">,
): Layer<Step> => {
  const rules = limits.map(ruleOf);

  async function hold(rule: Rule, step: Step, context: Context): Promise<Grant> {
    const key = `limit:${context.gateway}:${rule.name}:${await subjectOf(rule.per, step, context)}`;
    const grants = context.ledger.grants ??= new Map<string, Grant>();
    const grant = grants.get(key) ??
      { key, holders: 0, verdict: ask(counter, key, rule).catch(() => undefined) };
    grants.set(key, grant);
    grant.holders++;
    return grant;
  }

  async function holdAll(
    step: Step,
    context: Context,
  ): Promise<readonly (readonly [Grant, Verdict | undefined])[]> {
    const grants = await Promise.all(rules.map((rule) => hold(rule, step, context)));
    return await Promise.all(grants.map(async (grant) => [grant, await grant.verdict] as const));
  }

  return interruptible((next) => async (step, context) => {
    const held = await heed(context.signal, holdAll(step, context));
    const refusal = refusalIn(held.map(([, verdict]) => verdict), failClosed);
    if (refusal < 0) return next(step, context);
    await Promise.all(held.map(([grant]) => letGo(grant, context)));
    const [, verdict] = held[refusal]!;
    return verdict
      ? refuse(step, context, rules[refusal]!, verdict)
      : skip(step, context, "store_unavailable");
  });
};

/** What no other step of the request goes by is given back, and has to be asked for again. */
async function letGo(grant: Grant, { ledger }: Context): Promise<void> {
  grant.holders--;
  if (grant.holders > 0) return;
  ledger.grants!.delete(grant.key);
  await giveBack([await grant.verdict]);
}

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
