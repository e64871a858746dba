/**
 * What users of the package hand in and get back.
 *
 * @module
 */
import type { DialectName, Usage } from "./dialects/dialect.ts";
import type {
  AttemptNote,
  GatewayRetention,
  LogEntry,
  LogPatch,
  LogRecord,
  LogStore,
  RequestNote,
} from "./logs.ts";
import type { Metadata } from "./metadata.ts";
import type { Backoff, Options } from "./options.ts";
import type { Counter, Store } from "./store.ts";
import type { Fetch, Fields, Host, Layer, Plan, Step } from "./types.ts";

/** Where a path below a provider leads. */
export interface Place {
  /** Path below the base, without a leading slash. */
  readonly path: string;
  /** Stands in for the request's own query string, `?` included. */
  readonly search?: string;
  /** Values for the `{name}` parts of the base. */
  readonly parts?: Readonly<Record<string, string>>;
  /** Stands in for the row's base. */
  readonly base?: string;
}

/** What is known of a request when its place is looked for. */
export interface Visit {
  /** The `{account}` of the gateway's URL. */
  readonly account: string;
  /** The headers that the provider will see. */
  readonly headers: Fields;
}

/** A call that is about to be sent, as an `authorize` sees it that signs. */
export interface Call {
  readonly url: string;
  readonly method: string;
  /** Lower-case; without the client's credentials. */
  readonly headers: Fields;
  /**
   * The whole body; no bytes where there is none.
   *
   * @throws {GatewayError} `too_large`, when it is over the body limit
   */
  bytes(): Promise<Uint8Array<ArrayBuffer>>;
  /** Calls who has to be asked first. */
  readonly fetch: Fetch;
  /** Aborts when the call does. */
  readonly signal: AbortSignal;
}

/** A row of the provider table. */
export interface Provider {
  /**
   * Absolute URL that replaces `/{gateway}/{provider}`, without a trailing slash. `{account}` and the names that
   * `locate` gives in `parts` are filled in; each stands for one label of a host or one segment of a path.
   */
  readonly base: string;
  /**
   * For a provider whose paths are not simply appended.
   *
   * @throws {GatewayError} `invalid`, when the path does not say what the base needs
   */
  readonly locate?: (path: string, base: string, visit: Visit) => Place;
  /** The wire format of all its endpoints. @default what each path tells, such as `chat/completions` */
  readonly dialect?: DialectName;
  /**
   * Header fields that carry a key, or a signature made with it.
   *
   * @default `authorization: Bearer {key}`
   */
  readonly authorize?: (key: string, call: Call) => Fields | Promise<Fields>;
  /** Query parameter in which a client may bring a key; it is left out where one of the gateway's goes. */
  readonly keyParameter?: string;
  /**
   * Whether chat completions tell the tokens of a stream only where `stream_options.include_usage` asks for them, in an
   * event of their own; by the URL, where that matters. A gateway's `askUsage` asks no others.
   *
   * @default false, except at `openai` and `azure-openai`
   */
  readonly usageOnRequest?: boolean | ((url: string) => boolean);
  /** Several bases or keys: each call takes one by weight, a further attempt another. @default the base alone */
  readonly spread?: readonly Share[];
  /** Most calls in flight at once, by this gateway object; one more is refused at once. @default no limit */
  readonly maxConcurrent?: number;
}

/** A base or a key of a provider, and how much of the calls it takes. */
export interface Share {
  /** Stands in for the row's base. */
  readonly base?: string;
  /** Stands in for the credentials that the client brings; whoever reaches the gateway uses it. */
  readonly key?: string;
  /** Above 0, in relation to the others' weights. @default 1 */
  readonly weight?: number;
}

/** Cross-origin access for browsers. */
export interface Cors {
  /** Origins that may call, such as `https://app.example`; `"*"` for all. */
  readonly origins: "*" | readonly string[];
}

/** When a circuit opens, and for how long; there is one for each gateway id, provider and model. */
export interface BreakerSettings {
  /** Share of failures among the calls of a window at which it opens, above 0 and up to 1. @default 0.5 */
  readonly failureRatio?: number;
  /** Fewest calls of a window that tell anything. @default 10 */
  readonly minimum?: number;
  /** How long calls are counted, in ms, from the first one on; then the count starts anew. @default 60000 */
  readonly window?: number;
  /** How long it stays open before one call may probe whether the provider is back, in ms. @default 30000 */
  readonly cooldown?: number;
}

