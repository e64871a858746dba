import type { Dialect } from "../dialects/dialect.ts";
import { dialectOf, dialects } from "../dialects/table.ts";
import { GatewayError } from "../errors.ts";
import { replaceCredentials } from "../headers.ts";
import type { Provider, Share, Visit } from "../public.ts";
import type { Choice, Step } from "../types.ts";
import { bearer } from "./authorize.ts";
import { resolver } from "./resolve.ts";
import { table } from "./table.ts";

/** Where a call goes, and as whom. */
export type Route = Pick<Step, "url" | "headers" | "choices">;

/** A provider as doors see it. */
export interface Destination {
  /** Whether somebody must be told when its answers end. */
  readonly watched: boolean;
  /** How the answers of a URL speak. */
  dialectOf(url: string): Dialect | undefined;
  /** @throws {GatewayError} `invalid`, when the path does not say what the base needs */
  route(endpoint: string, visit: Visit): Route;
}

/** Providers by the slug in a URL or a step. */
export type Directory = ReadonlyMap<string, Destination>;

/**
 * The known providers, with the user's own on top.
 *
 * @throws {GatewayError} `invalid`, when a new provider has no base
 */
export function createDirectory(own: Readonly<Record<string, Partial<Provider>>> = {}): Directory {
  const directory = new Map(Object.entries(table).map(([slug, row]) => [slug, createDestination(row)]));
  for (const [slug, row] of Object.entries(own)) {
    const destination = createDestination(complete(slug, row));
    directory.set(slug, destination).set(`custom-${slug}`, destination);
  }
  return directory;
}

/** A row of the user's, with what it leaves unsaid. */
function complete(slug: string, row: Partial<Provider>): Provider {
  const known = Object.hasOwn(table, slug) ? table[slug] : undefined;
  const bases = (row.spread ?? []).map(({ base }) => base);
  const base = row.base ?? known?.base ?? (bases.includes(undefined) ? undefined : bases[0]);
  if (base !== undefined) return { ...known, ...row, base };
  throw new GatewayError(
    "invalid",
    `settings.providers.${slug}.base: Expected a URL, because no provider of this name is known`,
  );
}

function createDestination(row: Provider): Destination {
  const ways = (row.spread ?? [{}]).map((share) => createWay(row, share));
  const [first] = ways;
  return {
    watched: row.maxConcurrent !== undefined,
    dialectOf: row.dialect ? () => dialects[row.dialect!] : dialectOf,
    route(endpoint, visit) {
      const { headers } = visit;
      const choice = first!(endpoint, visit);
      if (ways.length === 1) {
        return { url: choice.url, headers: replaceCredentials(headers, choice.credentials) };
      }
      const others = ways.slice(1).map((way) => way(endpoint, visit));
      return { url: choice.url, headers, choices: [choice, ...others] };
    },
  };
}

/** One way to a provider: what its share leaves out, the row says. */
function createWay(row: Provider, share: Share): (endpoint: string, visit: Visit) => Choice {
  const { base = row.base, key, weight = 1 } = share;
  const resolve = resolver({ ...row, base });
  if (key === undefined) return (endpoint, visit) => ({ url: resolve(endpoint, visit), weight });
  const { authorize = bearer, keyParameter } = row;
  const credentials = Object.fromEntries(
    Object.entries(authorize(key)).map(([name, value]) => [name.toLowerCase(), value]),
  );
  return (endpoint, visit) => ({
    url: withoutParameter(resolve(endpoint, visit), keyParameter),
    credentials,
    weight,
  });
}

/** The same URL without a parameter of its query string; every other byte stays. */
function withoutParameter(url: string, name: string | undefined): string {
  const at = url.indexOf("?");
  if (at < 0 || name === undefined) return url;
  const kept = url.slice(at + 1).split("&").filter((pair) => !new URLSearchParams(pair).has(name));
  return url.slice(0, at) + (kept.length > 0 ? `?${kept.join("&")}` : "");
}
