import type { Cors } from "./public.ts";

/** Seconds that a browser may remember a preflight. */
const MAX_AGE = "7200";

/** Speaks with browsers for pages of other origins. */
export interface Receptionist {
  /** The answer to a browser's question whether it may ask, for which no provider is asked; undefined for all else. */
  greet(request: Request): Response | undefined;
  /** Marks an answer as readable by the page that asked, if its origin may. */
  mark(response: Response, request: Request): Response;
}

/** A receptionist who lets some origins read, or all. */
export function createReceptionist({ origins }: Cors): Receptionist {
  function sign(headers: Headers, request: Request): void {
    const origin = request.headers.get("origin");
    headers.append("vary", "origin");
    if (!origin || (origins !== "*" && !origins.includes(origin))) return;
    headers.set("access-control-allow-origin", origins === "*" ? "*" : origin);
    headers.set("access-control-expose-headers", "*");
  }

  return {
    greet(request) {
      if (!isPreflight(request)) return undefined;
      const headers = new Headers({
        "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
        "access-control-allow-headers": request.headers.get("access-control-request-headers") ?? "*",
        "access-control-max-age": MAX_AGE,
      });
      sign(headers, request);
      return new Response(null, { status: 204, headers });
    },
    mark({ status, statusText, headers: own, body }, request) {
      const headers = new Headers(own);
      sign(headers, request);
      return new Response(body, { status, statusText, headers });
    },
  };
}

/** @see Fetch standard, section 3.3.2 */
function isPreflight({ method, headers }: Request): boolean {
  return method === "OPTIONS" && headers.has("origin") && headers.has("access-control-request-method");
}
