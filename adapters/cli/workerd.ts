import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);

/** A workerd that is running. */
export interface Workerd {
  readonly process: ChildProcess;
  /** Its origin, such as `http://127.0.0.1:8787`. */
  readonly url: string;
}

/** How a worker is started. */
export interface WorkerdOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** Changes the bundle before it is served. */
  readonly transform?: (code: string) => string;
  /** Further modules by name, such as `./extra.js`. */
  readonly modules?: Readonly<Record<string, string>>;
  /** Compatibility flags besides `enable_request_signal`. */
  readonly flags?: readonly string[];
  /** JSON values by the name of the binding. */
  readonly bindings?: Readonly<Record<string, unknown>>;
}

/** Bundles a TypeScript module and serves it with workerd on loopback. */
export async function startWorkerd(entry: URL, options: WorkerdOptions): Promise<Workerd> {
  const folder = mkdtempSync(join(tmpdir(), "waygate-"));
  try {
    const child = spawnWorkerd(folder, entry, options);
    return { process: child, url: `http://127.0.0.1:${await listening(child)}` };
  } finally {
    // Who listens has read all of it; bindings may hold keys.
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One module of a TypeScript module and all that it imports. */
export function bundle(entry: string): string {
  const bun = join(require.resolve("bun/package.json"), "..", "bin", "bun.exe");
  const options = ["--target=browser", "--format=esm", "--external=node:*"];
  return execFileSync(bun, ["build", entry, ...options], { encoding: "utf8", maxBuffer: 1 << 28 });
}

function spawnWorkerd(
  folder: string,
  entry: URL,
  { port, transform = (code) => code, modules = {}, flags = [], bindings = {} }: WorkerdOptions,
): ChildProcess {
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  write("worker.js", transform(bundle(fileURLToPath(entry))));
  for (const [name, code] of Object.entries(modules)) write(name, code);
  const names = ["worker.js", ...Object.keys(modules)];
  write("config.capnp", describe(port, names, ["enable_request_signal", ...flags], bindings));
  return spawn(require("workerd").default, ["serve", "config.capnp", "--control-fd=3"], {
    cwd: folder,
    stdio: ["ignore", "inherit", "inherit", "pipe"],
  });
}

/** The port, as soon as workerd says on its control channel that it listens. */
function listening(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`workerd ended with code ${code}`)));
    let said = "";
    (child.stdio[3] as Readable).on("data", (chunk) => {
      said += chunk;
      const port = /"listen".*"port":(\d+)/.exec(said)?.[1];
      if (port) resolve(Number(port));
    });
  });
}

function describe(
  port: number,
  modules: readonly string[],
  flags: readonly string[],
  bindings: Readonly<Record<string, unknown>>,
): string {
  const text = (value: string) => JSON.stringify(value);
  const embedded = modules.map((name) => `(name = ${text(name)}, esModule = embed ${text(name)})`);
  const json = Object.entries(bindings).map(([name, value]) =>
    `(name = ${text(name)}, json = ${text(JSON.stringify(value))})`
  );
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "internet", network = (allow = ["public", "private", "local"], tlsOptions = (trustBrowserCas = true)))
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")]
);
const worker :Workerd.Worker = (
  modules = [${embedded.join(", ")}],
  compatibilityDate = "2025-09-01",
  compatibilityFlags = [${flags.map(text).join(", ")}],
  bindings = [${json.join(", ")}]
);
`;
}
