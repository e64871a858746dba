import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** A program that is running. */
export interface Program {
  readonly output: () => string;
  /** The origin that it has printed, as soon as it has. */
  readonly url: () => Promise<string>;
  /** Its exit code, once it has ended; null when a signal has ended it. */
  readonly ended: Promise<number | null>;
  readonly stop: () => Promise<number | null>;
  readonly signal: (name: NodeJS.Signals) => void;
  /** Settles as soon as it has printed this. */
  readonly says: (pattern: RegExp) => Promise<void>;
}

const root = fileURLToPath(new URL("../../", import.meta.url));
const bin = (name: string) => join(root, "node_modules", ".bin", name);

/** The runtimes that the project has installed. */
export const [node, bun, deno]: readonly [string, string, string] = [bin("node"), bin("bun"), bin("deno")];

/**
 * Starts a program on a free port.
 *
 * @param cwd where it runs. @default the root of the project
 */
export function start(
  [program = "", ...args]: readonly string[],
  env: Record<string, string> = {},
  cwd: string = root,
): Program {
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, PORT: "0", NO_COLOR: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => output += text);
  }
  const find = async (pattern: RegExp) =>
    await waitFor(child, () => pattern.exec(output)?.[0]) ??
      assert.fail(`the program did not say ${pattern}:\n${output}`);
  const ended = once(child, "close").then(([code]) => code as number | null);
  return {
    output: () => output,
    url: () => find(/http:\/\/[\w.]+:\d+/),
    ended,
    stop: () => {
      if (child.exitCode === null) child.kill("SIGTERM");
      return ended;
    },
    signal: (name) => child.kill(name),
    says: async (pattern) => void await find(pattern),
  };
}

async function waitFor<Value>(
  child: ChildProcess,
  look: () => Value | undefined,
): Promise<Value | undefined> {
  for (let waited = 0; waited < 20_000 && child.exitCode === null; waited += 10) {
    const value = look();
    if (value !== undefined) return value;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return undefined;
}
