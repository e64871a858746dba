import type { Problem } from "./problem.ts";
import type { Settings } from "./public.ts";

/** What stands for a wrong value that others are measured by, or that must not be missing. */
const values: Readonly<Record<string, unknown>> = {
  authentication: true,
  tokens: [],
  limit: 1,
  interval: 1,
  rate_limiting_interval: 1,
  base: "http://unknown",
};

/** The same settings as if what is wrong were right, so that more can be found; undefined where it is all of them. */
export function withoutProblems(settings: Settings, problems: readonly Problem[]): Settings | undefined {
  if (problems.some(({ path }) => path.length === 0)) return undefined;
  return problems.reduce<unknown>((rest, problem) => {
    const place = placeOf(problem);
    return mend(rest, place, problem.name && place === problem.path);
  }, settings) as Settings;
}

/** Of lists all is left out: what comes later would have another index. What a whole gateway lacks is a lock. */
function placeOf({ path, name }: Problem): Problem["path"] {
  if (path.length === 2 && !name) return [...path, path[0] === "gateways" ? "authentication" : "base"];
  const list = path.findIndex((part, depth) => typeof part === "number" && depth > 0);
  return list < 0 ? path : path.slice(0, list);
}

function mend(value: unknown, [part, ...rest]: Problem["path"], name: boolean): unknown {
  if (part === undefined) return value;
  const members = new Map(Object.entries(typeof value === "object" && value !== null ? value : {}));
  const key = String(part);
  if (rest.length > 0) members.set(key, mend(members.get(key), rest, name));
  else if (!name && Object.hasOwn(values, key)) members.set(key, values[key]);
  else members.delete(key);
  return Object.fromEntries(members);
}
