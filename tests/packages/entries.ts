/** A runtime that the package is for. */
export type Runtime = "Node" | "Deno" | "Bun" | "workerd";

const all: readonly Runtime[] = ["Node", "Deno", "Bun", "workerd"];
const servers: readonly Runtime[] = ["Node", "Deno", "Bun"];

/** What the package exports, and where each of it is to be used. */
export const entries: Readonly<Record<string, readonly Runtime[]>> = {
  "waygate": all,
  "waygate/deno": ["Deno"],
  "waygate/bun": ["Bun"],
  "waygate/workers": ["workerd"],
  "waygate/node": ["Node"],
  "waygate/sqlite": servers,
  "waygate/sqlite-logs": servers,
  "waygate/deno-kv": ["Deno"],
  "waygate/redis": all,
  "waygate/workers-kv": ["workerd"],
  "waygate/durable-object": ["workerd"],
  "waygate/d1": ["workerd"],
  "waygate/postgres": all,
  "waygate/bedrock": all,
  "waygate/vertex": all,
  "waygate/otel": all,
  "waygate/prometheus": all,
  "waygate/management": all,
  "waygate/sqlite-settings": servers,
  "waygate/redis-settings": all,
  "waygate/d1-settings": ["workerd"],
  "waygate/prices": all,
  "waygate/testing": all,
  "waygate/testing/server": servers,
};

/** Entries that need a package which is optional to install. */
export const optional: readonly string[] = [
  "waygate/node",
  "waygate/bedrock",
  "waygate/vertex",
  "waygate/prices",
];

/** The entries for a runtime. */
export function entriesFor(runtime: Runtime): readonly string[] {
  return Object.keys(entries).filter((name) => entries[name]!.includes(runtime));
}
