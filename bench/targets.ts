/** What is measured: bare proxies, which do nothing but pass on, and waygate on the same runtimes. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Call, native, TOKEN } from "./calls.ts";
import { proxy } from "./mock.ts";
import { type Command, folder } from "./processes.ts";

/** What a target runs on; targets of the same runtime are measured side by side. */
export type Runtime = "bun" | "deno" | "node" | "workers" | "other";

/** One proxy or gateway. */
export interface Target {
  readonly name: string;
  readonly runtime: Runtime;
  /** `best`: the bare proxy that the others of its runtime are compared with. */
  readonly kind: "direct" | "best" | "bare" | "gateway" | "logging" | "peer";
  /** How it is started; what is reached without a proxy is not. */
  readonly command?: (port: number, up: string) => Command;
  /** A provider's own endpoint, as its clients write it. */
  readonly native: (call: Call, up: string) => Call;
}

const root = fileURLToPath(new URL("../", import.meta.url));
const bin = (name: string) => join(root, "node_modules", ".bin", name);
const as = (call: Call): Call => call;

const launchers: Readonly<Record<Exclude<Runtime, "other">, readonly [string, ...string[]]>> = {
  bun: [bin("bun")],
  deno: [bin("deno"), "run", "-A", "--v8-flags=--no-memory-reducer"],
  node: [bin("node")],
  workers: [bin("node")],
};

/** Every target that needs nothing but this package and nginx, in the order in which they are measured. */
export const targets: readonly Target[] = [
  { name: "direct", runtime: "other", kind: "direct", native: as },
  { name: "nginx proxy_pass", runtime: "other", kind: "bare", native: as, command: proxy },
  bare("bun", "best", "fetch Response itself", "bun.ts", { FORM: "whole" }),
  bare("bun", "bare", "new Response", "bun.ts", { FORM: "stream" }),
  gateway("bun", "main.ts"),
  logging("bun"),
  bare("deno", "best", "streaming", "deno.ts"),
  gateway("deno", "main.ts"),
  logging("deno"),
  bare("node", "best", "undici", "node-undici.ts"),
  bare("node", "bare", "fast", "node-fast.ts"),
  bare("node", "bare", "fetch", "node-fetch.ts"),
  gateway("node", "main.ts"),
  logging("node"),
  bare("workers", "best", "streaming", "workerd.ts"),
  gateway("workers", "workers.ts"),
];

function bare(
  runtime: Exclude<Runtime, "other">,
  kind: "best" | "bare",
  form: string,
  file: string,
  env: Readonly<Record<string, string>> = {},
): Target {
  const [program, ...args] = launchers[runtime];
  return {
    name: `${runtime}, ${form}`,
    runtime,
    kind,
    native: as,
    command: (port, up) => ({
      program,
      args: [...args, `bench/bare/${file}`],
      env: { PORT: String(port), UP: up, ...env },
    }),
  };
}

function gateway(runtime: Exclude<Runtime, "other">, file: string): Target {
  const [program, ...args] = launchers[runtime];
  return {
    name: `waygate on ${runtime}`,
    runtime,
    kind: "gateway",
    native,
    command: (port, up) => ({
      program,
      args: [
        ...[...args, `adapters/cli/${file}`, "--port", String(port), "--config", configure(port, up)],
        ...runtime === "workers" ? [] : ["--log-format", "none"],
      ],
    }),
  };
}

/** The same, which logs into a file. */
function logging(runtime: Exclude<Runtime, "other">): Target {
  const plain = gateway(runtime, "main.ts");
  return {
    ...plain,
    name: `${plain.name}, logging`,
    kind: "logging",
    command(port, up) {
      const { args = [], ...rest } = plain.command!(port, up);
      return { ...rest, args: [...args, "--logs", join(folder, `logs-${port}.db`)] };
    },
  };
}

/** Two providers at the mock, of which `down` always fails, and two gateway ids, of which one guards and keeps. */
function configure(port: number, up: string): string {
  const file = join(folder, `waygate-${port}.json`);
  const providers = { openai: { base: `${up}/v1` }, down: { base: `${up}/down/v1` } };
  const guarded = {
    authentication: true,
    tokens: [TOKEN],
    rateLimit: { limit: 1e9, interval: 60 },
    cacheTtl: 60,
  };
  writeFileSync(file, JSON.stringify({ providers, gateways: { bench: {}, guarded } }));
  return file;
}
