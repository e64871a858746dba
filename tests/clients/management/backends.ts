import { Miniflare } from "miniflare";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "../../../adapters/cli/workerd.ts";
import type { Settings } from "../../../src/index.ts";
import { bin, serve, type Served } from "../../support/serve.ts";
import { until } from "../../support/until.ts";

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
  /**
   * Ends a gateway as its operator would, and starts another one over what it kept.
   *
   * @param logged whether all of its requests are in the log, for a runtime that ends none before that
   * @default it keeps nothing
   */
  readonly reopen?: (before: Running, settings: Settings, logged: () => Promise<boolean>) => Promise<Running>;
}

/** Everything that the API is tested over. */
export function backends(): readonly Backend[] {
  const folder = mkdtempSync(join(tmpdir(), "waygate-managed-"));
  const files = ["logs.db", "settings.db"].map((name) => join(folder, name));
  const databases = mkdtempSync(join(tmpdir(), "waygate-managed-"));
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
    {
      name: "Workers, logs and settings in D1",
      open: (settings) => openWorker(databases, settings),
      async reopen(before, settings, logged) {
        await until(logged, "all is logged");
        await (before as RunningWorker).end();
        return await openWorker(databases, settings);
      },
    },
  ];
}

const memory = ["memory", "memory"];

function launch(runtime: "bun" | "node", kept: readonly string[], settings: Settings): Promise<Served> {
  const command = [bin(runtime), fileURLToPath(new URL("main.ts", import.meta.url)), ...kept];
  return serve(runtime, settings, { command });
}

/** One that may end without its databases. */
interface RunningWorker extends Running {
  end(): Promise<void>;
}

/** @param databases the folder in which they lie */
async function openWorker(databases: string, settings: Settings): Promise<RunningWorker> {
  const miniflare = new Miniflare({
    modules: true,
    script: bundle(fileURLToPath(new URL("worker.ts", import.meta.url))),
    compatibilityDate: "2025-09-01",
    compatibilityFlags: ["enable_request_signal"],
    d1Databases: ["LOGS", "GATEWAYS"],
    d1Persist: databases,
    bindings: { SETTINGS: settings as never },
  });
  const { origin } = await miniflare.ready;
  const end = () => miniflare.dispose();
  return { url: origin, end, stop: () => end().finally(() => rmSync(databases, { recursive: true })) };
}
