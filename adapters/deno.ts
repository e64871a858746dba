import type { Gateway } from "../src/index.ts";
import type { Host } from "../src/types.ts";
import { COPYABLE, fetch } from "./deno-fetch.ts";
import { sha256 } from "./sha256.ts";
import type { ServeOptions, Server } from "./server.ts";

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
  const server = Deno.serve(
    { port, hostname, onListen: () => {} },
    mount(gateway, lent).fetch,
  );
  return Promise.resolve({
    url: `http://${hostname}:${server.addr.port}`,
    async stop(deadline = 10_000) {
      lent.closing = true;
      // Aborting the server's own signal while it shuts down ends the process with an uncaught error.
      let timer: ReturnType<typeof setTimeout> | undefined;
      const late = new Promise<void>((resolve) => timer = setTimeout(resolve, deadline));
      await Promise.race([server.shutdown(), late]);
      clearTimeout(timer);
    },
  });
}
