import type { Cors } from "./public.ts";

/** Seconds that a browser may remember a preflight. */
const MAX_AGE = "7200";

/** Whether a request is a browser's question whether it may ask. @see Fetch standard, section 3.3.2 */
export function isPreflight(request: Request): boolean {
  return request.method === "OPTIONS" && request.headers.has("origin") &&
    request.headers.has("access-control-request-method");
}

/** Answers a preflight without asking a provider. */
export function preflight(request: Request, cors: Cors): Response {
  const headers = new Headers({
    "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
    "access-control-allow-headers": request.headers.get("access-control-request-headers") ?? "*",
    "access-control-max-age": MAX_AGE,
  });
  mark(headers, request, cors);
  return new Response(null, { status: 204, headers });
}

/** Marks an answer as readable by the page that asked, if its origin may; what the provider said of that is void. */
export function allow(
  { status, statusText, headers: own, body }: Response,
  request: Request,
  cors: Cors,
): Response {
  const headers = new Headers(own);
  for (const name of own.keys()) if (name.startsWith("access-control-")) headers.delete(name);
  mark(headers, request, cors);
  return new Response(body, { status, statusText, headers });
}

function mark(headers: Headers, request: Request, { origins }: Cors): void {
  const origin = request.headers.get("origin");
  headers.append("vary", "origin");
  if (!origin || (origins !== "*" && !origins.includes(origin))) return;
  headers.set("access-control-allow-origin", origins === "*" ? "*" : origin);
  headers.set("access-control-expose-headers", "*");
}