/** A token that opens a gateway: itself, or its hash, so that the configuration keeps no secret. */
export interface Token {
  /** What people call it. */
  readonly name?: string;
  /** The token itself. */
  readonly token?: string;
  /** SHA-256 of the token as UTF-8, in 64 hexadecimal digits. */
  readonly sha256?: string;
  /** When it stops to open, such as `2027-01-31` or `2027-01-31T12:00:00Z`. @default never */
  readonly expires?: string;
}

/** What opens a provider: its key, or where that is an object, such as a service account, the object. */
export type Secret = string | { readonly [name: string]: unknown };

/** A provider's key that the gateway keeps for its clients. */
export interface StoredKey {
  /** What `cf-aig-byok-alias` calls it; keys that are called alike take turns. @default "default" */
  readonly alias?: string;
  /** The key itself, or who knows it, such as a secret manager, which is asked for each call. */
  readonly key: Secret | (() => Secret | Promise<Secret>);
}

/** Layers of your own; each list reads outermost first, as a request meets them. */
export interface Layers {
  /** Stand around each request, within its log. @default none */
  readonly plans?: readonly Layer<Plan>[];
  /** Stand around each step, outside of its cache and its limits. @default none */
  readonly steps?: readonly Layer<Step>[];
  /** Stand around each of the attempts that `maxAttempts` allows, within cache and limits. @default none */
  readonly attempts?: readonly Layer<Step>[];
}

/** How answers are kept that `cacheTtl` or a request asks to keep. */
export interface CacheSettings {
  /** Lets every caller have what was kept for another, whatever their credentials. @default false */
  readonly shared?: boolean;
  /** Lets equal requests that come while one is under way wait for its answer. @default false */
  readonly coalesce?: boolean;
  /** Forgets what was kept as soon as the gateway id's settings are others. @default false */
  readonly invalidateOnUpdate?: boolean;
}

/** What has a count of its own. */
export type Counted = "credential" | "address" | "model" | "provider" | `metadata.${string}`;

/** How many requests a gateway answers, or how many tokens it takes. */
export interface RateLimit {
  /** Most in a window. */
  readonly limit: number;
  /**
   * What is counted. `tokens`: those of prompts and answers. What a call may take is set aside before it is made (its
   * bytes, and the longest answer that it asks for, otherwise 1024 tokens), and replaced by what its provider tells.
   *
   * @default "requests"
   */
  readonly unit?: "requests" | "tokens";
  /** Length of a window, in seconds. */
  readonly interval: number;
  /**
   * `fixed`: windows begin at multiples of their length. `sliding`: the window before counts for the part that is still
   * to come of this one, as if its requests had come evenly.
   *
   * @default "fixed"
   */
  readonly technique?: "fixed" | "sliding";
  /**
   * What is counted each by itself. `credential`: the gateway's token, where there is none the provider's key.
   * `metadata.user`: the value of `user` in `cf-aig-metadata`.
   *
   * @default nothing: the whole gateway has one count
   */
  readonly per?: readonly Counted[];
}

/**
 * What a call costs.
 *
 * @returns USD; undefined where nobody knows, and then the call counts against no budget
 */
export type Price = (
  provider: string,
  model: string,
  usage: Usage,
) => number | undefined | Promise<number | undefined>;

/** How much money a gateway spends. */
export interface Budget {
  /** What the error calls it, and where its spending is counted. @default its place in the list */
  readonly name?: string;
  /** Most USD in a window, at most a million. */
  readonly limit: number;
  /** Length of a window, in seconds. */
  readonly interval: number;
  /** As that of a rate limit. @default "fixed" */
  readonly technique?: "fixed" | "sliding";
  /** What has a budget of its own each, as that of a rate limit. @default nothing */
  readonly per?: readonly Counted[];
  /** Counts only calls of these models, such as `gpt-5` or `openai/gpt-5`. @default all */
  readonly models?: readonly string[];
  /** Counts only calls to these providers. @default all */
  readonly providers?: readonly string[];
  /** Counts only calls whose `cf-aig-metadata` has one of these values under each of these names. @default all */
  readonly metadata?: Readonly<Record<string, readonly string[]>>;
}

