import type { Gateway } from "../src/index.ts";
import type { Host } from "../src/types.ts";

/** What keeps a Worker running; the runtime calls it its context. */
interface Work {
  waitUntil(promise: Promise<unknown>): void;
}

/** A module Worker's default export. */
export interface WorkerHandler<Env> {
  fetch(request: Request, env: Env, work?: Work): Promise<Response>;
}

/**
 * Mounts a gateway as a Worker. Needs the compatibility flag `enable_request_signal`, so that a client's leaving
 * reaches the provider.
 *
 * @param gateway a gateway, or how to make one from the Worker's bindings; it is made once
 */
export function mount<Env = unknown>(gateway: Gateway | ((env: Env) => Gateway)): WorkerHandler<Env> {
  let made: Gateway | undefined;
  return {
    fetch(request, env, work) {
      made ??= typeof gateway === "function" ? gateway(env) : gateway;
      return made.handle(request, lend(request, work));
    },
  };
}

/**
 * Workers hand on compressed bytes untouched; Cloudflare puts its own `accept-encoding` in the request. A call that has
 * the very signal of the request goes on after it, as long as something else keeps the Worker running.
 */
function lend(request: Request, work?: Work): Host {
  const { cf } = request as { cf?: { clientAcceptEncoding?: string } };
  return {
    encoding: "kept",
    waitUntil: (promise) => work?.waitUntil(promise),
    address: () => request.headers.get("cf-connecting-ip") ?? undefined,
    acceptEncoding: cf?.clientAcceptEncoding,
    fetch: (url, init) =>
      fetch(url, { ...init, signal: init.signal ? AbortSignal.any([init.signal]) : null }),
  };
}
