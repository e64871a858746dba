import * as v from "valibot";
import { parse } from "./parse.ts";
import type { Fields } from "./types.ts";

/** Growth of the pause between attempts. */
export type Backoff = "constant" | "linear" | "exponential";

/**
 * When an answer belongs to the client. `headers`: as soon as its status is good. `event`: a stream, once it has said
 * something. `complete`: once it is whole.
 */
export type CommitPolicy = "headers" | "event" | "complete";

/**
 * What moves on to the next step: a status, a class such as `5xx`, or a word for what went wrong, whatever status
 * it came with.
 */
export type FallbackCause =
  | number
  | `${1 | 2 | 3 | 4 | 5}xx`
  | "timeout"
  | "network"
  | "rate_limit"
  | "content_filter"
  | "context_length";

/** What a call costs, in USD: for each token, or all together; each at most 1,000,000. */
export type CustomCost =
  | {
    readonly per_token_in: number;
    readonly per_token_out: number;
    /** @default per_token_in */
    readonly per_cache_read_token?: number;
    /** @default per_token_in */
    readonly per_cache_write_token?: number;
  }
  | { readonly total_cost: number };

/** Every knob that a client, a step or a gateway may turn. */
export interface Options {
  /**
   * Longest wait for a connection, in ms, by the host of `waygate/node` alone; 0 for none. It counts as `network`.
   *
   * @default 10000
   */
  readonly connectTimeout?: number;
  /**
   * Longest wait for the first byte of an answer, in ms; 0 for none. Where more than one attempt was possible, the very
   * last one has none. Header `cf-aig-request-timeout`.
   *
   * @default none
   */
  readonly requestTimeout?: number;
  /**
   * Longest silence of an answer that has begun, in ms, 0 for none; comments and pings do not break it. Header
   * `waygate-idle-timeout`.
   *
   * @default 300000
   */
  readonly idleTimeout?: number;
  /**
   * Longest time for all attempts, steps and pauses together, and the answer, in ms; 0 for none. Of several steps' the
   * shortest counts. Header `waygate-total-timeout`.
   *
   * @default none
   */
  readonly totalTimeout?: number;
  /**
   * When an answer belongs to the client: as soon as its status is good, once its stream says something, or once it is
   * whole. Header `waygate-commit`.
   *
   * @default "event" where another attempt is left, otherwise "headers"
   */
  readonly commit?: CommitPolicy;
  /**
   * What moves on to the next step: statuses such as 429, classes such as `"5xx"`, and `"timeout"`, `"network"`,
   * `"rate_limit"`, `"content_filter"`, `"context_length"`.
   *
   * @default every failure and every status but 2xx
   */
  readonly fallbackOn?: readonly FallbackCause[];
  /**
   * Starts the next step beside this one when this one has not committed after so many ms, 0 for at once. The first to
   * commit wins; both may have to be paid.
   *
   * @default never
   */
  readonly hedgeAfter?: number;
  /**
   * How long an answer is kept for those who ask the same, in seconds, at most 30 days; 0 for not at all. A gateway's 0
   * still lets requests name a `cacheKey`. Header `cf-aig-cache-ttl`.
   *
   * @default 0, with a `cacheKey` 300
   */
  readonly cacheTtl?: number;
  /** Neither looks for a kept answer nor keeps this one. Header `cf-aig-skip-cache`. @default false */
  readonly skipCache?: boolean;
  /** Names the answer in place of path and body; all else still counts. Header `cf-aig-cache-key`. @default none */
  readonly cacheKey?: string;
  /** Whether the request is logged, where there are logs. Header `cf-aig-collect-log`. @default true */
  readonly collectLog?: boolean;
  /** Whether its bodies are logged, too, up to 10 MiB each. Header `cf-aig-collect-log-payload`. @default false */
  readonly collectLogPayload?: boolean;
  /**
   * What it costs in USD: `{ "total_cost": 0.01 }`, or `per_token_in` and `per_token_out`, besides
   * `per_cache_read_token` and `per_cache_write_token`; each at most 1,000,000, and all of it, too. Header
   * `cf-aig-custom-cost`, as JSON.
   *
   * @default what `price` knows
   */
  readonly customCost?: CustomCost;
  /** Which of the gateway's keys for the provider to take. Header `cf-aig-byok-alias`. @default "default" */
  readonly keyAlias?: string;
  /**
   * Refuses a call for which neither the client nor the gateway has a key; a gateway's `true` stands. Header
   * `cf-aig-no-wholesale`.
   *
   * @default false
   */
  readonly byokOnly?: boolean;
  /** Attempts of one step, the first included, 1 to 5. Header `cf-aig-max-attempts`. @default 1 */
  readonly maxAttempts?: number;
  /** Pause before the second attempt, 0 to 5000 ms. Header `cf-aig-retry-delay`. @default 500 */
  readonly retryDelay?: number;
  /** Growth of that pause. Header `cf-aig-backoff`. @default "exponential" */
  readonly backoff?: Backoff;
}

