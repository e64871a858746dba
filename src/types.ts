/**
 * The vocabulary. A door turns a Request into a {@linkcode Plan}, a non-empty list of {@linkcode Step}s;
 * layers wrap the stage that carries it; `dispatch` calls `fetch`; what comes back is an {@linkcode Outcome}.
 *
 * @module
 */
import type { Dialect, DialectName, Usage } from "./dialects/dialect.ts";
import type { ErrorCode, GatewayError } from "./errors.ts";

/** Header fields by lower-case name, several values of one name joined by `, `. */
export type Fields = Readonly<Record<string, string>>;

/** One call to one provider. */
export interface Step {
  /** Place in the plan, from 0. */
  readonly index: number;
  /** Slug of the provider, as the client wrote it. */
  readonly provider: string;
  /** Path below the provider and query string, as the client wrote them, without a leading slash. */
  readonly endpoint: string;
  /** Where it goes: an absolute URL on the provider's origin. */
  readonly url: string;
  readonly method: string;
  /** What the provider shall see, nothing else: no hop-by-hop field, no `cf-aig-*`, no cookie. */
  readonly headers: Fields;
  /** The ways to reach the provider, where it has several. */
  readonly choices?: readonly [Choice, ...Choice[]];
  /** Index of the one that `url` and `headers` follow; written by `spread`. */
  readonly choice?: number;
  readonly body: Body;
  readonly options: Options;
  /**
   * Whether somebody looks at the answer: it is asked for without compression, and its end is told. One that nobody
   * watches is handed on untouched.
   */
  readonly watched: boolean;
  /** The wire format of the answer, where it is known. */
  readonly dialect?: Dialect | undefined;
  /** The client's own name for this call, echoed in `cf-aig-event-id`. */
  readonly eventId?: string;
}

/** One of several ways to reach a provider. */
export interface Choice {
  /** Stands in for the step's. */
  readonly url: string;
  /** Header fields that stand in for the client's own credentials. @default the client's own */
  readonly credentials?: Fields;
  /** How often it is taken, in relation to the others'. */
  readonly weight: number;
}

/** What a request asks for: steps to try in order. */
export type Plan = readonly [Step, ...Step[]];

/**
 * A request body. One that is only passed on stays a stream, neither read nor copied; who must send it twice
 * asks for it to be kept first.
 */
export interface Body {
  /** The declared length in bytes of a stream that nobody has read yet, otherwise undefined. */
  readonly untouched: number | undefined;
  /** What `fetch` sends: the stream, once, or the kept bytes, as often as needed; null when there is none. */
  open(): NonNullable<RequestInit["body"]> | null;
  /**
   * Reads the body into memory, so that it can be sent again.
   *
   * @returns false, with the stream left as it is, when its declared length is over the limit
   * @throws {GatewayError} `too_large`, when it only turns out to be over the limit while it is read
   */
  keep(): Promise<boolean>;
}

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

/** Every knob that a client, a step or a gateway may turn. */
export interface Options {
  /** Longest wait for a connection, in ms, where the runtime lets it be set (Node). @default 10000 */
  readonly connectTimeout?: number;
  /** Longest wait for the first byte of an answer, in ms. @default none */
  readonly requestTimeout?: number;
  /** Longest silence of an answer that has begun, in ms; comments and pings do not break it. @default 300000 */
  readonly idleTimeout?: number;
  /** Longest time for all attempts, steps and pauses together, and the answer, in ms. @default none */
  readonly totalTimeout?: number;
  /** When an answer belongs to the client. @default "event" where another attempt is left, otherwise "headers" */
  readonly commit?: CommitPolicy;
  /** What moves on to the next step. @default every failure and every status but 2xx */
  readonly fallbackOn?: readonly FallbackCause[];
  /** Starts the next step beside this one when this one has not committed after so many ms. @default never */
  readonly hedgeAfter?: number;
  /** Attempts of one step, the first included, 1 to 5. @default 1 */
  readonly maxAttempts?: number;
  /** Pause before the second attempt, 0 to 5000 ms. @default 500 */
  readonly retryDelay?: number;
  /** Growth of that pause. @default "exponential" */
  readonly backoff?: Backoff;
}

