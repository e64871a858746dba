/**
 * The vocabulary. A door turns a Request into a {@linkcode Plan}, a non-empty list of {@linkcode Step}s;
 * layers wrap the stage that carries it; `dispatch` calls `fetch`; what comes back is an {@linkcode Outcome}.
 *
 * @module
 */
import type { Dialect, Usage } from "./dialects/dialect.ts";
import type { ErrorCode, GatewayError } from "./errors.ts";
import type { Trace } from "./logs.ts";
import type { Metadata } from "./metadata.ts";
import type { Options } from "./options.ts";
import type { Grant } from "./rate.ts";

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
  /** Index of the one that `url` and `key` follow; written by `spread`. */
  readonly choice?: number;
  /** The gateway's own key for this provider, in place of the client's credentials. */
  readonly key?: string | undefined;
  /** Index of that key, where there are several; written by `keys`. */
  readonly keyIndex?: number;
  /** The same without the key that the gateway has put in; written by `keys`. */
  readonly keyless?: Step;
  /** The way in which the provider takes a key. */
  readonly authorize: Authorize;
  readonly body: Body;
  readonly options: Options;
  readonly watched: Watched;
  /** Whether somebody has to know the tokens that it takes. */
  readonly metered: boolean;
  /** Whether its provider has to be asked for the tokens of a stream, and somebody wants that. @default false */
  readonly asksUsage?: boolean;
  /** Whether somebody wants to keep its bodies. */
  readonly captured: boolean;
  /** The wire format of the answer, where it is known. */
  readonly dialect?: Dialect | undefined;
  /** What the client says about this call, where it says something else than about the request. */
  readonly metadata?: Metadata | undefined;
  /** The client's own name for this call, echoed in `cf-aig-event-id`. */
  readonly eventId?: string;
}

/**
 * Which answers somebody looks at: they are asked for without compression, and their end is told. `streams`: those, and
 * whatever another attempt could replace. What nobody watches is handed on untouched.
 */
export type Watched = "never" | "streams" | "always";

/** One of several ways to reach a provider. */
export interface Choice {
  /** Stands in for the step's. */
  readonly url: string;
  /** Stands in for the client's own credentials. @default the client's own */
  readonly key?: string | undefined;
  /** How often it is taken, in relation to the others'. */
  readonly weight: number;
}

/** The same step with a key in place of all credentials. */
export type Authorize = (step: Step, key: string, context: Context) => Promise<Step>;

/** What a request asks for: steps to try in order. */
export type Plan = readonly [Step, ...Step[]];

/**
 * A request body. One that is only passed on stays a stream, neither read nor copied; who must send it twice
 * asks for it to be kept first.
 */
export interface Body {
  /** The declared length in bytes of a stream that nobody has read yet, otherwise undefined. */
  untouched(): number | undefined;
  /** What `fetch` sends: the stream, once, or the kept bytes, as often as needed; null when there is none. */
  open(): NonNullable<RequestInit["body"]> | null;
  /**
   * Reads the body into memory, so that it can be sent again.
   *
   * @returns false, with all of the stream still to come, when it is over the limit
   */
  keep(): Promise<boolean>;
  /** Its first bytes, or all of them; what is read for that is not lost. */
  begin(): Promise<Uint8Array>;
  /** What somebody reads out of its bytes, read once; undefined where it cannot be kept. */
  read<Value>(how: (bytes: Uint8Array<ArrayBuffer>) => Value): Promise<Value | undefined>;
}

/** Any HTTP answer, a 500 included. */
export interface Answer {
  readonly kind: "answer";
  readonly step: Step;
  readonly response: Response;
  readonly attempt: Attempt;
  /** Whether the response is nobody else's, so that its header fields may be changed in place. */
  readonly amendable?: boolean;
  /** Whether it was kept from before; only where the step asks for such. */
  readonly cache?: "HIT" | "MISS";
  /** Hides the gateway's own secrets in what is kept of it. */
  readonly mask?: (bytes: Uint8Array) => Uint8Array;
  /** All of its body, where that was read at once. */
  readonly bytes?: Uint8Array<ArrayBuffer>;
  /** How it ends; only where the step is watched. */
  readonly ended?: Promise<Ending>;
}

/** No answer: silence, an answer that went wrong before it was the client's, or a step that was left alone. */
export interface Failure {
  readonly kind: "failure";
  readonly step: Step;
  readonly error: GatewayError;
  /** What a provider last said before the silence, if any did. */
  readonly said?: Outcome;
  /** Header fields that tell the client more. */
  readonly headers?: Fields;
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
  /** Which of the gateway's own keys it used, where there are several. */
  readonly key?: number;
  /** Its own span, where the request has a trace. */
  readonly spanId?: string;
  /** When it began, by the monotonic clock, in ms. */
  readonly began: number;
  /** What was asked of the provider, where one was asked; no key of the gateway's is in it. */
  readonly asked?: Step;
  /** Status of the answer, or the code of the failure; undefined while neither is there. Also written by `commit`. */
  result?: number | ErrorCode;
  /** Why, where the result alone does not tell; never a provider's text, never a URL. */
  detail?: string;
  /** Milliseconds until the answer's headers, or until the failure. Also written by `commit`. */
  ms?: number;
  /** How its answer ended, once it has; written by `commit`, where the step is watched. */
  ending?: Ending;
  /** Tokens as far as its answer told of them; written by `commit`, of a plain answer where the step is metered. */
  usage?: Usage;
  /** Of a stream, events that told something of the answer; written by `commit`. */
  events?: number;
  /** Ms from its beginning to the first of these; written by `commit`. */
  spoke?: number;
  /** Why the model stopped, as told by its answer; written by `commit`. */
  reason?: string;
  /** Bytes of its answer's body, as far as they came; written by `commit`. */
  size?: number;
  /** These bytes, where the step is captured and they are not too many; written by `commit`. */
  heard?: Uint8Array;
}

