import { Readable } from "node:stream";
import type { Reader, Respond } from "../src/types.ts";
import { NodeHeaders } from "./node-headers.ts";
import { passFor } from "./node-lazy.ts";
import { behind, toWeb } from "./node-streams.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** Whose body somebody reads without a web stream. */
const locked = new ReadableStream<Bytes>();
void locked.getReader().cancel();

/** Closes an answer that nobody wants to read. */
export function abandon(readable: Readable): void {
  readable.on("error", () => {}).destroy();
}

/** A response that is built only as far as somebody looks. */
class IncomingResponse {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers;
  readonly #content: Readable | Bytes | null;
  #body: ReadableStream<Bytes> | null | undefined;
  #whole: Response | undefined;

  constructor(
    content: Readable | Bytes | null,
    headers: Headers,
    { status = 200, statusText = "" }: ResponseInit,
  ) {
    this.status = status;
    this.statusText = statusText;
    this.headers = headers;
    this.#content = content;
  }

  get ok(): boolean {
    return this.status >= 200 && this.status <= 299;
  }

  get body(): ReadableStream<Bytes> | null {
    if (this.#whole) return this.#whole.body;
    return this.#body ??= this.#open();
  }

  get bodyUsed(): boolean {
    return this.#whole?.bodyUsed ?? Readable.isDisturbed(this.#body as unknown as Readable);
  }

  /** The same as the runtime knows it. */
  get whole(): Response {
    const { status, statusText, headers, body } = this;
    return this.#whole ??= new Response(body, { status, statusText, headers });
  }

  /** What the body is as long as nobody has asked for it; afterwards it belongs to whom it is given. */
  take(): Readable | Bytes | undefined {
    if (this.#whole || this.#body || !this.#content) return undefined;
    this.#body = locked;
    return this.#content;
  }

  #open(): ReadableStream<Bytes> | null {
    const content = this.#content;
    return content instanceof Uint8Array ? new Response(content).body : content && toWeb(content, abandon);
  }
}
passFor(IncomingResponse, Response, ["status", "statusText", "headers"]);

/**
 * An answer of undici's as a web-standard response.
 *
 * @param body null where it has none
 */
export function toResponse(
  body: Readable | null,
  fields: Readonly<Record<string, string | string[] | undefined>>,
  head: ResponseInit,
): Response {
  return new IncomingResponse(body, NodeHeaders.fromFields(fields), head) as unknown as Response;
}

/** A response of bytes that are at hand. */
export const respondWith: Respond = (bytes, head) =>
  new IncomingResponse(bytes, NodeHeaders.from(head.headers), head) as unknown as Response;

function own(response: Response): Readable | Bytes | undefined {
  return response instanceof IncomingResponse ? response.take() : undefined;
}

/** The body of a response without a web stream around it, where nobody has read it as one. */
export function take(response: Response): Readable | Bytes | undefined {
  return own(response) ?? (response.body ? behind(response.body) : undefined);
}

/** Reads the body of a response, as a web stream only where there is no other. */
export function read(response: Response): Reader {
  const taken = own(response);
  if (taken instanceof Readable) return readerOf(taken);
  return new Response(taken ?? response.body ?? "").body!.getReader();
}

function readerOf(readable: Readable): Reader {
  let wake = () => {};
  for (const name of ["readable", "end", "error", "close"]) readable.on(name, () => wake());
  return {
    async read() {
      for (;;) {
        const value: Uint8Array | null = readable.read();
        if (value) return { value };
        if (readable.readableEnded) return {};
        if (readable.destroyed) throw readable.errored ?? new Error("the provider broke off");
        await new Promise<void>((resolve) => wake = resolve);
      }
    },
    cancel: () => Promise.resolve(abandon(readable)),
  };
}