/** Any HTTP answer, a 500 included. */
export interface Answer {
  readonly kind: "answer";
  readonly step: Step;
  readonly response: Response;
  readonly attempt: Attempt;
  /** How it ends; only where the step is watched. */
  readonly ended?: Promise<Ending>;
}

/** Silence: a timeout, a broken connection, a client that left. */
export interface Failure {
  readonly kind: "failure";
  readonly step: Step;
  readonly error: GatewayError;
  /** What a provider last said before the silence, if any did. */
  readonly said?: Outcome;
  /** Of `open`: when the step may be tried again, in ms since the epoch. */
  readonly until?: number;
}

/** What came of a step or of a whole plan. */
export type Outcome = Answer | Failure;

/**
 * How an answer ends. `truncated`: the provider broke off. `provider_error`: it told of an error. `stalled`: it fell
 * silent, or took too long. `client_left`: nobody read to the end.
 */
export type Ending = "complete" | "truncated" | "provider_error" | "stalled" | "client_left";

/** One attempt, as told in `waygate-trail`. `dispatch` writes it when it begins, and again when it knows more. */
export interface Attempt {
  readonly step: number;
  readonly provider: string;
  /** Which of the step's choices it used, where there are several. */
  readonly choice?: number;
  /** When it began, by the monotonic clock, in ms. */
  readonly began: number;
  /** Status of the answer, or the code of the failure; undefined while neither is there. Also written by `commit`. */
  result?: number | ErrorCode;
  /** Why, where the result alone does not tell; never a provider's text, never a URL. */
  detail?: string;
  /** Milliseconds until the answer's headers, or until the failure. Also written by `commit`. */
  ms?: number;
  /** How its answer ended, once it has; written by `commit`, where the step is watched. */
  ending?: Ending;
  /** Tokens as far as its answer told of them; written by `commit`. */
  usage?: Usage;
}

/** The one mutable thing: the record of one request. */
export interface Ledger {
  /** Every attempt so far, in order; written by `dispatch`. */
  readonly attempts: Attempt[];
  /** How the answer that the client got ended, once it has; written by the hall, where the step was watched. */
  ending?: Ending;
}

/** What all stages of one request share. */
export interface Context {
  /** UUIDv7 of this request: its log id and its request id. */
  readonly id: string;
  /** The gateway id that it came to. */
  readonly gateway: string;
  /** The client's own name for the request. @default `id` */
  readonly eventId: string | undefined;
  /** Aborts when the client leaves; within an attempt also when the attempt's time is up. */
  readonly signal: AbortSignal;
  /** Carries a step to its provider. */
  readonly fetch: Fetch;
  /** How `fetch` treats encoded answers. */
  readonly encoding: Encoding;
  /** Attempts of this step that may follow this one. */
  readonly attemptsLeft: number;
  /** Steps of the plan that may still answer if this one does not. */
  readonly stepsLeft: number;
  /** Tries a step though its circuit is open, because there is no other. @default false */
  readonly insist?: boolean;
  readonly ledger: Ledger;
}

/** A function that carries an input towards a provider. It may be called again with the same input. */
export type Stage<Input> = (input: Input, context: Context) => Promise<Outcome>;

/** The one way to extend: wraps a stage into a stage. */
export type Layer<Input> = (next: Stage<Input>) => Stage<Input>;

/** What a call to a provider is told. */
export interface FetchInit extends RequestInit {
  /** Longest wait for the connection, in ms, 0 for none; a `fetch` that cannot set it ignores it. */
  readonly connectTimeout?: number;
  /** Goes with a body that is a stream. */
  readonly duplex?: "half";
}

/**
 * `fetch`, as far as waygate uses it. It may throw a {@linkcode GatewayError} whose description is a single word to
 * say what went wrong; anything else that it throws is a `network` failure.
 */
