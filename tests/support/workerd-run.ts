/** Runs the feature suite inside workerd and ends with code 1 on a failure, on a hang, and on no test at all. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { startWorkerd } from "../../adapters/cli/workerd.ts";

/** Longest that one test may take, in ms: what takes longer hangs, however slow the machine. */
const PATIENCE = 60_000;
const SHIM = "test-shim.js";

const folder = fileURLToPath(new URL("../", import.meta.url));
const scratch = mkdtempSync(join(folder, ".workerd-"));
const files = readdirSync(folder).filter((name) => name.endsWith(".test.ts"));
const entry = join(scratch, "entry.ts");
// Named and exported: a bundler drops imports for their effect from a package that says it has none.
const exports = files.map((name, index) => `export * as file${index} from "../${name}";`);
writeFileSync(entry, [...exports, `export { default } from "node:test";`].join("\n"));

const { url, process: workerd } = await startWorkerd(pathToFileURL(entry), {
  port: 0,
  flags: ["nodejs_compat"],
  transform: (code) => code.replaceAll('"node:test"', `"./${SHIM}"`),
  modules: { [SHIM]: readFileSync(new URL("workerd-shim.js", import.meta.url), "utf8") },
}).finally(() => rmSync(scratch, { recursive: true }));

let failed = 0;
const names: readonly string[] = await ask("");
for (const [index, name] of names.entries()) {
  const { error } = await ask(String(index)).catch((error) => ({ error }));
  if (!error) continue;
  failed++;
  console.log(`✖ ${name}\n${error}\n`);
}
workerd.kill();
console.log(`${names.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 || names.length === 0 ? 1 : 0;

async function ask(path: string) {
  const response = await fetch(`${url}/${path}`, { signal: AbortSignal.timeout(PATIENCE) });
  return await response.json();
}
