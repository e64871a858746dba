#!/usr/bin/env node
/** The command `waygate`, on Bun, Deno or Node, whichever runs this file. */
import process from "node:process";
import { type Command, readCommandLine } from "./command-line.ts";
import { giveUp } from "./stop.ts";

const commands: Readonly<Record<Command["name"], (words: Command["words"]) => Promise<unknown>>> = {
  serve: async (words) => await (await import("./serve.ts")).serve(words),
  check: async (words) => await (await import("./check.ts")).check(words),
  explain: async (words) => await (await import("./explain.ts")).explain(words),
  "hash-token": async (words) => await (await import("./hash-token.ts")).hashToken(words),
  demo: async () => await import("./demo.ts"),
};

try {
  const command = readCommandLine(process.argv.slice(2));
  if (typeof command === "string") console.log(command);
  else await commands[command.name](command.words);
} catch (error) {
  giveUp(error);
}
