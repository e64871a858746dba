/** Many requests at a time to a Worker that logs into D1. */
import { Miniflare } from "miniflare";
import assert from "node:assert/strict";
import type { Readable } from "node:stream";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { bundle } from "../../adapters/cli/workerd.ts";

/** Longest until all is logged, in ms. */
const PATIENCE = 30_000;

let printed = "";
const worker = new Miniflare({
  modules: true,
  script: bundle(fileURLToPath(new URL("d1-load-worker.ts", import.meta.url))),
  compatibilityDate: "2025-09-01",
  compatibilityFlags: ["enable_request_signal"],
  d1Databases: ["LOGS"],
  handleRuntimeStdio(...streams: Readable[]) {
    for (const stream of streams) stream.on("data", (chunk) => printed += chunk);
  },
});
after(() => worker.dispose());
const url = await worker.ready;
const ids: string[] = [];

for (const [calls, lanes] of [[10, 1], [900, 300], [20, 20]] as const) {
  test(
    `logs in D1: of ${calls} requests, ${lanes} at a time, all are kept`,
    { timeout: 60_000 },
    async () => {
      let left: number = calls;
      const lane = async () => {
        while (left-- > 0) {
          const response = await fetch(new URL("/v1/a/g/openai/models", url));
          await response.text();
          ids.push(response.headers.get("cf-aig-log-id")!);
        }
      };
      await Promise.all(Array.from({ length: lanes }, lane));
      const { results } = await keptOf(ids.length);
      assert.deepEqual(results.map(({ id }) => id), ids.toSorted());
      assert.doesNotMatch(printed, /different request context/);
    },
  );
}

/** All that is in the database, as soon as it is as much as there has to be. */
async function keptOf(count: number): Promise<{ readonly results: readonly { readonly id: string }[] }> {
  const logs = await worker.getD1Database("LOGS");
  const find = logs.prepare("SELECT id FROM waygate_logs ORDER BY id");
  for (const began = performance.now(); performance.now() - began < PATIENCE;) {
    const found = await find.all<{ id: string }>().catch(() => undefined);
    if (found?.results.length === count) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return await find.all<{ id: string }>();
}
