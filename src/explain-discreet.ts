import type { Options } from "./options.ts";

/** Options in which asterisks stand for what a client calls a kept answer, in case that it is a secret. */
export function discreet(options: Options): Options {
  return options.cacheKey === undefined ? options : { ...options, cacheKey: "***" };
}

/** A URL without the values of its query, which may hold keys under any name. */
export function withoutValues(url: string): string {
  const at = url.indexOf("?");
  if (at < 0) return url;
  const names = url.slice(at + 1).split("&").map((pair) => pair.replace(/=.*$/s, "=…"));
  return `${url.slice(0, at)}?${names.join("&")}`;
}