/** Who pays, in Cloudflare's words. */
export interface SpendLimits {
  readonly enabled: boolean;
  readonly rules: readonly SpendRule[];
}

/** A budget in Cloudflare's words. */
export interface SpendRule {
  readonly id?: string;
  /** @default true */
  readonly enabled?: boolean;
  /** USD. */
  readonly limit: number;
  readonly limitType: "cost";
  /** Seconds. */
  readonly window: number;
  readonly technique: "fixed" | "sliding";
  readonly model?: { readonly mode: "filter"; readonly values: readonly string[] };
  readonly provider?: { readonly mode: "filter"; readonly values: readonly string[] };
  readonly metadata?: Readonly<
    Record<
      string,
      { readonly mode: "partition" } | { readonly mode: "filter"; readonly values: readonly string[] }
    >
  >;
}

/** Settings of one gateway id, as Cloudflare AI Gateway calls them. */
export interface CloudflareSettings {
  /** Stands for `maxAttempts`. */
  readonly retry_max_attempts?: number | null;
  /** Stands for `cacheTtl`; null for none. */
  readonly cache_ttl?: number | null;
  /** Stands for `cache.invalidateOnUpdate`. */
  readonly cache_invalidate_on_update?: boolean | null;
  /** Stands for `retryDelay`. */
  readonly retry_delay?: number | null;
  /** Stands for `backoff`. */
  readonly retry_backoff?: Options["backoff"] | null;
  /** Stands for `collectLog`. */
  readonly collect_logs?: boolean | null;
  /** Stands for `byokOnly`. */
  readonly byok_only?: boolean | null;
  /** Stands for `rateLimit.limit`; null or 0 for none. */
  readonly rate_limiting_limit?: number | null;
  /** Stands for `rateLimit.interval`, in seconds. */
  readonly rate_limiting_interval?: number | null;
  /** Stands for `rateLimit.technique`. */
  readonly rate_limiting_technique?: RateLimit["technique"] | null;
  /** Stands for `budgets`. */
  readonly spend_limits?: SpendLimits | null;
  /** Stands for `retention.entries`; null for no bound. */
  readonly log_management?: number | null;
  /** Stands for `retention.strategy`. */
  readonly log_management_strategy?: GatewayRetention["strategy"] | null;
}

/** A collector of a gateway id, as Cloudflare describes it. */
export interface OtelTarget {
  /** Such as `https://otel.example/v1/traces`; `/v1/traces` is added where it does not end so. It is shown: no query. */
  readonly url: string;
  /** Header fields for it, but for those of the connection. Their values are secret. */
  readonly headers?: Readonly<Record<string, string>>;
  /** All of its `authorization` field, such as `Bearer …`; it outranks that of `headers`. @default none */
  readonly authorization?: string;
  /** Cloudflare's `protobuf` is not spoken. @default "json" */
  readonly content_type?: "json";
}

/** What tells the collectors of gateway ids; `otelExporters` of `waygate/otel` makes one. */
export interface Telemetry {
  /** Takes the record of a request that has ended. Workers wait for what it returns. */
  onEnd(record: LogRecord, targets: readonly OtelTarget[]): void | Promise<void>;
  /** Settles when what waits was sent, or given up. */
  flush(): Promise<void>;
}

