import { anthropic } from "./anthropic.ts";
import type { Dialect } from "./dialect.ts";
import { openai } from "./openai.ts";

/** Dialects by the path of the endpoints that speak them, whoever the provider is. */
const table: readonly (readonly [path: RegExp, dialect: Dialect])[] = [
  [/(^|\/)completions$/, openai],
  [/(^|\/)messages$/, anthropic],
];

/** The dialect of an endpoint, its query string left out; undefined where nobody knows it. */
export function dialectOf(endpoint: string): Dialect | undefined {
  const [path = ""] = endpoint.split("?", 1);
  return table.find(([pattern]) => pattern.test(path))?.[1];
}
