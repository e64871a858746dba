/** Runs every suite on every runtime and adds up what they counted: `npm test`. */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

interface Suite {
  readonly name: string;
  readonly command: readonly [program: string, ...args: string[]];
  /** Finds the numbers in what the runner printed. */
  readonly passed: RegExp;
  readonly failed: RegExp;
}

const node = { passed: /^ℹ pass (\d+)$/m, failed: /^ℹ fail (\d+)$/m };
/** @param atOnce how many files run side by side: of those that wait more than they work, or do not go by the clock */
const nodeTest = (name: string, files: readonly string[], atOnce: number = 1): Suite => ({
  name,
  command: ["node", "--test", "--test-reporter=spec", `--test-concurrency=${atOnce}`, ...files],
  ...node,
});
/** What Node has made of a module once, no other of the many programs that are started has to make again. */
const compiled = mkdtempSync(join(tmpdir(), "waygate-compiled-"));
const env = { ...process.env, NO_COLOR: "1", NODE_COMPILE_CACHE: compiled, DENO_JOBS: "2" };

const stores = readdirSync("tests/stores").filter((name) => name.endsWith(".stores.ts")).map((name) =>
  `./tests/stores/${name}`
);

/** Longest that one test may take, in ms; Bun, which else gives it 5 s, has to be told. */
const PATIENCE = 60_000;

const suites: readonly Suite[] = [
  nodeTest("features on Node", ["tests/*.test.ts", "tests/house/*.test.ts"], 2),
  {
    name: "features on Deno",
    command: ["deno", "test", "-A", "--no-check", "--parallel", "tests/"],
    passed: /(\d+) passed/,
    failed: /(\d+) failed/,
  },
  {
    name: "features on Bun",
    command: ["bun", "test", `--timeout=${PATIENCE}`],
    passed: /^ *(\d+) pass$/m,
    failed: /^ *(\d+) fail$/m,
  },
  {
    name: "features on workerd",
    command: ["node", "tests/support/workerd-run.ts"],
    passed: /^(\d+) passed/m,
    failed: /(\d+) failed$/m,
  },
  nodeTest("stores on Node and Workers", ["tests/stores/*.stores.ts", "tests/stores/*.workers.ts"], 2),
  {
    name: "stores on Deno",
    command: ["deno", "test", "-A", "--no-check", "--parallel", "--unstable-kv", ...stores],
    passed: /(\d+) passed/,
    failed: /(\d+) failed/,
  },
  {
    name: "stores on Bun",
    command: ["bun", "test", `--timeout=${PATIENCE}`, ...stores],
    passed: /^ *(\d+) pass$/m,
    failed: /^ *(\d+) fail$/m,
  },
  nodeTest("HTTP contract on all four", ["tests/contract/*.contract.ts"]),
  nodeTest("failure matrix on all four", ["tests/matrix/matrix.run.ts"]),
  nodeTest("real clients on all four", ["tests/clients/*.client.ts"]),
  nodeTest("examples and demo", ["tests/examples.run.ts", "tests/docs.run.ts"]),
  nodeTest("packages on all four", ["tests/packages.run.ts"]),
  nodeTest("deployment", ["tests/deploy.run.ts"]),
  nodeTest("command", ["tests/cli/*.cli.ts"]),
];

const wanted = process.argv[2] ?? "";
let passed = 0;
let failed = 0;
for (const suite of suites.filter(({ name }) => name.includes(wanted))) {
  const started = performance.now();
  const { code, output } = await run(suite.command);
  const ran = Number(suite.passed.exec(output)?.[1] ?? 0);
  const red = Number(suite.failed.exec(output)?.[1] ?? 0);
  const broken = red === 0 && (code !== 0 || ran === 0);
  passed += ran;
  failed += broken ? 1 : red;
  if (red > 0 || broken) console.log(output);
  else for (const [line] of output.matchAll(/^skipped: .*$/gm)) console.log(line);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `${suite.name}: ${ran} passed, ${broken ? `ended with code ${code}` : `${red} failed`} (${seconds} s)`,
  );
}
rmSync(compiled, { recursive: true });
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;

function run([program, ...args]: Suite["command"]): Promise<{ code: number | null; output: string }> {
  const child = spawn(program, args, { env });
  let output = "";
  child.stdout.on("data", (chunk) => output += chunk);
  child.stderr.on("data", (chunk) => output += chunk);
  return new Promise((resolve, reject) => {
    child.once("error", reject).once("close", (code) => resolve({ code, output }));
  });
}
