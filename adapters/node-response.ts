import type { Readable } from "node:stream";
import { NodeHeaders } from "./node-headers.ts";
import { passFor } from "./node-lazy.ts";
import { behind, toWeb } from "./node-streams.ts";

/** The head of an answer as undici tells it. */
export interface Head {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/**
 * An answer as a web-standard response.
 *
 * @param body null where it has none
 */
export function toResponse(head: Head, body: Readable | null): Response {
  return new IncomingResponse(head, body) as unknown as Response;
}

/** The Node stream that is the body of a response, where nobody has read it as a web stream. */
export function sourceOf(response: Response): Readable | undefined {
  if (response instanceof IncomingResponse && response.source) return response.source;
  return response.body ? behind(response.body) : undefined;
}

/** Closes an answer that nobody wants to read. */
export function abandon(readable: Readable): void {
  readable.on("error", () => {}).destroy();
}

/** A response that is built only as far as somebody looks. */
class IncomingResponse {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers;
  readonly ok: boolean;
  readonly #readable: Readable | null;
  #body: ReadableStream<Uint8Array<ArrayBuffer>> | undefined;
  #whole: Response | undefined;

  constructor({ status, statusText, headers }: Head, readable: Readable | null) {
    this.status = status;
    this.statusText = statusText;
    this.headers = NodeHeaders.fromFields(headers);
    this.ok = status >= 200 && status <= 299;
    this.#readable = readable;
  }

  get source(): Readable | undefined {
    return this.#body || !this.#readable ? undefined : this.#readable;
  }

  get body(): ReadableStream<Uint8Array<ArrayBuffer>> | null {
    if (this.#whole) return this.#whole.body;
    return this.#readable && (this.#body ??= toWeb(this.#readable, abandon));
  }

  get bodyUsed(): boolean {
    return this.#whole?.bodyUsed ?? this.#body?.locked === true;
  }

  /** The same as the runtime knows it. */
  get whole(): Response {
    const { status, statusText, headers, body } = this;
    return this.#whole ??= new Response(body, { status, statusText, headers });
  }
}
passFor(IncomingResponse, Response, ["status", "statusText", "headers", "ok"]);