/** Settings of one gateway id. */
export interface GatewaySettings extends Options, CloudflareSettings {
  /**
   * The collectors that are told of every request by OTLP, at most ten; `otel` in the settings tells them.
   *
   * @default none
   */
  readonly otel?: readonly OtelTarget[] | null;
  /** Refuses every request that carries no valid token. @default false */
  readonly authentication?: boolean;
  /** The tokens that open it. No provider sees them, wherever a request carries them. */
  readonly tokens?: readonly (string | Token)[];
  /**
   * Vouches for a request that carries no such token, by a JWT or a database of its own; a text tells who it is. It sees
   * the head alone.
   *
   * @default nobody does
   */
  readonly verify?: (request: Request) => boolean | string | Promise<boolean | string>;
  /**
   * Providers' keys by slug: one, or several. They stand in for whatever credentials the client brings, for whoever
   * reaches the gateway id.
   *
   * @default the client's own
   */
  readonly keys?: Readonly<Record<string, string | StoredKey | readonly (string | StoredKey)[]>>;
  /** How answers are kept; for how long, `cacheTtl` says. */
  readonly cache?: CacheSettings;
  /** Answers 429 / 2003 to what would be one too many. Where there are several, all of them count. @default none */
  readonly rateLimit?: RateLimit | readonly RateLimit[];
  /** Answers 429 / 2041 to what would cost too much; `price` in the settings knows what it costs. @default none */
  readonly budgets?: readonly Budget[];
  /** Refuses with 503 what cannot be counted, because the store fails, instead of letting it pass. @default false */
  readonly failClosed?: boolean;
  /**
   * Asks for the tokens of a stream that its provider tells on request only, by `stream_options.include_usage`, and takes
   * the event out again that tells them; where nobody counts or logs tokens, it asks for nothing. @default false
   */
  readonly askUsage?: boolean;
  /** How much of its log is kept, where the store does not keep less. @default as much as the store keeps */
  readonly retention?: GatewayRetention;
  /** Most entries of `cf-aig-metadata` that count, 0 to 64; those behind are ignored. @default 5 */
  readonly maxMetadata?: number;
  /** Layers of your own, within those of the settings. @default none */
  readonly layers?: Layers;
  /** Answers preflights and marks answers for browsers. @default off */
  readonly cors?: Cors;
  /** Leaves a model alone for a while that failed too often; `true` takes the defaults. @default as in the settings */
  readonly breaker?: boolean | BreakerSettings;
}

/** What `createGateway` takes. Every field is optional. */
export interface Settings {
  /** Gateways by id; another id is refused. @default every id is accepted */
  readonly gateways?: Readonly<Record<string, GatewaySettings>>;
  /** Options of all gateways; a gateway's own outrank them, a request's outrank both. */
  readonly defaults?: Options;
  /**
   * Providers by slug. A known slug overrides what it names of that row, a new one is a new provider and needs a
   * base; either is also reachable as `custom-{slug}`.
   */
  readonly providers?: Readonly<Record<string, Partial<Provider>>>;
  /** Path under which the gateway is mounted, such as `/ai`. @default "" */
  readonly basePath?: string;
  /** Where clients reach the gateway, for `getUrl`; without `basePath`. @default "http://127.0.0.1:8787" */
  readonly origin?: string;
  /** Largest body that is read into memory, in bytes. @default 104857600 */
  readonly bodyLimit?: number;
  /** The `breaker` of gateways that have none of their own. @default false */
  readonly breaker?: boolean | BreakerSettings;
  /** Where counts, the state of circuits and kept answers are; who shares it shares them. @default in memory */
  readonly store?: Store & Counter;
  /** Where answers are kept. @default the `store` */
  readonly cacheStore?: Store;
  /** What calls cost; budgets need it. `waygate/prices` has one. */
  readonly price?: Price;
  /** Layers of your own around requests, steps and attempts of every gateway. @default none */
  readonly layers?: Layers;
  /** Where requests are logged. @default nowhere */
  readonly logs?: LogStore;
  /** Changes what is logged, bodies included; undefined leaves the request out. @default nothing is changed */
  readonly redact?: (entry: LogEntry) => LogEntry | undefined;
  /**
   * Gives every request a place in a trace: that of its `traceparent`, or a new one, which `cf-aig-trace-id` tells; every
   * attempt has a span of its own and tells its provider so. @default false
   */
  readonly trace?: boolean;
  /** Is told of every request that has been let in, before it is sent. What these three throw is told to `warn`. */
  readonly onRequest?: (request: RequestNote) => void;
  /** Is told of every attempt when it has its answer's head, or has failed. */
  readonly onAttempt?: (attempt: AttemptNote) => void;
  /**
   * Is told of every request when its last byte has passed, whether it is logged or not, and of all that were refused
   * before they could be sent, those that were not let in as well. Workers wait for it.
   */
  readonly onEnd?: (record: LogRecord) => void | Promise<void>;
  /** Tells the collectors that gateways have as `otel`. `waygate/otel` has one. */
  readonly otel?: Telemetry;
  /** Is told what the operator should know, such as a store that fails; no secret is in it. @default console.warn */
  readonly warn?: (message: string) => void;
  /** Calls providers in place of the host's `fetch`. */
  readonly fetch?: Fetch;
}

