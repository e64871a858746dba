import { Miniflare, type WorkerOptions } from "miniflare";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { bundle } from "../../adapters/cli/workerd.ts";

const SHIM = "test-shim.js";
/** Longest that one test may take, in ms. */
const PATIENCE = 60_000;

/** What the tests of a module find inside workerd: bindings of Miniflare's. */
export type Surroundings = Partial<
  Pick<
    WorkerOptions,
    "bindings" | "d1Databases" | "kvNamespaces" | "durableObjects"
  >
>;

/** Runs the tests that a module beside this one lists, inside workerd. */
export async function testInside(module: string, surroundings: Surroundings): Promise<void> {
  const inside = new Miniflare({
    modules: [
      {
        type: "ESModule",
        path: "worker.js",
        contents: bundle(fileURLToPath(new URL(module, import.meta.url)))
          .replaceAll('"node:test"', `"./${SHIM}"`),
      },
      {
        type: "ESModule",
        path: SHIM,
        contents: readFileSync(new URL("../support/workerd-shim.js", import.meta.url), "utf8"),
      },
    ],
    compatibilityDate: "2025-09-01",
    compatibilityFlags: ["nodejs_compat"],
    ...surroundings,
  });
  after(() => inside.dispose());

  const url = await inside.ready;
  const names: readonly string[] = await (await fetch(url)).json();
  for (const [index, name] of names.entries()) {
    test(name, async () => {
      const signal = AbortSignal.timeout(PATIENCE);
      const { error } = await (await fetch(new URL(String(index), url), { signal })).json();
      assert.equal(error, undefined);
    });
  }
}

/** Names of databases: more than there are tests, each of which takes one. */
export function databases(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${name}_${index}`);
}
