import process from "node:process";
import { noteJson } from "./note-json.ts";
import { plainLines } from "./plain.ts";

/** What a command that ends says, and the code with which it ends. */
export class Stop extends Error {
  override readonly name = "Stop";
  /** 1: it failed. 2: it was called wrongly. */
  readonly code: 1 | 2;
  /** What stands before its message. */
  readonly prefix: string;

  constructor(message: string, code: 1 | 2 = 1, prefix: string = "waygate: ") {
    super(message);
    this.code = code;
    this.prefix = prefix;
  }
}

/** Ends the command with lines that say why, or with one of JSON, where lines are written so. */
export function giveUp(error: unknown): never {
  const { message, code, prefix } = error instanceof Stop
    ? error
    : new Stop(error instanceof Error ? error.message : String(error));
  const json = /(^| )--log-format[ =]json( |$)/.test(process.argv.slice(2).join(" "));
  console.error(json ? noteJson("error", prefix + message) : plainLines(prefix + message));
  process.exit(code);
}
