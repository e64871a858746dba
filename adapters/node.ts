import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Gateway } from "../src/index.ts";
import type { Host } from "../src/types.ts";
import { fetch } from "./node-fetch.ts";
import { send } from "./node-http.ts";
import { toRequest } from "./node-request.ts";
import { read, respondWith } from "./node-response.ts";
import { sha256 } from "./sha256.ts";
import type { ServeOptions, Server } from "./server.ts";

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
    try {
      const address = () => incoming.socket.remoteAddress;
      send(await gateway.handle(toRequest(incoming, outgoing), { ...lent, address }), outgoing);
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
  const lent = { ...host, closing: false };
  const server = createServer({ requestTimeout: 0, maxHeaderSize: 64 * 1024 }, mount(gateway, lent));
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, hostname, resolve));
  return {
    url: `http://${hostname}:${(server.address() as AddressInfo).port}`,
    async stop(deadline = 10_000) {
      lent.closing = true;
      const timer = setTimeout(() => server.closeAllConnections(), deadline);
      await new Promise<void>((resolve) => server.close(() => resolve()));
      clearTimeout(timer);
    },
  };
}