export type Fetch = (url: string, init: FetchInit) => Promise<Response>;
/**
 * Values that outlive a request, for all who share them. Keys are text of at most 512 characters, values are JSON. Who
 * reads a value may find what another has just replaced.
 */
export interface Store {
  /** What was set, or undefined when nothing was or its time is over. */
  get(key: string): Promise<unknown>;
  /** @param ttl how long it is kept, in ms */
  set(key: string, value: unknown, ttl: number): Promise<void>;
  delete(key: string): Promise<void>;
}

/** What has been counted under a key. */
export interface Count {
  /** The sum of this window, the latest addition included. */
  readonly used: number;
  /** How long the window still lasts, in ms. */
  readonly resets: number;
}

/** Counts for all who share them; an addition and what it gives are one step, so that two never get the same sum. */
export interface Counter {
  /**
   * Adds to the count of a key.
   *
   * @param amount an integer, also a negative one
   * @param window how long it is counted, in ms, from the first addition; then the count starts anew
   */
  add(key: string, amount: number, window: number): Promise<Count>;
}

/**
 * How a `fetch` treats an answer that comes compressed. `kept`: its bytes are handed on as they came. `identity`:
 * so too, but only where nothing but `identity` was asked for. `unknown`: it may be decoded under headers that
 * still say otherwise.
 */
export type Encoding = "kept" | "identity" | "unknown";

/** What an adapter lends to a call of `handle`. */
export interface Host {
  /** The runtime's own way to call a provider. @default globalThis.fetch */
  readonly fetch?: Fetch;
  /** How that `fetch` treats encoded answers. @default "unknown" */
  readonly encoding?: Encoding;
  /** The client's `accept-encoding`, where the runtime replaces it in the request. */
  readonly acceptEncoding?: string | undefined;
  /** True while the server shuts down; `/healthz` says so. */
  readonly closing?: boolean;
}

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
  /** Header fields that carry a key. @default `authorization: Bearer {key}` */
  readonly authorize?: (key: string) => Fields;
  /** Query parameter in which a client may bring a key; it is left out where a key of `spread` goes. */
  readonly keyParameter?: string;
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

/** Settings of one gateway id. */
export interface GatewaySettings extends Options {
  /** Refuses every request that carries no valid token. @default false */
  readonly authentication?: boolean;
  /** The tokens that open it. */
  readonly tokens?: readonly string[];
  /** Answers preflights and marks answers for browsers. @default off */
  readonly cors?: Cors;
  /** Leaves a model alone for a while that failed too often; `true` takes the defaults. @default as in the settings */
  readonly breaker?: boolean | BreakerSettings;
}

/** What `createGateway` takes. Every field is optional. */
export interface Settings {
  /** Gateways by id; another id is refused. @default every id is accepted */
  readonly gateways?: Readonly<Record<string, GatewaySettings>>;
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
  /** Where the state of circuits is kept. @default in memory */
  readonly store?: Store & Counter;
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
}

/** One gateway id for code in the same program, in the shape of Cloudflare's Workers binding. */
export interface Binding {
  /** Tries steps in order, as the universal endpoint does, without HTTP in between and without a token. */
  run(steps: UniversalStep | readonly UniversalStep[], options?: RunOptions): Promise<Response>;
  /** The URL to give to an SDK as its base URL, or, without a provider, that of the universal endpoint. */
  getUrl(provider?: string): Promise<string>;
}

/**
 * The gateway: a function from Request to Response. As a binding it stands for its only configured id, otherwise
 * for `default`.
 */
export interface Gateway extends Binding {
  /** Answers a request. It never rejects: what goes wrong is a Response in the documented envelope. */
  handle(request: Request, host?: Host): Promise<Response>;
  /**
   * One of its ids.
   *
   * @param account what stands for `{account}` in its URLs. @default "default"
   */
  gateway(id: string, account?: string): Binding;
}
