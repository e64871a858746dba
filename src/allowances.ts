import { costOf } from "./cost.ts";
import type { Usage } from "./dialects/dialect.ts";
import { GatewayError } from "./errors.ts";
import type { Metadata } from "./metadata.ts";
import type { Budget, Counted, Price, RateLimit } from "./public.ts";
import { fieldsOf, type Rate, type Verdict } from "./rate.ts";
import { plainSlug } from "./subject.ts";
import type { Failure } from "./types.ts";

/** A call to a provider, as far as allowances go by it. */
export interface Call {
  readonly provider: string;
  readonly model: string | undefined;
  readonly metadata: Metadata;
}

/** A limit of something that is only known when the call is over; its amounts are whole numbers. */
export interface Allowance extends Rate {
  /** Tells it from others in the counter. */
  readonly name: string;
  readonly per: readonly Counted[];
  /** What goes wrong where too little is left. */
  readonly code: "limited" | "spent";
  /** Whether a call counts. */
  covers(call: Call): boolean;
  /** What so many tokens come to; undefined where nobody knows. */
  measure(call: Call, usage: Usage): number | undefined | Promise<number | undefined>;
  /** What the client is told. */
  refuse(call: Call, verdict: Verdict): Pick<Failure, "error" | "headers">;
}

/** A limit of tokens. */
export function ofTokens(
  { limit, interval, technique = "fixed", per = [] }: RateLimit,
  index: number,
): Allowance {
  const rate: Rate = { limit, window: interval * 1000, technique };
  return {
    ...rate,
    name: `tokens:${index}`,
    per,
    code: "limited",
    covers: () => true,
    measure: (_, { input, output }) =>
      input === undefined && output === undefined ? undefined : (input ?? 0) + (output ?? 0),
    refuse: (_, verdict) => ({
      error: new GatewayError("limited"),
      headers: fieldsOf(`tokens ${index}`, rate, verdict, "tokens"),
    }),
  };
}

/** Billionths of a dollar, in which money is counted. */
export const UNITS: number = 1e9;

/** A limit of money. */
export function ofMoney(
  { name, limit, interval, technique = "fixed", per = [], models, providers, metadata = {} }: Budget,
  index: number,
  price: Price,
): Allowance {
  const rate: Rate = { limit: Math.round(limit * UNITS), window: interval * 1000, technique };
  const told = name ?? String(index);
  const slugs = providers?.map(plainSlug);
  // What a model is called may begin so, too, and is left as it is.
  const paths = models?.map(plainSlug) ?? [];
  return {
    ...rate,
    name: `budget:${told}`,
    per,
    code: "spent",
    covers: (call) =>
      (!slugs || slugs.includes(call.provider)) &&
      (!models || models.includes(String(call.model)) || paths.includes(`${call.provider}/${call.model}`)) &&
      Object.entries(metadata).every(([key, values]) => values.includes(String(call.metadata[key]))),
    async measure({ provider, model }, usage) {
      const cost = await costOf({ provider, model, usage }, price);
      return cost === undefined ? undefined : Math.ceil(cost * UNITS);
    },
    refuse: ({ provider, model }, verdict) => ({
      error: new GatewayError(
        "spent",
        `Spend limit exceeded: rule '${told}' (cost limit ${limit} per ${interval}s, ${technique}) ` +
          `for ${provider} ${provider}/${model?.slice(0, 128)}`,
      ),
      headers: { "retry-after": fieldsOf(told, rate, verdict)["retry-after"]! },
    }),
  };
}
