import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Gateway } from "../src/index.ts";
import type { Host } from "../src/types.ts";
import { fetch } from "./node-fetch.ts";
import { send } from "./node-http.ts";
import { toRequest } from "./node-request.ts";
import { read, respondWith } from "./node-response.ts";
import { sha256 } from "./sha256.ts";
import { originOf, type ServeOptions, type Server } from "./server.ts";

/** What Node lends to `gateway.handle`: compressed bytes go on as they came, and nothing needs a web stream. */
export const host: Host = {
  encoding: "kept",
  amendable: true,
  collectUpTo: 64 * 1024,
  sha256,
  fetch,
  read,
  respondWith,
};

/** A request listener for a `node:http` server of your own. */
export function mount(
  gateway: Gateway,
  lent: Host = host,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async (incoming, outgoing) => {
    let request: Request | undefined, response: Response | undefined;
    try {
      request = toRequest(incoming, outgoing);
      response = await gateway.handle(request, { ...lent, address: () => incoming.socket.remoteAddress });
      send(response, outgoing);
    } catch {
      response?.body?.cancel().catch(() => {});
      if (outgoing.headersSent) outgoing.destroy();
      // With a phrase of its own: Node keeps that of a head which it has refused.
      else outgoing.writeHead(request ? 500 : 400, request ? "Internal Server Error" : "Bad Request").end();
    }
  };
}

/** Serves a gateway with `node:http`. */
export async function serve(
  gateway: Gateway,
  { port = 8787, hostname = "127.0.0.1" }: ServeOptions = {},
): Promise<Server> {
  const lent = { ...host, closing: false };
  const server = createServer({ requestTimeout: 0, maxHeaderSize: 64 * 1024 }, mount(gateway, lent));
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, hostname, resolve));
  return {
    url: originOf(hostname, (server.address() as AddressInfo).port),
    async stop(deadline = 10_000) {
      lent.closing = true;
      const timer = setTimeout(() => server.closeAllConnections(), deadline);
      await new Promise<void>((resolve) => server.close(() => resolve()));
      clearTimeout(timer);
    },
  };
}
