import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

/** What a bundle weighs, in bytes. */
export interface Size {
  readonly entry: string;
  readonly minified: number;
  /** Minified, then compressed with gzip at its best. */
  readonly gzipped: number;
}

const root = fileURLToPath(new URL("../../", import.meta.url));
const bun = join(createRequire(import.meta.url).resolve("bun/package.json"), "..", "bin", "bun.exe");

/** What `createGateway` weighs, with all that it imports, and without its packages. */
const cores: Readonly<Record<string, readonly string[]>> = {
  "waygate": [],
  "waygate, without valibot and itty-router": ["--packages=external"],
};

/** Measures the core, and each other entry by itself: without the core, without packages. */
export function measure(): readonly Size[] {
  return [
    ...Object.entries(cores).map(([entry, flags]) => weigh(entry, "tests/sizes/core.ts", flags)),
    ...others().map(([entry, source]) =>
      weigh(entry, source, ["--packages=external", "--external=*/src/index.ts"])
    ),
  ];
}

/** The entries besides the core, and their sources. */
function others(): (readonly [entry: string, source: string])[] {
  const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return Object.entries<{ default: string }>(exports)
    .filter(([name]) => name !== ".")
    .map(([name, { default: path }]) => [
      `waygate${name.slice(1)}`,
      path.replace("./dist/", "").replace(/js$/, "ts"),
    ]);
}

function weigh(entry: string, source: string, flags: readonly string[]): Size {
  const args = [
    "build",
    source,
    "--minify",
    "--format=esm",
    "--target=browser",
    "--external=node:*",
    ...flags,
  ];
  const code = execFileSync(bun, args, { cwd: root, maxBuffer: 1 << 28 });
  return { entry, minified: code.byteLength, gzipped: gzipSync(code, { level: 9 }).byteLength };
}