/** One knob: the header that turns it, if any, and what it takes in JSON. */
export interface Knob<Value> {
  readonly header?: string;
  /** An older name of the header, which Cloudflare still honours. */
  readonly alias?: string;
  /** Takes the header as it is written; all others are numbers or words in any case. */
  readonly verbatim?: boolean;
  readonly schema: v.GenericSchema<unknown, Value>;
}

/** Most that a call may cost, in USD: what costs more is no price, and sums of it would be no numbers any more. */
export const MOST_DOLLARS = 1e6;
/** Longest time that a timer can measure, in ms: about 25 days. */
const LONGEST_TIMER = 2 ** 31 - 1;
const clamped = (lowest: number, highest: number): v.GenericSchema<unknown, number> =>
  v.pipe(
    v.number(),
    v.integer("Expected a whole number"),
    v.transform((value) => Math.min(Math.max(value, lowest), highest)),
  );

/** Seconds that an answer is kept where somebody names a key but no time. */
const USUAL_TTL = 300;
/** Thirty days, in seconds. */
const LONGEST_TTL = 30 * 86_400;
/** Header fields say it as text. */
const flag: v.GenericSchema<unknown, boolean> = v.pipe(
  v.unknown(),
  v.transform((value) => value === "true" ? true : value === "false" ? false : value),
  v.boolean(),
);

const dollars = v.pipe(
  v.number(),
  v.minValue(0, "Expected a number of at least 0"),
  v.maxValue(MOST_DOLLARS, `Expected at most ${MOST_DOLLARS}`),
);
const customCost: v.GenericSchema<unknown, CustomCost> = v.pipe(
  v.unknown(),
  v.transform((value) => typeof value === "string" ? parse(value) : value),
  v.union([
    v.strictObject({ total_cost: dollars }),
    v.strictObject({
      per_token_in: dollars,
      per_token_out: dollars,
      per_cache_read_token: v.optional(dollars),
      per_cache_write_token: v.optional(dollars),
    }),
  ], "Expected total_cost, or per_token_in and per_token_out"),
) as v.GenericSchema<unknown, CustomCost>;

const time = clamped(0, LONGEST_TIMER);
const words = ["timeout", "network", "rate_limit", "content_filter", "context_length"];
const cause = v.custom<FallbackCause>(
  (value) => Number.isInteger(value) ? Number(value) >= 100 && Number(value) <= 599 : isClassOrWord(value),
  `Expected a status, a class such as "5xx", or one of ${words.join(", ")}`,
);
const isClassOrWord = (value: unknown): boolean =>
  typeof value === "string" && (/^[1-5]xx$/.test(value) || words.includes(value));

