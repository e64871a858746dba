import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { SettingsStore } from "../../adapters/management.ts";

/** Providers that each process adds. */
const TIMES = 60;

/**
 * Lets two processes add to the same settings at once, and looks that all of it is there.
 *
 * @param where a file of SQLite's, or the URL of a Redis
 * @param store the same settings, as this program has them
 */
export async function provesProcessesLoseNothing(where: string, store: SettingsStore): Promise<void> {
  const children = [startChild(where), startChild(where)];
  await Promise.all(children.map(({ opened }) => opened));
  for (const { begin } of children) begin();
  for (const { ended } of children) assert.equal(await ended, 0);
  const { version, providers } = (await store.read())!;
  assert.equal(version, 2 * TIMES);
  const wanted = children.flatMap(({ pid }) => Array.from({ length: TIMES }, (_, at) => `${pid}-${at}`));
  assert.deepEqual(providers.map(({ slug }) => slug).sort(), wanted.sort());
}

function startChild(where: string) {
  const run = "Deno" in globalThis ? ["run", "-A", "--no-check"] : [];
  const program = fileURLToPath(new URL("settings-child.ts", import.meta.url));
  const child = spawn(process.execPath, [...run, program, where, String(TIMES)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject).once("close", resolve);
  });
  const opened = new Promise<void>((resolve, reject) => {
    child.stdout.once("data", resolve).once("end", () => reject(new Error("ended too early")));
  });
  return { pid: child.pid, opened, ended, begin: () => child.stdin.write("begin\n") };
}
