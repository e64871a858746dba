/**
 * What is remembered of requests, and where.
 *
 * @module
 */
import type { ErrorCode } from "./errors.ts";
import type { Metadata } from "./metadata.ts";
import type { Ending } from "./types.ts";

/** One request as it is logged, in Cloudflare's words where it has some. What nobody knows is null, never 0. */
export interface LogRecord {
  /** `cf-aig-log-id` of its answer: a UUIDv7, so that later ones are greater. */
  readonly id: string;
  /** When it came, such as `2026-11-22T12:00:00.000Z`. */
  readonly created_at: string;
  readonly account: string;
  /** The gateway id. */
  readonly gateway: string;
  /** Slug of the provider that answered, or was tried last; `unknown`, where a refused request names none that is known. */
  readonly provider: string;
  readonly model: string | null;
  /** Path below the provider, without a query string. */
  readonly path: string;
  readonly method: string;
  /** Ms until its last byte. */
  readonly duration: number;
  readonly status_code: number;
  /** Whether its status was good and its answer came to a good end. */
  readonly success: boolean;
  readonly cached: boolean;
  /** Index of the step that answered. */
  readonly step: number;
  /** Tokens of the prompt, cached ones included. */
  readonly tokens_in: number | null;
  /** Tokens of the answer, reasoning included. */
  readonly tokens_out: number | null;
  /** Tokens of the prompt that came out of the provider's cache. */
  readonly tokens_cached: number | null;
  /** Tokens of the answer that were spent on reasoning. */
  readonly tokens_reasoning: number | null;
  /** USD of the answer that the client got. */
  readonly cost: number | null;
  /** Whether the client said what it costs. */
  readonly custom_cost: boolean;
  /** USD of attempts whose answer the client did not get. */
  readonly waste: number | null;
  readonly metadata: Metadata | null;
  /** The client's own name for it. */
  readonly event_id: string;
  /** Who asked, where the gateway asks for a token. */
  readonly caller: string | null;
  readonly user_agent: string | null;
  readonly request_content_type: string | null;
  readonly response_content_type: string | null;
  /** Bytes of its body. */
  readonly request_size: number | null;
  /** Bytes of its answer's body. */
  readonly response_size: number | null;
  /** Ms until the head of its answer. */
  readonly ttfb: number | null;
  /** Ms until the first event of a stream that told something. */
  readonly ttft: number | null;
  /** Why the model stopped, in its provider's words. */
  readonly finish_reason: string | null;
  readonly ending: Ending | null;
  /** What went wrong, where the gateway itself had to answer. */
  readonly error: ErrorCode | null;
  readonly attempts: readonly LoggedAttempt[];
  /** The client's verdict. */
  readonly feedback: 1 | -1 | null;
  readonly score: number | null;
  /** Its place in a trace, where somebody traces. */
  readonly trace?: Trace;
}

/** Where a request stands in a trace, in the words of W3C Trace Context: ids are lower-case hexadecimal digits. */
export interface Trace {
  /** 32 digits. */
  readonly traceId: string;
  /** Span of the client that sent the request, 16 digits. @default it has none */
  readonly parentSpanId?: string;
  /** Span of the request itself, 16 digits. */
  readonly spanId: string;
  /** Whether its spans are to be kept. */
  readonly sampled: boolean;
}

/** One attempt of a request. */
export interface LoggedAttempt {
  readonly step: number;
  readonly provider: string;
  /** Status of its answer, or what went wrong; null where it was aborted before. */
  readonly result: number | ErrorCode | null;
  /** Ms from the request's beginning to its own. */
  readonly began: number;
  /** Ms until the head of its answer, or until it failed. */
  readonly ms: number | null;
  readonly ending: Ending | null;
  readonly tokens_in: number | null;
  readonly tokens_out: number | null;
  /** USD. */
  readonly cost: number | null;
  /** Its own span, 16 hexadecimal digits, where the request has a trace. */
  readonly spanId?: string;
}

/** A request that has been let in, as far as it is known before it is sent. */
export interface RequestNote
  extends Pick<LogRecord, "id" | "created_at" | "account" | "gateway" | "method" | "event_id" | "metadata"> {
  /** Slugs of the providers that it may be sent to, in order. */
  readonly providers: readonly string[];
}

/** An attempt that has its answer's head, or has failed. */
export interface AttemptNote extends Pick<LoggedAttempt, "step" | "provider" | "result" | "began" | "ms"> {
  /** `cf-aig-log-id` of its request. */
  readonly id: string;
}

/** A record, and the bodies that were to be kept with it. */
export interface LogEntry {
  readonly record: LogRecord;
  readonly request?: Uint8Array | undefined;
  readonly response?: Uint8Array | undefined;
}

/** What may be changed of a record afterwards. */
export interface LogPatch {
  readonly feedback?: 1 | -1 | null;
  readonly score?: number | null;
  readonly metadata?: Metadata | null;
}

/** Members of a record by which records are found. */
export type LogKey =
  | "id"
  | "created_at"
  | "gateway"
  | "provider"
  | "model"
  | "path"
  | "status_code"
  | "success"
  | "cached"
  | "cost"
  | "tokens"
  | "tokens_in"
  | "tokens_out"
  | "duration"
  | "feedback"
  | "event_id"
  | "caller"
  | "user_agent"
  | "request_content_type"
  | "response_content_type"
  | "ending"
  | "metadata.key"
  | "metadata.value"
  | `metadata.${string}`;

