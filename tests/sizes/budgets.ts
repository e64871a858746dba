/**
 * Most that an entry may weigh, minified and gzipped, in bytes; all but the core without the core and without packages.
 * They go with what is there, a little above it: who makes something larger says so here, who makes it smaller, too.
 * What is wanted is 10,000 for a core and 25,000 with all layers.
 */
export const budgets: Readonly<Record<string, number>> = {
  "waygate": 46_000,
  "waygate, without valibot and itty-router": 42_800,
  "waygate/deno": 700,
  "waygate/bun": 700,
  "waygate/workers": 240,
  "waygate/node": 2_280,
  "waygate/sqlite": 1_960,
  "waygate/sqlite-logs": 5_600,
  "waygate/deno-kv": 1_320,
  "waygate/redis": 880,
  "waygate/workers-kv": 540,
  "waygate/durable-object": 1_720,
  "waygate/d1": 5_200,
  "waygate/postgres": 5_600,
  "waygate/bedrock": 920,
  "waygate/vertex": 1_860,
  "waygate/otel": 5_600,
  "waygate/prometheus": 1_900,
  "waygate/management": 13_100,
  "waygate/sqlite-settings": 780,
  "waygate/prices": 580,
  "waygate/testing": 9_200,
  "waygate/testing/server": 10_000,
};
