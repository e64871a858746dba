import type { Fault } from "./types.ts";

/** Words for what went wrong, whatever a dialect calls it. */
export type ErrorKind =
  | "bad-request"
  | "authentication"
  | "permission"
  | "not-found"
  | "too-large"
  | "rate-limit"
  | "insufficient-quota"
  | "server"
  | "overloaded"
  | "timeout"
  | "context-length"
  | "content-filter";

/** What a healthy answer says. */
export interface Speech {
  readonly model: string;
  readonly words: readonly string[];
  /** Whether a filter stopped it, by the dialect's own finish reason. */
  readonly filtered: boolean;
  /** Whether a stream is asked to tell its tokens; what tells them anyway does not mind. */
  readonly usage: boolean;
}

/** An event of a stream; data that are a string are written as they are. */
export interface Event {
  readonly name?: string;
  readonly data: unknown;
}

/** A stream in three parts. */
export interface Events {
  /** What says nothing yet. */
  readonly start: readonly Event[];
  readonly tokens: readonly Event[];
  /** Finish reason and end mark; without the last one the stream is not known to be whole. */
  readonly end: readonly Event[];
}

/** An error as a dialect puts it. */
export interface DialectError {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly event: Event;
}

/** How events are written. */
export interface Framing {
  readonly type: string;
  frame(event: Event, index: number): string | Uint8Array;
  /** Text after the last event. */
  readonly close: string;
  /** Text that keeps a connection alive and says nothing. */
  readonly comment: string;
}

/** What may tell that a stream is wanted. */
export interface StreamHints {
  /** Path and query string. */
  readonly path: string;
  /** Whether the body has `stream: true`. */
  readonly asked: boolean;
  /** Whether `accept` names `text/event-stream`. */
  readonly accepted: boolean;
}

/** How one API speaks. */
export interface Dialect {
  readonly name: string;
  /** Matches the path and query string of its endpoint. */
  readonly path: RegExp;
  readonly framing: Framing;
  /** Whether a call is answered with a stream. @default as its body asks */
  streams?(call: StreamHints): boolean;
  plain(speech: Speech): unknown;
  events(speech: Speech): Events;
  error(kind: ErrorKind): DialectError;
  readonly ping?: Event;
}

/** A pause in ms. */
export interface Pause {
  readonly pause: number;
}

/** A piece of a body: text, bytes, what depends on its place among the events, a pause, or a break. */
export type Piece =
  | string
  | Uint8Array
  | ((index: number) => string | Uint8Array)
  | Pause
  | { readonly broken: true };

/**
 * What goes onto a socket instead of an answer. `end` closes it when all is said, `fin` and `reset` before that.
 */
export type SocketPiece = string | Uint8Array | Pause | { readonly close: "end" | "fin" | "reset" };

/** How a call is answered. */
export interface Reply {
  /** Ms until the headers. */
  readonly before?: number;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: readonly Piece[];
  /** Takes the place of everything else. */
  readonly socket?: readonly SocketPiece[];
}

/** A healthy answer in pieces, for faults to cut, to mix up and to hold back. */
export interface Healthy {
  readonly type: string;
  readonly start: readonly Piece[];
  readonly tokens: readonly Piece[];
  readonly end: readonly Piece[];
  readonly comment: Piece;
  readonly malformed: Piece;
  error(kind: ErrorKind): Piece;
}

/** What a fault knows of the call. */
export interface Scene {
  readonly dialect: Dialect;
  readonly healthy: Healthy;
  /** A healthy answer that a filter stopped. */
  readonly filtered: Healthy;
  /** The setting `kind`. @default "overloaded" */
  readonly kind: ErrorKind;
  number(setting: string, fallback: number): number;
}

/** A fault and what it does. */
export interface FaultRow extends Fault {
  play(scene: Scene): Reply | Promise<Reply>;
}
