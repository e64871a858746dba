import type { Gateway } from "../src/index.ts";
import type { Host } from "../src/types.ts";
import { fetch } from "./bun-fetch.ts";
import { originOf, type ServeOptions, type Server } from "./server.ts";
import { sha256 } from "./sha256.ts";

/** Bun hands on compressed bytes as they came. */
export const host: Host = { encoding: "kept", amendable: true, collectUpTo: 64 * 1024, sha256, fetch };

/** As much of the runtime as is used here, so that type checks elsewhere need no types of Bun's. */
declare const Bun: {
  serve(options: BunServer): { hostname: string; port: number; stop(closeActive?: boolean): Promise<void> };
};

/** What `Bun.serve` takes, and what `bun run` expects of a default export. */
export interface BunServer extends Required<ServeOptions> {
  readonly fetch: (
    request: Request,
    server: { requestIP(request: Request): { readonly address: string } | null },
  ) => Promise<Response>;
  readonly idleTimeout: number;
  readonly maxRequestBodySize: number;
  readonly development: boolean;
  readonly reusePort: boolean;
}

/**
 * A default export for `bun run`, or the options of a `Bun.serve` of your own: no silent stream is cut, no large
 * upload refused, no source shown in an error page.
 */
export function mount(
  gateway: Gateway,
  { port = 8787, hostname = "127.0.0.1" }: ServeOptions = {},
  lent: Host = host,
): BunServer {
  return {
    fetch: (request, server) =>
      gateway.handle(request, { ...lent, address: () => server.requestIP(request)?.address }),
    port,
    hostname,
    idleTimeout: 0,
    maxRequestBodySize: Number.MAX_SAFE_INTEGER,
    development: false,
    reusePort: false, // Without it a second server on the same port starts without a word.
  };
}

/** Serves a gateway with `Bun.serve`. */
export function serve(gateway: Gateway, options: ServeOptions = {}): Promise<Server> {
  const lent = { ...host, closing: false };
  const server = Bun.serve(mount(gateway, options, lent));
  return Promise.resolve({
    url: originOf(server.hostname, server.port),
    async stop(deadline = 10_000) {
      lent.closing = true;
      const timer = setTimeout(() => server.stop(true), deadline);
      await server.stop().finally(() => clearTimeout(timer));
    },
  });
}
