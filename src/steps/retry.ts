import { when } from "../compose.ts";
import { type ErrorCode, GatewayError } from "../errors.ts";
import { givesWay } from "../fallback-on.ts";
import { interruptible } from "../interruptible.ts";
import { heed } from "../obey.ts";
import { discard, follow, hold, succeeded } from "../outcome.ts";
import { findReason } from "../reason.ts";
import { readRetryAfter } from "../retry-after.ts";
import type { Options } from "../options.ts";
import type { Context, Layer, Outcome, Step } from "../types.ts";

/** Statuses that another attempt may mend. 520 to 524 are Cloudflare's, 529 is Anthropic's. */
const RETRIABLE: ReadonlySet<number> = new Set([
  408,
  425,
  429,
  500,
  502,
  503,
  504,
  520,
  521,
  522,
  523,
  524,
  529,
]);
/** Failures that another attempt may mend. */
const PASSING: ReadonlySet<ErrorCode> = new Set([
  "network",
  "overloaded",
  "rate_limited",
  "provider_error",
  "malformed",
  "truncated",
]);
/** Longest pause, in ms; a provider that asks for more is left at once. */
const LONGEST_PAUSE = 30_000;
/** How much too early a timer may fire, in ms. */
const EARLY = 1;

/** Sends a step again while another attempt may mend it and `maxAttempts` allows. */
export const retry = (random: () => number = Math.random): Layer<Step> =>
  when(({ options: { maxAttempts = 1 } }) => maxAttempts > 1, interruptible(attempts(random)));

const attempts = (random: () => number): Layer<Step> => (next) => async (step, context) => {
  const asked = step.options.maxAttempts!;
  if (!await heed(context.signal, step.body.keep())) return next(once(step), context);

  let outcome: Outcome | undefined;
  for (let made = 1;; made++) {
    const latest = await next(step, { ...context, attemptsLeft: asked - made });
    outcome = follow(outcome, latest);
    if (made === asked || succeeded(latest) || !retriable(latest, context)) return outcome;

    const pause = pauseAfter(outcome, made, step.options, random);
    if (pause > LONGEST_PAUSE) return outcome;
    if (outcome.kind === "answer" && outcome.response.status === 429) {
      const { answer, reason } = await findReason(outcome);
      outcome = answer;
      if (reason === "quota") return outcome;
    }

    outcome = hold(outcome);
    await sleep(pause, context.signal);
    if (context.signal.aborted) discard(outcome);
    context.signal.throwIfAborted();
  }
};

/**
 * The same step, whose body is too long for more than one attempt.
 *
 * @throws {GatewayError} `too_large`, where nobody could know that before
 */
function once(step: Step): Step {
  if (step.body.untouched() === undefined) throw new GatewayError("too_large");
  return { ...step, options: { ...step.options, maxAttempts: 1 } };
}

function retriable(outcome: Outcome, context: Context): boolean {
  if (outcome.kind === "failure") {
    const { code } = outcome.error;
    return PASSING.has(code) || (code === "timeout" && !(context.stepsLeft > 0 && givesWay(outcome)));
  }
  const { status, headers } = outcome.response;
  return RETRIABLE.has(status) && headers.get("x-should-retry") !== "false";
}

/** Milliseconds until the next attempt: as the provider asks, otherwise as the options say, plus up to 20 %. */
function pauseAfter(outcome: Outcome, made: number, options: Options, random: () => number): number {
  const asked = outcome.kind === "answer" ? readRetryAfter(outcome.response.headers) : undefined;
  if (asked !== undefined) return asked;
  const { retryDelay = 500, backoff = "exponential" } = options;
  const factor = { constant: 1, linear: made, exponential: 2 ** (made - 1) }[backoff];
  return Math.min(retryDelay * factor * (1 + 0.2 * random()), LONGEST_PAUSE);
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const wake = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", wake);
      resolve();
    };
    const timer = setTimeout(wake, Math.ceil(ms) + EARLY);
    signal.addEventListener("abort", wake);
  });
}
