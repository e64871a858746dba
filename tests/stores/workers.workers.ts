import { Miniflare } from "miniflare";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { bundle } from "../../adapters/cli/workerd.ts";

const SHIM = "test-shim.js";
/** Longest that one test may take, in ms. */
const PATIENCE = 60_000;
const bundled = (name: string) => bundle(fileURLToPath(new URL(name, import.meta.url)));

const inside = new Miniflare({
  modules: [
    {
      type: "ESModule",
      path: "worker.js",
      contents: bundled("inside-worker.ts").replaceAll('"node:test"', `"./${SHIM}"`),
    },
    {
      type: "ESModule",
      path: SHIM,
      contents: readFileSync(new URL("../support/workerd-shim.js", import.meta.url), "utf8"),
    },
  ],
  compatibilityDate: "2025-09-01",
  compatibilityFlags: ["nodejs_compat"],
  kvNamespaces: ["ANSWERS"],
  durableObjects: {
    STORE: { className: "GatewayStore", useSQLite: true },
    TIDY: { className: "TidyStore", useSQLite: true },
    PLAIN: "PlainStore",
  },
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
