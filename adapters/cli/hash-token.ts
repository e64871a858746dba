import { createHash } from "node:crypto";
import process from "node:process";
import type { Words } from "./command-line.ts";
import { readHidden, readInput } from "./input.ts";
import { Stop } from "./stop.ts";

/** Prints what stands for a token in `sha256`, and never the token. */
export async function hashToken({ positionals: [told] }: Words): Promise<void> {
  const read = async () => process.stdin.isTTY ? await readHidden("token: ") : await readInput();
  const token = told ?? (await read()).replace(/\r?\n$/, "");
  if (token === "") throw new Stop("hash-token: Expected a token that is not empty");
  if (/[\s,]/.test(token)) throw new Stop("hash-token: Expected a token without white space and commas");
  console.log(createHash("sha256").update(token, "utf8").digest("hex"));
}