/** One step of the universal endpoint, in the words of its JSON. */
export interface UniversalStep {
  /** Slug of the provider, such as `openai`. */
  readonly provider: string;
  /** Path below the provider, such as `chat/completions`; may carry a query string. */
  readonly endpoint: string;
  /** Header fields for the provider; `cf-aig-*` and `waygate-*` are options of this step. */
  readonly headers?: Headers | Readonly<Record<string, unknown>>;
  /** Value of the `authorization` header for the provider. */
  readonly authorization?: string;
  /** The body for the provider: any JSON value. */
  readonly query: unknown;
  /** Options of this step; they outrank its headers. */
  readonly config?: Options;
  /** The client's own name for this call. */
  readonly eventId?: string;
}

/** What may go with `run`, in the shape of Cloudflare's Workers binding. */
export interface RunOptions {
  /** Options of the whole request. */
  readonly gateway?: {
    /** Names the answer that is kept, in place of path and body. */
    readonly cacheKey?: string;
    /** How long the answer is kept for those who ask the same, in s. */
    readonly cacheTtl?: number;
    /** Neither looks for a kept answer nor keeps this one. */
    readonly skipCache?: boolean;
    /** What to say about the request, such as whose it is. */
    readonly metadata?: Metadata;
    /** Whether the request is logged. */
    readonly collectLog?: boolean;
    /** The client's own name for the request, echoed in `cf-aig-event-id`. */
    readonly eventId?: string;
    /** Longest wait for the first byte of an answer, in ms. */
    readonly requestTimeoutMs?: number;
    readonly retries?: {
      readonly maxAttempts?: number;
      readonly retryDelayMs?: number;
      readonly backoff?: Backoff;
    };
  };
  /** Header fields of the request itself, such as `cf-aig-*`; none of them reaches a provider. */
  readonly extraHeaders?: Headers | Readonly<Record<string, string>>;
  /** Ends the call. */
  readonly signal?: AbortSignal;
  /** Keeps the runtime from stopping before what is left to do is done; a Worker's `ctx.waitUntil`. */
  readonly waitUntil?: (promise: Promise<unknown>) => void;
}

/** One gateway id for code in the same program, in the shape of Cloudflare's Workers binding. */
export interface Binding {
  /** Tries steps in order, as the universal endpoint does, without HTTP in between and without a token. */
  run(steps: UniversalStep | readonly UniversalStep[], options?: RunOptions): Promise<Response>;
  /** Forgets every answer that was kept for this gateway id, for all who share its store. */
  purgeCache(): Promise<void>;
  /** What was logged of one of this gateway id's requests, by `cf-aig-log-id`; undefined where nothing was. */
  getLog(id: string): Promise<LogRecord | undefined>;
  /**
   * Notes what the client thinks of an answer.
   *
   * @throws {GatewayError} `not_found`, when nothing was logged of it; `invalid`, when it is no verdict
   */
  patchLog(id: string, change: LogPatch): Promise<void>;
  /** The URL to give to an SDK as its base URL, or, without a provider, that of the universal endpoint. */
  getUrl(provider?: string): Promise<string>;
}

/**
 * The gateway: a function from Request to Response. As a binding it stands for its only configured id, otherwise
 * for `default`.
 */
export interface Gateway extends Binding {
  /** Settles when all that was to be logged is kept, or could not be. */
  flush(): Promise<void>;
  /** Answers a request. It never rejects: what goes wrong is a Response in the documented envelope. */
  handle(request: Request, host?: Host): Promise<Response>;
  /**
   * One of its ids.
   *
   * @param account what stands for `{account}` in its URLs. @default "default"
   */
  gateway(id: string, account?: string): Binding;
}