/**
 * What a record has to be. Of several values `eq` and `contains` ask for any, `neq` for none; `lt` and `gt` take one. A
 * member that is null meets `neq` alone, whatever the values. `tokens` is `tokens_in` and `tokens_out` together,
 * `metadata.key` any key of the metadata, `metadata.value` any value, `metadata.user` the value of `user`.
 *
 * A value of another kind than the member is neither equal nor less nor greater. Only texts contain something, whatever
 * the case of ASCII letters; their order is that of code points. `created_at` is compared as a time, except by
 * `contains`. Values of metadata are compared as texts, so that 42 is `"42"`; `lt` and `gt` of a number ask for numbers.
 */
export interface LogFilter {
  readonly key: LogKey;
  readonly operator: "eq" | "neq" | "contains" | "lt" | "gt";
  readonly value: readonly (string | number | boolean | null)[];
}

/** Which records, and in which order. */
export interface LogQuery {
  /** All of them have to be met. */
  readonly filters?: readonly LogFilter[];
  /**
   * A text that id, model, provider, path, event id or metadata contains, whatever the case of ASCII letters; the metadata
   * as JSON.
   */
  readonly search?: string;
  /** What is null comes before all else, and of equals the lesser id; `desc` turns all of it. @default "created_at" */
  readonly orderBy?:
    | "created_at"
    | "provider"
    | "model"
    | "success"
    | "cached"
    | "cost"
    | "duration"
    | "tokens_in"
    | "tokens_out"
    | "feedback";
  /** @default "desc" */
  readonly direction?: "asc" | "desc";
  /** @default 20 */
  readonly limit?: number;
  /** @default 0 */
  readonly offset?: number;
}

/** Some records, and how many there are in all. */
export interface LogPage {
  readonly records: readonly LogRecord[];
  readonly total: number;
}

/** Least and most of what the records of a query have. */
export interface LogRange {
  readonly min_cost: number | null;
  readonly max_cost: number | null;
  readonly min_duration: number | null;
  readonly max_duration: number | null;
  readonly min_tokens_in: number | null;
  readonly max_tokens_in: number | null;
  readonly min_tokens_out: number | null;
  readonly max_tokens_out: number | null;
}

/** How records are added up. */
export interface StatsQuery {
  readonly filters?: readonly LogFilter[];
  /** Length of a bucket, in ms, from multiples since the epoch; one bucket for all where it is left out. */
  readonly bucket?: number;
  /** What has rows of its own. @default nothing */
  readonly by?: readonly ("gateway" | "provider" | "model" | "caller" | `metadata.${string}`)[];
  /** Most rows, the first ones. @default any number */
  readonly limit?: number;
}

/** What the records of a bucket and group come to. */
export interface StatsRow {
  /** Beginning of the bucket, in ms since the epoch. */
  readonly bucket: number | null;
  /** The values of `by`; those of metadata as texts. */
  readonly group: Readonly<Record<string, string | null>>;
  readonly requests: number;
  /** Requests without success. */
  readonly errors: number;
  readonly cached: number;
  /** Of the requests that tell them, as all sums that follow; null where none does. */
  readonly tokens_in: number | null;
  readonly tokens_out: number | null;
  /** USD, to twelve places. */
  readonly cost: number | null;
  /** The same of what no client got. */
  readonly waste: number | null;
  /** Ms: half of the requests took no longer, and so on. */
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p99: number | null;
  /** The same of the time to the first event of streams. */
  readonly ttft_p50: number | null;
  readonly ttft_p90: number | null;
}

/** How much is kept. */
export interface Retention {
  /** Most records. @default 10000000 */
  readonly entries?: number;
  /** Longest age, in ms. @default any */
  readonly age?: number;
  /** What happens to a record when there are too many. @default "DELETE_OLDEST" */
  readonly strategy?: "STOP_INSERTING" | "DELETE_OLDEST";
}

/** How much is kept of the requests of one gateway id; where the store keeps less of all together, that counts. */
export type GatewayRetention = Pick<Retention, "entries" | "strategy">;

/** Where records are kept. */
export interface LogStore {
  /**
   * Keeps all of them or, where it rejects, none. One whose id is there already is left out.
   *
   * @param bounds by gateway id: what it keeps of that one at most. @default no bounds but its own
   */
  append(entries: readonly LogEntry[], bounds?: ReadonlyMap<string, GatewayRetention>): Promise<void>;
  list(query: LogQuery): Promise<LogPage>;
  range(query: LogQuery): Promise<LogRange>;
  get(id: string): Promise<LogRecord | undefined>;
  /** The body that was kept with a record, if one was. */
  body(id: string, of: "request" | "response"): Promise<Uint8Array | undefined>;
  /** @returns whether there is such a record */
  patch(id: string, change: LogPatch): Promise<boolean>;
  /**
   * Deletes the first of what a query asks for, or all of it where there is no limit.
   *
   * @returns how many records were deleted
   */
  delete(query: Pick<LogQuery, "filters" | "limit" | "orderBy" | "direction">): Promise<number>;
  /** Rows by bucket, then group; none where there are no records. */
  stats(query: StatsQuery): Promise<readonly StatsRow[]>;
}
