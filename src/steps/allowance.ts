import type { Allowance, Call } from "../allowances.ts";
import { when } from "../compose.ts";
import { type Forecast, forecast } from "../forecast.ts";
import { modelOf } from "../model.ts";
import { interruptible } from "../interruptible.ts";
import { heed } from "../obey.ts";
import { skip } from "../outcome.ts";
import { ask, giveBack, refusalIn, type Verdict } from "../rate.ts";
import type { CheckedGateway } from "../settings/gateway.ts";
import type { Counter } from "../store.ts";
import { metadataOf, plainSlug, subjectOf } from "../subject.ts";
import { takenBy } from "../taken.ts";
import type { Attempt, Context, Failure, Layer, Outcome, Step } from "../types.ts";

/** What was set aside for a call. */
interface Deposit {
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
  { failClosed }: Pick<CheckedGateway, "failClosed">,
): Layer<Step> => {
  async function callOf(step: Step, context: Context): Promise<Call> {
    const metadata = metadataOf(step, context) ?? {};
    return { provider: plainSlug(step.provider), model: await modelOf(step), metadata };
  }

  async function setAside(call: Call, step: Step, context: Context): Promise<readonly Deposit[] | Failure> {
    const expected = await forecast(step);
    const amounts = await Promise.all(rules.map((rule) => rule.covers(call) && expect(rule, call, expected)));
    const concerned = rules.flatMap((rule, index) =>
      amounts[index] ? [{ rule, amount: amounts[index] }] : []
    );
    const verdicts = await Promise.all(concerned.map(async ({ rule, amount }) => {
      const key = `${rule.name}:${context.gateway}:${await subjectOf(rule.per, step, context)}`;
      return await ask(counter, key, rule, { amount: Math.min(amount, rule.limit) }).catch(() => undefined);
    }));
    const refusal = refusalIn(verdicts, failClosed);
    if (refusal < 0) {
      return concerned.flatMap(({ rule }, index) =>
        verdicts[index] ? [{ rule, verdict: verdicts[index] }] : []
      );
    }
    await giveBack(verdicts);
    const { rule } = concerned[refusal]!;
    const verdict = verdicts[refusal];
    if (!verdict) return skip(step, context, "store_unavailable");
    return { ...skip(step, context, rule.code), ...rule.refuse(call, verdict) };
  }

  return when(
    ({ method }) => method === "POST",
    interruptible((next) => async (step, context) => {
      const call = await heed(context.signal, callOf(step, context));
      const setting = setAside(call, step, context);
      const deposits = await heed(context.signal, setting).catch((error) => {
        context.waitUntil(setting.then(abandon, () => {}));
        throw error;
      });
      if (isFailure(deposits)) return deposits;
      const { attempts } = context.ledger;
      const earlier = attempts.length;
      const own = () => attempts.slice(earlier).filter((attempt) => attempt.step === step.index);
      const { end, ended } = createEnd(context.signal);
      // Told at once: where the client leaves before the head of its answer, Workers do not come back here.
      context.waitUntil(ended.then(() => settle(deposits, own, call, step)));
      try {
        const outcome = await next(step, context);
        endOf(outcome).then(end);
        return outcome;
      } catch (error) {
        end();
        throw error;
      }
    }),
  );
};

function isFailure(made: readonly Deposit[] | Failure): made is Failure {
  return !Array.isArray(made);
}

/** Nothing of what was set aside will be taken. */
async function abandon(made: readonly Deposit[] | Failure): Promise<void> {
  if (!isFailure(made)) await giveBack(made.map(({ verdict }) => verdict));
}

/** The end of a call: when somebody says so, or when its signal aborts. */
function createEnd(signal: AbortSignal): { readonly end: () => void; readonly ended: Promise<void> } {
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = () => {
      signal.removeEventListener("abort", end);
      resolve();
    };
  });
  signal.addEventListener("abort", end);
  if (signal.aborted) end();
  return { end, ended };
}

function endOf(outcome: Outcome): Promise<unknown> {
  const ended = outcome.kind === "answer" && outcome.response.ok ? outcome.ended : undefined;
  return ended ?? Promise.resolve();
}

/** What a call may take; models that answer with no tokens may have no price for them. */
async function expect(rule: Allowance, call: Call, { input, output }: Forecast): Promise<number | undefined> {
  return await rule.measure(call, { input, output }) ?? await rule.measure(call, { input });
}

/** Puts what was taken in place of what was set aside; that stays where nobody can tell. */
async function settle(
  deposits: readonly Deposit[],
  attempts: () => readonly Attempt[],
  call: Call,
  step: Step,
): Promise<void> {
  const usages = await Promise.all(attempts().map((attempt) => takenBy(attempt, step)));
  const taken = usages.filter((usage) => usage !== "none");
  await Promise.all(deposits.map(async ({ rule, verdict }) => {
    const amounts = await Promise.all(taken.map((usage) => usage && rule.measure(call, usage)));
    if (amounts.includes(undefined)) return;
    const used = amounts.reduce<number>((sum, amount) => sum + amount!, 0);
    await verdict.settle(used).catch(() => {});
  }));
}