/** Every knob a client may turn: name in `config` and in settings, header, and what it takes. */
export const knobs: { readonly [Name in keyof Required<Options>]: Knob<NonNullable<Options[Name]>> } = {
  connectTimeout: { schema: time },
  requestTimeout: { header: "cf-aig-request-timeout", schema: time },
  idleTimeout: { header: "waygate-idle-timeout", schema: time },
  totalTimeout: { header: "waygate-total-timeout", schema: time },
  commit: { header: "waygate-commit", schema: v.picklist(["headers", "event", "complete"]) },
  fallbackOn: { schema: v.array(cause) },
  hedgeAfter: { schema: time },
  cacheTtl: { header: "cf-aig-cache-ttl", alias: "cf-cache-ttl", schema: clamped(0, LONGEST_TTL) },
  skipCache: { header: "cf-aig-skip-cache", alias: "cf-skip-cache", schema: flag },
  cacheKey: { header: "cf-aig-cache-key", verbatim: true, schema: v.string() },
  collectLog: { header: "cf-aig-collect-log", schema: flag },
  collectLogPayload: { header: "cf-aig-collect-log-payload", schema: flag },
  customCost: { header: "cf-aig-custom-cost", verbatim: true, schema: customCost },
  keyAlias: { header: "cf-aig-byok-alias", verbatim: true, schema: v.string() },
  byokOnly: { header: "cf-aig-no-wholesale", schema: flag },
  maxAttempts: { header: "cf-aig-max-attempts", schema: clamped(1, 5) },
  retryDelay: { header: "cf-aig-retry-delay", schema: clamped(0, 5000) },
  backoff: { header: "cf-aig-backoff", schema: v.picklist(["constant", "linear", "exponential"]) },
};

/** What `config` and a gateway's settings may say of {@linkcode Options}. */
export const optionEntries: v.ObjectEntries = Object.fromEntries(
  Object.entries(knobs).map(([name, { schema }]) => [name, v.optional(schema)]),
);

const none: Options = Object.freeze({});

/** Options told in header fields. A value that cannot be read is ignored, as an absent one. */
export function readOptions(fields: Fields | undefined): Options {
  if (!fields) return none;
  const read: Record<string, unknown> = {};
  let found = false;
  for (const [name, { header = "", alias = "", verbatim, schema }] of Object.entries<Knob<unknown>>(knobs)) {
    const text = (fields[header] ?? fields[alias])?.trim();
    if (!text) continue;
    const value = v.safeParse(
      schema,
      verbatim ? text : /^-?\d+$/.test(text) ? Number(text) : text.toLowerCase(),
    );
    if (!value.success) continue;
    read[name] = value.output;
    found = true;
  }
  return found ? read : none;
}

/** Later options outrank earlier ones; none of them needs to say anything, and what is undefined says nothing. */
export function mergeOptions(...sources: readonly (Options | undefined)[]): Options {
  let merged = none;
  for (const source of sources) {
    if (source && source !== none) merged = merged === none ? source : outrank(merged, source);
  }
  return merged;
}

function outrank(earlier: Options, later: Options): Options {
  const merged: Record<string, unknown> = { ...earlier };
  for (const name in later) {
    const value = later[name as keyof Options];
    if (value !== undefined) merged[name] = value;
  }
  return merged;
}

/** What settings say to requests: that a gateway keeps nothing by itself does not hinder who names an answer. */
export function leaveToClients(options: Options): Options {
  const { cacheTtl, ...others } = options;
  return cacheTtl === 0 && options.cacheKey === undefined ? others : options;
}

/** Whether options ask for something that cannot be had without looking at the answer. */
export function watches(options: Options): boolean {
  const { commit, maxAttempts = 1, idleTimeout, totalTimeout } = options;
  return commit !== undefined || maxAttempts > 1 || idleTimeout !== undefined || totalTimeout !== undefined ||
    keeps(options) > 0;
}

/** Seconds for which an answer may be kept. */
export function keeps({ cacheTtl, cacheKey, skipCache }: Options): number {
  return skipCache ? 0 : cacheTtl ?? (cacheKey === undefined ? 0 : USUAL_TTL);
}
