/**
 * How a call ended. `whole`: all that the fault had to send was sent. `aborted`: the client left before that.
 * `broken`: the fault broke the transfer off.
 */
export type Ending = "whole" | "aborted" | "broken";

/** One request, as the faulty provider saw it. Times are those of `performance.now()`, in ms. */
export interface CallRecord {
  /** When its head had come. */
  readonly at: number;
  readonly method: string;
  /** Path and query string. */
  readonly path: string;
  /** Names and values. The server keeps their order and case, `handle` has what `Headers` leaves of them. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The body as text; empty until all of it has come. */
  readonly body: string;
  /** Name of the fault that was played; `healthy` where `times` or `every` spared it, empty until it is known. */
  readonly fault: string;
  /** How it ended; undefined while it lasts. */
  readonly ending: Ending | undefined;
  /** When it ended; undefined while it lasts. */
  readonly endedAt: number | undefined;
  /** Settles as soon as it has ended. */
  readonly ended: Promise<Ending>;
}

/** What may be set for all calls of a faulty provider. */
export interface FaultySettings {
  /** What a healthy answer says; in a stream every word is one event. @default "Hello from a faulty provider" */
  readonly text?: string;
  /** Pause after every event of a stream or piece of a plain answer, in ms. @default 0 */
  readonly pace?: number;
  /** The fault of a request that names none, such as `"429;retry-after=1"`. @default "healthy" */
  readonly fault?: string;
}

/** A provider that misbehaves as each request tells it. */
export interface FaultyProvider {
  /**
   * Answers a request. Like `fetch`, it rejects with the signal's reason when the request's signal aborts before
   * there are headers. A fault of kind `socket` or `address` is 501 here.
   */
  readonly handle: (request: Request) => Promise<Response>;
  /** The same in the shape of `fetch`, for everything that takes one. */
  readonly fetch: (input: RequestInfo | URL, init?: RequestInit) => Promise<Response>;
  /** Every request so far, in the order of arrival. */
  readonly calls: readonly CallRecord[];
}

/** One fault, for documentation and for programs that try them all. */
export interface Fault {
  /** How a request names it: `fault:{name}` as the model, `/fault/{name}/` in the path. */
  readonly name: string;
  /**
   * `answer` and `stream` are played everywhere, `socket` by the server only; `address` is not asked for by name
   * but lies at an address of its own, which the description tells.
   */
  readonly kind: "answer" | "stream" | "socket" | "address";
  readonly description: string;
  /** Its settings with their defaults, such as `ms=100`, besides those that every fault takes. */
  readonly settings: readonly string[];
}
