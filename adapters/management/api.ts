import { check } from "./check.ts";
import { fail, succeed } from "./envelope.ts";
import { readQuery } from "./query.ts";
import { readJson } from "./read.ts";
import { reasonOf } from "./reason.ts";
import { Refusal } from "./refusal.ts";
import type { Route } from "./route.ts";

/** What answers requests of administrators. */
export type Api = (request: Request) => Promise<Response>;

/** What an API needs. */
export interface ApiOptions {
  readonly routes: readonly Route[];
  /** Path before the account. */
  readonly base: string;
  /** Whether a request is the administrator's. */
  readonly mayEnter: (request: Request) => Promise<boolean>;
  /** Is told what went wrong here. */
  readonly warn: (message: string) => void;
}

const UNAUTHORIZED = "Authentication error";
const NO_PATH = "No such path; waygate/openapi.json tells all that there are";

/** Answers `{base}/{account}/ai-gateway/…`. It never rejects. */
export function createApi({ routes, base, mayEnter, warn }: ApiOptions): Api {
  const table = routes.map((route) => ({ route, pattern: route.path.split("/").slice(1) }));

  async function answer(request: Request): Promise<Response> {
    if (!await mayEnter(request)) throw new Refusal("unauthorized", UNAUTHORIZED);
    const { pathname, search } = new URL(request.url, "http://localhost");
    const [account = "", , ...segments] = pathname.slice(base.length + 1).split("/").map(decode);
    const found = table.flatMap(({ route, pattern }) => {
      const parts = match(pattern, segments);
      return parts ? [{ route, parts }] : [];
    });
    if (found.length === 0 || !account) throw new Refusal("no_path", NO_PATH);
    const method = request.method === "HEAD" ? "GET" : request.method;
    const one = found.find(({ route }) => route.method === method);
    if (!one) return refuseMethod(method, found.map(({ route }) => route.method));
    const { route, parts } = one;
    const query = readQuery(search);
    if (!route.query) { for (const name of Object.keys(query)) throw unexpected(name); }
    const reply = await route.answer({
      account,
      parts,
      query: route.query && check(route.query, query, "query"),
      body: route.body && check(route.body, await readJson(request), "body"),
    });
    return reply instanceof Response ? reply : succeed(reply);
  }

  return async (request) => {
    let response: Response;
    try {
      response = await answer(request);
    } catch (error) {
      if (!(error instanceof Refusal)) warn(`the management API failed: ${reasonOf(error)}`);
      response = fail(error);
    }
    return request.method === "HEAD" ? new Response(null, response) : response;
  };
}

/** The named parts of a path, if it is of this pattern. */
function match(pattern: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  if (pattern.length !== segments.length) return undefined;
  const parts: Record<string, string> = {};
  for (const [at, expected] of pattern.entries()) {
    const segment = segments[at]!;
    if (!expected.startsWith("{")) {
      if (segment !== expected) return undefined;
    } else if (segment) parts[expected.slice(1, -1)] = segment;
    else return undefined;
  }
  return parts;
}

function refuseMethod(method: string, known: readonly string[]): Response {
  const allow = [...known, ...(known.includes("GET") ? ["HEAD"] : []), "OPTIONS"];
  if (method === "OPTIONS") return new Response(null, { status: 204, headers: { allow: allow.join(", ") } });
  throw new Refusal("wrong_method", `Method not allowed: Expected ${allow.join(", ")}`, allow);
}

function unexpected(name: string): Refusal {
  return new Refusal("invalid", [{ message: `${name}: Expected no such parameter`, path: ["query", name] }]);
}

/** What cannot be decoded is nothing that there is. */
function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return "";
  }
}
