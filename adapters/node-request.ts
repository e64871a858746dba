import { Buffer } from "node:buffer";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import { NodeHeaders } from "./node-headers.ts";
import { passFor } from "./node-lazy.ts";
import { toWeb } from "./node-streams.ts";

/** Targets that a URL parser leaves as they are. */
const PLAIN = /^\/(?!.*(?:\/\.|%2e))[\w\-.~/?&=%:@,;+!$*]*$/i;

/**
 * What came in as a web-standard request, whose signal aborts when the client leaves. The host that the client named
 * says nothing here and could mislead. An upload that the provider refuses stays unread; Node swallows the rest.
 *
 * @throws {TypeError} when its target is none
 */
export function toRequest(incoming: IncomingMessage, outgoing: ServerResponse): Request {
  return new IncomingRequest(incoming, outgoing) as unknown as Request;
}

/** A request that is built only as far as somebody looks: a whole one costs Node more than all the rest. */
class IncomingRequest {
  readonly method: string;
  readonly url: string;
  readonly signal: AbortSignal;
  readonly #incoming: IncomingMessage;
  #headers: Headers | undefined;
  #body: ReadableStream<Uint8Array<ArrayBuffer>> | null | undefined;
  #used = false;
  #whole: Request | undefined;

  constructor(incoming: IncomingMessage, outgoing: ServerResponse) {
    const { method = "GET", url = "/" } = incoming;
    const left = new AbortController();
    outgoing.once("close", () => outgoing.writableFinished || left.abort());
    this.#incoming = incoming;
    this.method = method;
    this.url = PLAIN.test(url) ? `http://localhost${url}` : new URL(url, "http://localhost").href;
    this.signal = left.signal;
  }

  get headers(): Headers {
    return this.#headers ??= NodeHeaders.fromRaw(this.#incoming.rawHeaders);
  }

  get body(): ReadableStream<Uint8Array<ArrayBuffer>> | null {
    if (this.#whole) return this.#whole.body as ReadableStream<Uint8Array<ArrayBuffer>> | null;
    const bodiless = this.method === "GET" || this.method === "HEAD";
    return this.#body ??= bodiless ? null : toWeb(this.#incoming, drain);
  }

  get bodyUsed(): boolean {
    return this.#used ||
      (this.#whole?.bodyUsed ?? (this.#incoming.readableDidRead || this.#body?.locked === true));
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    if (this.#whole || this.#body !== undefined) return await this.whole.arrayBuffer();
    this.#used = true;
    return await collect(this.#incoming);
  }

  /** The same as the runtime knows it. */
  get whole(): Request {
    const { method, headers, body, signal, url } = this;
    return this.#whole ??= new Request(url, { method, headers, body, signal, duplex: "half" } as RequestInit);
  }
}

/** All that is still to come. */
function collect(incoming: IncomingMessage): Promise<ArrayBuffer> {
  return new Promise((resolve, reject) => {
    if (!incoming.readable) return reject(new Error("the client broke off"));
    const chunks: Uint8Array[] = [];
    incoming.on("data", (chunk: Uint8Array) => chunks.push(chunk));
    incoming.once("end", () => {
      const { buffer, byteOffset, byteLength } = Buffer.concat(chunks);
      resolve(buffer.slice(byteOffset, byteOffset + byteLength));
    });
    incoming.once("error", reject);
    incoming.once("close", () => incoming.readableEnded || reject(new Error("the client broke off")));
  });
}

passFor(IncomingRequest, Request, ["method", "url", "signal"]);

/** What nobody reads any more has to go past before the connection's next request can come. */
function drain(incoming: Readable): void {
  incoming.resume();
}
