import type * as v from "valibot";
import { table } from "./providers/table.ts";
import type { Settings } from "./public.ts";
import { fromCloudflare } from "./settings/cloudflare.ts";
import { expectation } from "./validate.ts";

/** Where something stands in settings, from the outside in. */
export type Place = readonly (string | number)[];

/** One thing that is wrong with settings. */
export interface Problem {
  /** Where, from the outside in; a name of a gateway or a provider is a member like any other. */
  readonly path: Place;
  /** What was expected there, never what was found. */
  readonly expected: string;
  /** Whether it is the member's name that is wrong, not its value. */
  readonly name: boolean;
}

/** A problem by the place at which it was written. */
export function toProblem(issue: v.BaseIssue<unknown>, settings: Settings): Problem {
  const path = (issue.path ?? []).map(({ key }) => typeof key === "number" ? key : String(key));
  const last = issue.path?.at(-1);
  const name = issue.expected === "never" ||
    (last !== undefined && "origin" in last && last.origin === "key");
  const expected = expectation(issue).replace(/^Expected Object$/, "Expected an object");
  return { path: alone(inOwnWords(path, settings), settings), expected, name };
}

/** A field that was written in Cloudflare's words, by the name that it has there. */
function inOwnWords(path: Place, settings: Settings): Place {
  const [section, id = "", field = ""] = path;
  const own = section === "gateways" ? settings.gateways?.[id] : undefined;
  if (typeof own !== "object" || own === null || field in own) return path;
  if (field === "rateLimit" && path.length > 3) return [section!, id, `rate_limiting_${path.at(-1)}`];
  const written = Object.entries(own).find(([name, value]) => field in fromCloudflare({ [name]: value }));
  return written ? [section!, id, written[0]] : path;
}

/** What was written in place of a list of one has no index, and what is no object has no members. */
function alone(path: Place, settings: Settings): Place {
  const kept: (string | number)[] = [];
  let found: unknown = settings;
  for (const part of path) {
    if (part === 0 && !Array.isArray(found)) continue;
    if (kept.length > 0 && (typeof found !== "object" || found === null)) break;
    kept.push(part);
    found = (found as Readonly<Record<string | number, unknown>> | null)?.[part];
  }
  return kept;
}

/** The slug of a stored key may be a key in the wrong place: one that is no provider's is told by its place. */
export function discreet(problem: Problem, settings: Settings): Problem {
  const [section, id = "", field, slug = ""] = problem.path;
  if (section !== "gateways" || field !== "keys" || isKnown(String(slug), settings)) return problem;
  const place = Object.keys(settings.gateways?.[id]?.keys ?? {}).indexOf(String(slug));
  return place < 0 ? problem : { ...problem, path: [section, id, field, place, ...problem.path.slice(4)] };
}

/** With the prefix of own providers it is no key, so long as there are no digits behind it. */
function isKnown(slug: string, { providers }: Settings): boolean {
  const known = [table, Object(providers) as object].some((rows) => Object.hasOwn(rows, slug));
  return known || /^custom-[a-z-]{1,32}$/.test(slug);
}
