import { type Ears, report } from "./ears.ts";
import type { GatewayError } from "./errors.ts";
import { readOptions } from "./options.ts";
import { type Asked, refusalOf } from "./refusal.ts";
import { createTrickle } from "./trickle.ts";
import type { Context, Fields, Plan } from "./types.ts";

/** A request that was refused before it could be sent. */
export interface Refused {
  readonly error: GatewayError;
  readonly asked: Asked;
  /** What it says to the gateway. */
  readonly knobs: Fields | undefined;
  /** What it would have been, where it came so far. */
  readonly plan: Plan | undefined;
}

/** What a gateway id has to say about that. */
export interface Manners {
  /** Whether it asks who comes. */
  readonly guarded: boolean;
  /** Whether requests are logged that say nothing about it. */
  readonly collectLog: boolean;
}

/** Most strangers that a gateway id logs in a period: else they would drive all others out of its log. */
const MOST_STRANGERS = 100;
/** In ms. */
const PERIOD = 60_000;

/** Tells of requests that never became an outcome; what a stranger wants of a log counts for nothing. */
export function refused(
  ears: Ears,
  { guarded, collectLog }: Manners,
): (refused: Refused, context: Context) => void {
  const mayTell = createTrickle(
    MOST_STRANGERS,
    PERIOD,
    (held) => ears.warn(`waygate: ${held} requests that were not let in are not logged`),
  );
  return ({ error, asked, knobs, plan }, context) => {
    const isStranger = guarded && !asked.inside && context.ledger.caller === undefined;
    const isLogged = !isStranger || ears.journal === undefined || mayTell();
    const [step] = plan ?? [];
    const said = isStranger ? undefined : (step?.options ?? readOptions(knobs)).collectLog;
    const record = refusalOf(error, asked, step, context);
    context.waitUntil(report({ entry: { record }, wanted: () => isLogged && (said ?? collectLog) }, ears));
  };
}
