import { type Circuits, createCircuits, type Verdict } from "../circuit.ts";
import type { ErrorCode } from "../errors.ts";
import { interruptible } from "../interruptible.ts";
import { modelOf } from "../model.ts";
import { heed } from "../obey.ts";
import { skip } from "../outcome.ts";
import { readRetryAfter } from "../retry-after.ts";
import type { BreakerSettings } from "../public.ts";
import type { Counter, Store } from "../store.ts";
import { plainSlug } from "../subject.ts";
import type { Context, Ending, Layer, Outcome, Step } from "../types.ts";

/** Failures that are the provider's; all others tell nothing about it. */
const FAILURES: ReadonlySet<ErrorCode> = new Set([
  "network",
  "timeout",
  "odd_status",
  "overloaded",
  "provider_error",
  "malformed",
  "truncated",
]);
const ENDINGS: Readonly<Record<Ending, Verdict>> = {
  complete: "success",
  truncated: "failure",
  provider_error: "failure",
  stalled: "failure",
  client_left: "neutral",
};
/** Longest name of a model in a store, in characters. */
const MODEL_LENGTH = 128;
/** Longest that a provider is left alone because it asks for it, in ms. */
const LONGEST_PAUSE = 86_400_000;

/**
 * Leaves a provider's model alone that has failed too often, and sees now and then whether it is back. A call is judged
 * when its answer has ended, and one whose circuit is open fails at once.
 *
 * @param now the wall clock, in ms
 */
export const breaker = (
  settings: Required<BreakerSettings>,
  store: Store & Counter,
  now: () => number = Date.now,
): Layer<Step> => {
  const circuits: Circuits = createCircuits(settings, store, now);
  return interruptible((next) => async (step, context) => {
    const key = await heed(context.signal, keyOf(step, context));
    const pass = await circuits.enter(key, context.insist);
    if (typeof pass === "number") return skip(step, context, "open", pass);
    try {
      const outcome = await next(step, context);
      const verdict = judge(outcome);
      const left = Promise.resolve(verdict).then((verdict) =>
        circuits.leave(pass, verdict, pauseOf(outcome))
      );
      context.waitUntil(left);
      if (typeof verdict === "string") await left;
      return outcome;
    } catch (error) {
      await circuits.leave(pass, "neutral");
      throw error;
    }
  });
};

async function keyOf(step: Step, { gateway }: Context): Promise<string> {
  const model = await modelOf(step);
  return `breaker/${gateway}/${plainSlug(step.provider)}/${
    encodeURIComponent((model ?? "").replace(/\p{Surrogate}/gu, "\ufffd")).slice(0, MODEL_LENGTH)
  }`;
}

/** What a call tells, now or when its answer has ended. */
function judge(outcome: Outcome): Verdict | Promise<Verdict> {
  if (outcome.kind === "failure") return FAILURES.has(outcome.error.code) ? "failure" : "neutral";
  const { response: { status }, ended } = outcome;
  if (status === 408 || status >= 500) return "failure";
  if (status >= 400) return "neutral";
  return ended?.then((ending) => ENDINGS[ending]) ?? "success";
}

/** How long a provider that limits the rate asks to be left alone, in ms. */
function pauseOf(outcome: Outcome): number {
  if (outcome.kind === "failure" || outcome.response.status !== 429) return 0;
  return Math.min(Math.ceil(readRetryAfter(outcome.response.headers) ?? 0), LONGEST_PAUSE);
}
