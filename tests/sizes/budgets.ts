/**
 * Most that an entry may weigh, minified and gzipped, in bytes; all but the core without the core and without packages.
 * They go with what is there, a little above it: who makes something larger says so here, who makes it smaller, too.
 * What is wanted is 10,000 for a core and 25,000 with all layers.
 */
export const budgets: Readonly<Record<string, number>> = {
  "waygate": 49_750,
  "waygate, without valibot and itty-router": 46_950,
  "waygate/deno": 1_100,
  "waygate/bun": 740,
  "waygate/workers": 320,
  "waygate/node": 3_320,
  "waygate/sqlite": 1_980,
  "waygate/sqlite-logs": 7_260,
  "waygate/deno-kv": 1_340,
  "waygate/redis": 940,
  "waygate/workers-kv": 580,
  "waygate/durable-object": 1_740,
  "waygate/d1": 5_980,
  "waygate/postgres": 6_400,
  "waygate/bedrock": 940,
  "waygate/vertex": 1_880,
  "waygate/otel": 6_040,
  "waygate/prometheus": 1_900,
  "waygate/management": 14_460,
  "waygate/sqlite-settings": 1_080,
  "waygate/redis-settings": 900,
  "waygate/d1-settings": 900,
  "waygate/prices": 980,
  "waygate/testing": 9_260,
  "waygate/testing/server": 10_100,
};
