import type { Gateway } from "../src/index.ts";
import type { Host } from "../src/types.ts";
import { COPYABLE, fetch } from "./deno-fetch.ts";
import { createFlights } from "./deno-flights.ts";
import { sha256 } from "./sha256.ts";
import { originOf, type ServeOptions, type Server } from "./server.ts";
import { within } from "./within.ts";

/** Longest wait for what was cut to end, in ms. */
const FAREWELL = 500;
const never: AbortSignal = new AbortController().signal;

/** Deno hands on compressed bytes as they came only where `identity` was asked for. */
export const host: Host = { encoding: "identity", collectUpTo: COPYABLE, sha256, fetch };

/** A default export for `deno serve`, or a handler for a server of your own. */
export function mount(gateway: Gateway, lent: Host = host): DenoHandler {
  return {
    fetch(request, info) {
      const address = () => info?.remoteAddr.hostname;
      return gateway.handle(request, { ...lent, address });
    },
  };
}

/** What `deno serve` expects of a default export. */
export interface DenoHandler {
  fetch(request: Request, info?: { readonly remoteAddr: { readonly hostname?: string } }): Promise<Response>;
}

/** Serves a gateway with `Deno.serve`. */
export function serve(
  gateway: Gateway,
  { port = 8787, hostname = "127.0.0.1" }: ServeOptions = {},
): Promise<Server> {
  const lent = { ...host, closing: false };
  const { fetch } = mount(gateway, lent);
  const flights = createFlights();
  const server = Deno.serve(
    { port, hostname, onListen: () => {} },
    (request, info) => fetch(flights.admit(request, info.completed), info),
  );
  let closed: Promise<void> | undefined;
  return Promise.resolve({
    url: originOf(hostname, server.addr.port),
    async stop(deadline = 10_000) {
      lent.closing = true;
      // Aborting the server's own signal while it shuts down ends the process with an uncaught error.
      closed ??= server.shutdown();
      if (await within(deadline, never, closed.then(() => true))) return;
      flights.cut();
      await within(FAREWELL, never, closed);
    },
  });
}
