import { Miniflare } from "miniflare";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "../../../adapters/cli/workerd.ts";
import type { Settings } from "../../../src/index.ts";
import { bin, serve, type Served } from "../../support/serve.ts";

/** A managed gateway that is running. */
export interface Running {
  /** Its origin, without a slash at the end. */
  readonly url: string;
  stop(): Promise<void>;
}

/** A managed gateway in a process of its own, and what keeps its logs and settings. */
export interface Backend {
  readonly name: string;
  open(settings: Settings): Promise<Running>;
  /** Ends a gateway as its operator would, and starts another one over what it kept. @default it keeps nothing */
  readonly reopen?: (before: Running, settings: Settings) => Promise<Running>;
}

/** Everything that the API is tested over. */
export function backends(): readonly Backend[] {
  const folder = mkdtempSync(join(tmpdir(), "waygate-managed-"));
  const files = ["logs.db", "settings.db"].map((name) => join(folder, name));
  const onBun = (settings: Settings) => launch("bun", files, settings);
  return [
    {
      name: "Bun, logs and settings in files of SQLite's",
      async open(settings) {
        const opened = await onBun(settings);
        return { ...opened, stop: () => opened.stop().finally(() => rmSync(folder, { recursive: true })) };
      },
      async reopen(before, settings) {
        await (before as Served).process.kill("SIGTERM");
        return await onBun(settings);
      },
    },
    { name: "Node, logs and settings in memory", open: (settings) => launch("node", memory, settings) },
    { name: "Workers, logs in D1", open: openWorker },
  ];
}

const memory = ["memory", "memory"];

function launch(runtime: "bun" | "node", kept: readonly string[], settings: Settings): Promise<Served> {
  const command = [bin(runtime), fileURLToPath(new URL("main.ts", import.meta.url)), ...kept];
  return serve(runtime, settings, { command });
}

async function openWorker(settings: Settings): Promise<Running> {
  const miniflare = new Miniflare({
    modules: true,
    script: bundle(fileURLToPath(new URL("worker.ts", import.meta.url))),
    compatibilityDate: "2025-09-01",
    compatibilityFlags: ["enable_request_signal"],
    d1Databases: ["LOGS"],
    bindings: { SETTINGS: settings as never },
  });
  const { origin } = await miniflare.ready;
  return { url: origin, stop: () => miniflare.dispose() };
}
