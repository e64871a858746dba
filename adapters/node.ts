import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream as NodeStream } from "node:stream/web";
import type { Gateway, Host } from "../src/types.ts";
import { fetch, toWeb } from "./node-fetch.ts";
import type { ServeOptions, Server } from "./server.ts";

const lent: Host = { encoding: "kept", fetch };

/** A request listener for a `node:http` server of your own. */
export function mount(
  gateway: Gateway,
  host: Host = lent,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async (incoming, outgoing) => {
    try {
      await send(await gateway.handle(toRequest(incoming, outgoing), host), outgoing);
    } catch {
      if (outgoing.headersSent) outgoing.destroy();
      else outgoing.writeHead(400).end();
    }
  };
}

/** Serves a gateway with `node:http`. */
export async function serve(
  gateway: Gateway,
  { port = 8787, hostname = "127.0.0.1" }: ServeOptions = {},
): Promise<Server> {
  const host = { ...lent, closing: false };
  const server = createServer({ requestTimeout: 0, maxHeaderSize: 64 * 1024 }, mount(gateway, host));
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, hostname, resolve));
  return {
    url: `http://${hostname}:${(server.address() as AddressInfo).port}`,
    async stop(deadline = 10_000) {
      host.closing = true;
      const timer = setTimeout(() => server.closeAllConnections(), deadline);
      await new Promise<void>((resolve) => server.close(() => resolve()));
      clearTimeout(timer);
    },
  };
}

function toRequest(incoming: IncomingMessage, outgoing: ServerResponse): Request {
  const { method = "GET", url = "/", rawHeaders, headers: { host = "localhost" } } = incoming;
  const headers = new Headers();
  for (let at = 0; at < rawHeaders.length; at += 2) headers.append(rawHeaders[at]!, rawHeaders[at + 1]!);
  const left = new AbortController();
  outgoing.once("close", () => outgoing.writableFinished || left.abort());
  const body = method === "GET" || method === "HEAD" ? null : toWeb(incoming);
  const init = { method, headers, body, signal: left.signal, duplex: "half" } as RequestInit;
  return new Request(url.startsWith("/") ? `http://${host}${url}` : url, init);
}

/** The head goes out at once, before the first byte of the body; a body that breaks breaks the connection. */
async function send(
  { status, statusText, headers, body }: Response,
  outgoing: ServerResponse,
): Promise<void> {
  outgoing.writeHead(status, statusText || undefined, [...headers].flat());
  outgoing.flushHeaders();
  if (body) await pipeline(Readable.fromWeb(body as unknown as NodeStream), outgoing);
  else outgoing.end();
}
