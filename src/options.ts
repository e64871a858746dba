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

/** Most that a call may cost, in USD: what costs more is no price, and sums of it would be no numbers any more. */
export const MOST_DOLLARS = 1e6;

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
   * Longest silence of an answer that has begun, in ms; comments and pings do not break it. Header
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
   * How long an answer is kept for those who ask the same, in seconds, at most 30 days; 0 for not at all. Header
   * `cf-aig-cache-ttl`.
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

/** Seconds that an answer is kept where somebody names a key but no time. */
const USUAL_TTL = 300;

/** Nothing said. */
export const noOptions: Options = Object.freeze({});

/** Later options outrank earlier ones; none of them needs to say anything. */
export function mergeOptions(...sources: readonly (Options | undefined)[]): Options {
  let merged = noOptions;
  for (const source of sources) {
    if (source && source !== noOptions) merged = merged === noOptions ? source : { ...merged, ...source };
  }
  return merged;
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
