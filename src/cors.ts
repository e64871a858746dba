import type { Cors } from "./types.ts";

/** Seconds that a browser may remember a preflight. */
const MAX_AGE = "7200";

/** Whether a request is a browser's question whether it may ask. @see Fetch standard, section 3.3.2 */
export function isPreflight(request: Request): boolean {
  return request.method === "OPTIONS" && request.headers.has("origin") &&
    request.headers.has("access-control-request-method");
}

/** Answers a preflight without asking a provider. */
export function preflight(request: Request, cors: Cors): Response {
  const headers = {
    "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
    "access-control-allow-headers": request.headers.get("access-control-request-headers") ?? "*",
    "access-control-max-age": MAX_AGE,
  };
  return allow(new Response(null, { status: 204, headers }), request, cors);
}

/** Marks an answer as readable by the page that asked, if its origin may. */
export function allow(
  { status, statusText, headers: own, body }: Response,
  request: Request,
  { origins }: Cors,
): Response {
  const origin = request.headers.get("origin");
  const headers = new Headers(own);
  headers.delete("access-control-allow-origin");
  headers.append("vary", "origin");
  if (origin && (origins === "*" || origins.includes(origin))) {
    headers.set("access-control-allow-origin", origins === "*" ? "*" : origin);
    headers.set("access-control-expose-headers", "*");
  }
  return new Response(body, { status, statusText, headers });
}
