import { wrong } from "../errors.ts";
import type { Provider, Visit } from "../public.ts";

/** A row, ready to be joined with a path. */
export type Resolve = (endpoint: string, visit: Visit) => string;

/** Joins paths with a row's base; the origin is always the row's. */
export function resolver(row: Provider): Resolve {
  return (endpoint, visit) => {
    const at = endpoint.indexOf("?");
    const path = at < 0 ? endpoint : endpoint.slice(0, at);
    const search = at < 0 ? "" : endpoint.slice(at);
    const place = row.locate?.(path, row.base, visit) ?? { path };
    const base = place.base ?? row.base;
    const parts = { account: visit.account, ...place.parts };
    return join(base.includes("{") ? fill(base, parts) : base, place.path) + (place.search ?? search);
  };
}

function fill(base: string, parts: Readonly<Record<string, string>>): string {
  return base.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = parts[name];
    if (value !== undefined && /^[\w-]*$/.test(value) && (value || name !== "account")) return value;
    throw wrong(name, "letters, digits and hyphens");
  });
}

/**
 * Leaves out of the path the longest leading run of segments with which the base already ends, so that
 * `chat/completions` and `v1/chat/completions` both work below a base that ends in `/v1`.
 */
function join(base: string, path: string): string {
  if (!path) return base;
  const root = base.indexOf("/", base.indexOf("://") + 3);
  for (let at = root; at >= 0; at = base.indexOf("/", at + 1)) {
    const tail = base.slice(at + 1);
    if (path === tail) return base;
    if (path.startsWith(tail) && path[tail.length] === "/") return base + path.slice(tail.length);
  }
  return `${base}/${path}`;
}
