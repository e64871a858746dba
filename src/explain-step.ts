import { discreet, withoutValues } from "./explain-discreet.ts";
import { type Count, type ExplainedLimit, explainLimits } from "./explain-limits.ts";
import { modelOf } from "./model.ts";
import { keeps, type Options } from "./options.ts";
import type { House } from "./house.ts";
import type { CheckedBreaker } from "./settings/breaker.ts";
import type { CheckedGateway } from "./settings/gateway.ts";
import { GatewayError } from "./errors.ts";
import type { Counter, Store } from "./store.ts";
import type { Choice, Context, Failure, Fetch, Fields, Plan, Stage, Step } from "./types.ts";

/** A header field by its name, and who puts it there. */
export interface ExplainedField {
  readonly name: string;
  /** `gateway`: it was not there, or said something else. */
  readonly from: "client" | "gateway";
}

/** One of several ways to a provider. */
export interface ExplainedChoice {
  /** As that of the step. */
  readonly url: string;
  /** How often it is taken, in relation to the others'. */
  readonly weight: number;
  /** As those of the step. */
  readonly headers: readonly ExplainedField[];
}

/** What a gateway would do with one step. */
export interface ExplainedStep {
  /** Slug of the provider. */
  readonly provider: string;
  readonly method: string;
  /** Where it would go; values of its query are left out. */
  readonly url: string;
  /** The ways to go, where there are several; each call takes one by weight, and `url` and `headers` are the first's. */
  readonly choices?: readonly ExplainedChoice[];
  /** What the provider would see, by name. */
  readonly headers: readonly ExplainedField[];
  /** Origins of who would be asked first, such as one that gives tokens. */
  readonly asks: readonly string[];
  /** Why it would not be sent. */
  readonly refusal?: { readonly internalCode: number; readonly status: number; readonly message: string };
  /** Null where the call names none. */
  readonly model: string | null;
  /** The knobs, as request, step and gateway together turn them; asterisks stand for a `cacheKey`. */
  readonly options: Options;
  /** How long its answer would be kept, in s, and the end of the key by which it would be found; null for not at all. */
  readonly cache: { readonly ttl: number; readonly key: string | null } | null;
  readonly limits: readonly ExplainedLimit[];
  readonly breaker: CheckedBreaker;
}

/** A step on its way, and who carries it. */
interface Journey {
  readonly step: Step;
  /** How many steps follow. */
  readonly left: number;
  readonly context: Context;
  readonly own: CheckedGateway & { readonly breaker: CheckedBreaker };
  /** The real chain, with some of its house replaced. */
  carry(changed: Partial<House>): Stage<Plan>;
}

/** What was asked for on the way. */
interface Notes {
  readonly counts: Count[];
  cacheKey?: string;
  asks: string[];
  sent?: { readonly url: string; readonly headers: Fields };
}

/** Sends a step through the real chain, whose end and whose counters only take notes. */
export async function describeStep(journey: Journey): Promise<ExplainedStep> {
  const { step, context, own } = journey;
  const { provider, method, options, choices } = step;
  await step.body.keep(); // Each way sends it anew.
  const ways = await Promise.all((choices ?? [undefined]).map((choice) => travel(journey, choice)));
  const [{ url, headers, notes, refusal }] = ways as [Way, ...Way[]];
  const ttl = method === "POST" ? keeps(options) : 0;
  return {
    provider,
    method,
    url,
    ...(choices &&
      { choices: ways.map(({ url, headers }, at) => ({ url, weight: choices[at]!.weight, headers })) }),
    headers,
    asks: [...new Set(ways.flatMap(({ notes }) => notes.asks))],
    ...(refusal && { refusal }),
    model: await modelOf(step) ?? null,
    options: discreet(options),
    cache: ttl > 0 ? { ttl, key: notes.cacheKey ?? null } : null,
    limits: explainLimits(own, context.gateway, notes.counts),
    breaker: own.breaker,
  };
}

/** What became of a step that took one of its ways. */
interface Way extends Pick<ExplainedStep, "url" | "headers" | "refusal"> {
  readonly notes: Notes;
}

async function travel({ step, left, context, carry }: Journey, choice: Choice | undefined): Promise<Way> {
  const notes: Notes = { counts: [], asks: [] };
  const ledger = { ...context.ledger, attempts: [] };
  const fetch: Fetch = (url, { headers }) => {
    if (ledger.attempts.length === 0) notes.asks.push(new URL(url).origin);
    else notes.sent ??= { url, headers: headers as Fields };
    return Promise.reject(new GatewayError("abandoned"));
  };
  const store = notebook(notes);
  const stage = carry({ store, cacheStore: store, earsOf: () => undefined, attesting: undefined });
  const lone: Step = choice ? { ...step, choices: [choice] } : step;
  const outcome = await stage([lone], { ...context, ledger, fetch, stepsLeft: left });
  const { internalCode, status, message } = (outcome as Failure).error;
  const refused = !notes.sent && notes.asks.length === 0;
  const { url, headers } = notes.sent ?? { url: choice?.url ?? step.url, headers: step.headers };
  return {
    notes,
    url: withoutValues(url),
    headers: Object.keys(headers).sort().map((name) => ({
      name,
      from: headers[name] === step.headers[name] ? "client" : "gateway",
    })),
    ...(refused && { refusal: { internalCode, status, message } }),
  };
}

/** A store in which nothing is, and which writes down what it is asked. */
function notebook(notes: Notes): Store & Counter {
  return {
    get(key) {
      // What stands before the last part is of this moment.
      if (key.startsWith("cache:")) notes.cacheKey = key.slice(key.lastIndexOf(":") + 1);
      return Promise.resolve(undefined);
    },
    set: () => Promise.resolve(),
    delete: () => Promise.resolve(),
    add(key, amount, window) {
      notes.counts.push({ key, amount });
      return Promise.resolve({ used: amount, resets: window });
    },
  };
}
