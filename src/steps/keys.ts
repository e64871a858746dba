import { when } from "../compose.ts";
import { GatewayError } from "../errors.ts";
import { interruptible } from "../interruptible.ts";
import type { Key, Keyring } from "../keyring.ts";
import { heed } from "../obey.ts";
import { discard, follow, skip } from "../outcome.ts";
import type { GatewaySettings } from "../public.ts";
import { readRetryAfter } from "../retry-after.ts";
import { scrub, secretsIn } from "../scrub.ts";
import { credentialsOf } from "../subject.ts";
import type { Context, Failure, Layer, Outcome, Step } from "../types.ts";

/** How long a key is left alone that its provider does not take, or that cannot be had, in ms. */
const REFUSED = 300_000;
/** How long one is left alone that is asked too much of, unless its provider says how long, in ms. */
const CROWDED = 60_000;
/** Longest that it may ask for, in ms. */
const LONGEST = 86_400_000;

/**
 * Sends a step with the gateway's own key for its provider, where there is one. Of several, each call takes the next;
 * one that the provider refuses is left alone for a while, and the call takes another at once.
 */
export const keys = (keyring: Keyring, { byokOnly = false }: GatewaySettings): Layer<Step> =>
  when(
    ({ provider, key, options }) =>
      key !== undefined || keyring.has(provider) || options.keyAlias !== undefined || byokOnly ||
      options.byokOnly === true,
    interruptible((next) => {
      async function sendWith(key: Key, step: Step, context: Context): Promise<Outcome> {
        let secret: string;
        let keyed: Step;
        try {
          secret = await heed(context.signal, key.secret());
          keyed = await heed(context.signal, step.authorize(step, secret, context));
        } catch (error) {
          if (context.signal.aborted) throw error;
          return unavailable(error, step, context);
        }
        const index = key.index === undefined ? {} : { keyIndex: key.index };
        // What comes compressed cannot be searched for what must not be in it.
        const headers = { ...keyed.headers, "accept-encoding": "identity" };
        const outcome = await next({ ...keyed, ...index, headers, keyless: step }, context);
        // Who stands above sees no key, in what comes back neither.
        return scrub({ ...outcome, step }, () => secretsIn(keyed.headers, step.headers, secret));
      }

      async function rotate(turns: readonly Key[], step: Step, context: Context): Promise<Outcome> {
        const again = turns.length > 1 && await heed(context.signal, step.body.keep());
        let outcome: Outcome | undefined;
        for (const key of again ? turns : turns.slice(0, 1)) {
          const latest = await sendWith(key, step, context);
          const pause = pauseAfter(latest);
          if (pause === undefined) discard(outcome); // What a key was refused with is no answer to the call.
          outcome = pause === undefined ? latest : follow(outcome, latest);
          // Silence tells nothing of the key, which a call beside this one may have found refused.
          if (pause !== undefined || latest.kind === "answer") key.rest(pause ?? 0);
          if (pause === undefined || context.signal.aborted) break;
        }
        return outcome!;
      }

      return async (step, context) => {
        const { provider, options, key } = step;
        const turns = keyring.turns(provider, options.keyAlias);
        if (turns.length > 0) return await rotate(turns, step, context);
        if (options.keyAlias !== undefined) return missing(step, context, keyring);
        if (key !== undefined) return await sendWith(fixed(key), step, context);
        const bare = (byokOnly || options.byokOnly) && credentialsOf(step).length === 0;
        return bare ? missing(step, context, keyring) : await next(step, context);
      };
    }),
  );

/** The key of a provider's row. */
function fixed(key: string): Key {
  return { index: undefined, secret: () => Promise.resolve(key), rest: () => {} };
}

/** How long the key is left alone with which this came, in ms; undefined where it opened. */
function pauseAfter(outcome: Outcome): number | undefined {
  if (outcome.kind === "failure") return pauses[outcome.error.code];
  const { status, headers } = outcome.response;
  if (status === 401 || status === 403) return REFUSED;
  if (status !== 429) return undefined;
  return Math.min(readRetryAfter(headers) ?? CROWDED, LONGEST);
}

const pauses: Readonly<Record<string, number | undefined>> = {
  rate_limited: CROWDED,
  quota: CROWDED,
  key_unavailable: REFUSED,
};

function missing(step: Step, context: Context, keyring: Keyring): Failure {
  const { provider, options: { keyAlias = "default" } } = step;
  const known = keyring.aliases(provider).join(", ") || "none";
  const message = `Provider '${provider}' has no BYOK credential named '${
    keyAlias.slice(0, 64)
  }'. Configured aliases: ${known}`;
  return { ...skip(step, context, "no_key"), error: new GatewayError("no_key", message) };
}

/** Who knows the key does not tell it; what he says instead may hold a secret. */
function unavailable(cause: unknown, step: Step, context: Context): Failure {
  const error = cause instanceof GatewayError
    ? cause
    : new GatewayError("key_unavailable", undefined, { cause });
  return { ...skip(step, context, "key_unavailable"), error };
}
