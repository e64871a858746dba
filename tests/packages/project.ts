import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** The project that the package is made of. */
export const root: string = fileURLToPath(new URL("../../", import.meta.url));

/** An empty project of a user's, in which the package has been installed. */
export interface Project {
  readonly folder: string;
  /** Writes a file, and tells its path. */
  write(name: string, text: string): string;
  /** Takes a file of ours over, and tells its path. */
  copy(path: string): string;
  remove(): void;
}

/** Packs the package as it is published, and tells the tarball's path. */
export function pack(folder: string): string {
  const told = run("npm", ["pack", "--json", "--pack-destination", folder], root);
  // What `prepare` prints comes first.
  const [{ filename }] = JSON.parse(told.slice(told.search(/^\[/m)));
  return join(folder, filename);
}

/** Makes a project and installs a tarball in it, and what that needs. */
export function install(tarball: string, ...flags: readonly string[]): Project {
  const folder = mkdtempSync(join(tmpdir(), "waygate-user-"));
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  write("package.json", JSON.stringify({ private: true, type: "module" }));
  run("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", ...flags, tarball], folder);
  return {
    folder,
    write,
    copy(path) {
      const name = path.split("/").at(-1)!;
      cpSync(join(root, path), join(folder, name));
      return join(folder, name);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Runs a program to its end, which has to be a good one, and gives what it printed. */
export function run(program: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1" },
    timeout: 120_000,
  });
  assert.equal(status, 0, `${program} ${args[0]}: ${error?.message ?? ""}\n${stdout}${stderr}`);
  return stdout;
}
