import type { ErrorCode } from "../errors.ts";

/** One event of a stream, whatever frames it. */
export interface StreamEvent {
  /** What kind it says it is; `message` where it says nothing. */
  readonly type: string;
  /** Its content as text; undefined where it has none, as in a comment. */
  readonly data: string | undefined;
}

/** Finds events in a stream of bytes that may be cut anywhere, in time linear to the bytes. */
export interface EventReader {
  /** Takes the next bytes and gives the events that end in them. */
  push(chunk: Uint8Array): StreamEvent[];
  /** Gives what stands behind the last event when the stream has ended, read as far as it goes. */
  end(): StreamEvent[];
  /** Whether the bytes so far end where an event ends, or before the first. */
  atBoundary(): boolean;
  /** One event as it may follow the bytes so far, where they end at a boundary; no bytes where none may follow. */
  print(event: StreamEvent): Uint8Array<ArrayBuffer>;
}

/** How events become bytes. */
export interface Framing {
  createReader(): EventReader;
}

/** Tokens of one call, as far as the provider told. */
export interface Usage {
  /** All tokens of the prompt, cached ones included. */
  readonly input?: number;
  /** All tokens of the answer, reasoning included. */
  readonly output?: number;
  /** Tokens of the answer that were spent on reasoning. */
  readonly reasoning?: number;
  /** Tokens of the prompt that came out of the provider's cache. */
  readonly cacheRead?: number;
  /** Tokens of the prompt that were written into it. */
  readonly cacheWrite?: number;
}

/** An error in a stream, in a provider's words. */
export interface StreamError {
  readonly code: ErrorCode;
  readonly message: string;
}

/**
 * What an event means. `quiet`: nothing yet, as a start-up event, a ping, or usage alone. `content`: something of the
 * answer, or an event that nobody knows. `finish`: the answer is whole, though an end mark may follow. `end`: the end
 * mark. `malformed`: not what the dialect's data look like. `error`: the provider failed.
 */
export interface Sign {
  readonly kind: "quiet" | "content" | "finish" | "end" | "malformed" | "error";
  /** Of `error` alone. */
  readonly error?: StreamError;
  readonly usage?: Usage;
  /** Why the model stopped, in its provider's words. */
  readonly reason?: string;
  /** Which of several answers it speaks of. @default the first alone */
  readonly choices?: readonly { readonly index: number; readonly finished: boolean }[];
}

/** Wire formats that are known. */
export type DialectName =
  | "openai"
  | "responses"
  | "anthropic"
  | "gemini"
  | "cohere"
  | "workers-ai"
  | "replicate"
  | "huggingface"
  | "bedrock";

/** One wire format. */
export interface Dialect {
  readonly name: DialectName;
  /** The framings of its streams, by media type; an answer of another type is no stream of this dialect. */
  readonly framings: Readonly<Record<string, Framing>>;
  /** What an event of a stream means; a plain answer is read as one event. */
  read(event: StreamEvent): Sign;
  /**
   * Whether an event surely does nothing but go on with an answer that has begun, told from its text alone.
   *
   * @default it has to be read
   */
  readonly goesOn?: (event: StreamEvent) => boolean;
  /**
   * Whether an event tells tokens and nothing else, as one does that was asked for.
   *
   * @default nobody has to ask
   */
  readonly isUsageAlone?: (event: StreamEvent) => boolean;
  /** An error as one legal event. */
  tell(error: StreamError): StreamEvent;
}
