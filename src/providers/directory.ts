import type { Dialect } from "../dialects/dialect.ts";
import { dialectOf, dialects } from "../dialects/table.ts";
import { wrong } from "../errors.ts";
import type { Provider, Share, Visit } from "../public.ts";
import type { Choice, Step } from "../types.ts";
import { authorizer } from "./authorize.ts";
import { resolver } from "./resolve.ts";
import { table } from "./table.ts";

/** Where a call goes, and as whom. */
export type Route = Pick<Step, "url" | "key" | "choices" | "authorize">;

/** A provider as doors see it. */
export interface Destination {
  /** Whether somebody must be told when its answers end. */
  readonly watched: boolean;
  /** How the answers of a URL speak. */
  dialectOf(url: string): Dialect | undefined;
  /** Whether the tokens of a stream have to be asked for at a URL. */
  tellsUsageOnRequest(url: string): boolean;
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
  throw wrong(`settings.providers.${slug}.base`, "a URL, because no provider of this name is known");
}

function createDestination(row: Provider): Destination {
  const { usageOnRequest = false } = row;
  const [first, ...others] = (row.spread ?? [{}]).map((share) => createWay(row, share));
  const authorize = authorizer(row);
  return {
    watched: row.maxConcurrent !== undefined,
    dialectOf: row.dialect ? () => dialects[row.dialect!] : dialectOf,
    tellsUsageOnRequest: typeof usageOnRequest === "function" ? usageOnRequest : () => usageOnRequest,
    route(endpoint, visit) {
      const choice = first!(endpoint, visit);
      if (others.length === 0) return { url: choice.url, key: choice.key, authorize };
      return { url: choice.url, choices: [choice, ...others.map((way) => way(endpoint, visit))], authorize };
    },
  };
}

/** One way to a provider: what its share leaves out, the row says. */
function createWay(row: Provider, share: Share): (endpoint: string, visit: Visit) => Choice {
  const { base = row.base, key, weight = 1 } = share;
  const resolve = resolver({ ...row, base });
  return (endpoint, visit) => ({ url: resolve(endpoint, visit), key, weight });
}