/** The one mutable thing: the record of one request. */
export interface Ledger {
  /** Every attempt so far, in order, and every step that was left alone; written by `dispatch` and by who does that. */
  readonly attempts: Attempt[];
  /** Where it stands in a trace; written by the hall, where the settings ask for it. */
  trace?: Trace;
  /** Whose request it is: name or hash of a token of the gateway's; written by the hall, where it asks for one. */
  caller?: string;
  /** What limits have granted to this request, by what they count under; written by who asks them. */
  grants?: Map<string, Grant>;
  /** How the answer that the client got ended, once it has; written by the hall, where the step was watched. */
  ending?: Ending;
}

/** What all stages of one request share. */
export interface Context {
  /** UUIDv7 of this request: its log id and its request id. */
  readonly id: string;
  /** The `{account}` of its URL. */
  readonly account: string;
  /** The gateway id that it came to. */
  readonly gateway: string;
  /** When it came, by the monotonic clock, in ms. */
  readonly began: number;
  /** What the client calls its program. */
  readonly userAgent: string | undefined;
  /** The client's own name for the request. @default `id` */
  readonly eventId: string | undefined;
  /** What the client says about the request. */
  readonly metadata: Metadata | undefined;
  /** Keeps the runtime from stopping before a promise has settled, which must not reject. */
  readonly waitUntil: (promise: Promise<unknown>) => void;
  /** Hashes in the way that is fastest here. */
  readonly sha256: Digest;
  /** Where the client is, as far as its host knows. */
  readonly address: () => string | undefined;
  /** Aborts when the client leaves; within an attempt also when the attempt's time is up. */
  readonly signal: AbortSignal;
  /** Aborts when the client leaves, and for no other reason; it breaks the request's own body, too. */
  readonly leaving: AbortSignal;
  /** Carries a step to its provider. */
  readonly fetch: Fetch;
  /** How `fetch` treats encoded answers. */
  readonly encoding: Encoding;
  /** Length in bytes up to which `fetch` would rather have a body at once. */
  readonly collectUpTo: number;
  /** Whether the header fields of what `fetch` gives may be changed. */
  readonly amendable: boolean;
  /** Reads a response in the way that is fastest here. */
  readonly read: (response: Response) => Reader;
  /** Makes a response of bytes in the way that is fastest here. */
  readonly respondWith: Respond;
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

/** What comes of a body piece by piece: no `value` when there is no more, a rejection when it breaks. */
export interface Reader {
  read(): Promise<{ readonly value?: Uint8Array | undefined }>;
  /** Lets go of the provider. */
  cancel(): Promise<unknown>;
}

/** Makes a response whose body is at hand. */
export type Respond = (bytes: Uint8Array<ArrayBuffer>, head: ResponseInit) => Response;

/** What a call to a provider is told. */
export interface FetchInit extends RequestInit {
  /** Longest wait for the connection, in ms, 0 for none; a `fetch` that cannot set it ignores it. */
  readonly connectTimeout?: number;
  /** Goes with a body that is a stream. */
  readonly duplex?: "half";
}

/** The SHA-256 of bytes, or of a text as UTF-8, in lower-case hexadecimal digits. */
export type Digest = (data: string | Uint8Array<ArrayBuffer>) => string | Promise<string>;

/**
 * `fetch`, as far as waygate uses it. It may throw a {@linkcode GatewayError} whose description is a single word to
 * say what went wrong; anything else that it throws is a `network` failure.
 */
export type Fetch = (url: string, init: FetchInit) => Promise<Response>;

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
  /** Whether the header fields of what that `fetch` gives may be changed, which spares a copy. @default false */
  readonly amendable?: boolean;
  /** Reads a response without a web stream in between, which is dear on some runtimes. @default a reader of its body */
  readonly read?: (response: Response) => Reader;
  /** Makes a response without one. @default the runtime's own way */
  readonly respondWith?: Respond;
  /** Length in bytes up to which a request body is read at once, where that is faster than a stream. @default 0 */
  readonly collectUpTo?: number;
  /** Keeps the runtime from stopping before a promise has settled. @default it does not stop */
  readonly waitUntil?: (promise: Promise<unknown>) => void;
  /** Hashes faster than the web's own way, which takes a turn of the event loop. @default the web's own */
  readonly sha256?: Digest;
  /** Tells the network address of the client. @default nobody knows it */
  readonly address?: () => string | undefined;
  /** The client's `accept-encoding`, where the runtime replaces it in the request. */
  readonly acceptEncoding?: string | undefined;
  /** True while the server shuts down; `/healthz` says so. */
  readonly closing?: boolean;
}
