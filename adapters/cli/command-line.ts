import { parseArgs } from "node:util";
import { type Options, tellMisuse } from "./misuse.ts";
import { Stop } from "./stop.ts";
import { USAGE } from "./usage.ts";
import { VERSION } from "./version.ts";

/** What stands in a command line behind the name of the command. */
export interface Words {
  readonly positionals: readonly string[];
  /** Of an option that may come once. */
  one(name: string): string | undefined;
  /** Of an option that may come several times. */
  all(name: string): readonly string[];
}

/** A command and what it is told. */
export interface Command {
  readonly name: "serve" | "check" | "explain" | "hash-token" | "demo";
  readonly words: Words;
}

const text = { type: "string" } as const;
const texts = { type: "string", multiple: true } as const;
const config = { config: text };

/** The options of each command, and how many words it takes besides. */
const commands: Readonly<Record<Command["name"], { readonly options: Options; readonly most: number }>> = {
  serve: {
    options: { ...config, port: text, host: text, db: text, logs: text, "log-format": text },
    most: 0,
  },
  check: { options: config, most: 1 },
  explain: {
    options: {
      ...config,
      format: text,
      request: { ...text, short: "X" },
      header: { ...texts, short: "H" },
      data: { ...texts, short: "d" },
    },
    most: 1,
  },
  "hash-token": { options: {}, most: 1 },
  demo: { options: {}, most: 0 },
};

/**
 * Reads a command line; `help` and `version` are texts to print.
 *
 * @throws {Stop} with code 2, where it is not understood
 */
export function readCommandLine(args: readonly string[]): Command | string {
  const [first = ""] = args;
  if (first === "help") return USAGE;
  if (first === "version") return VERSION;
  const name = isName(first) ? first : "serve";
  const rest = isName(first) ? args.slice(1) : args;
  const words = parse(rest, name);
  if (words.help) return USAGE;
  if (words.version) return VERSION;
  // An unset variable of a shell is no file and no address.
  const empty = Object.keys(commands[name].options).find((option) => words.one(option) === "");
  if (empty !== undefined) throw new Stop(`--${empty}: Expected a value that is not empty`, 2);
  if (words.positionals.length > commands[name].most) {
    // What stands there may be a token.
    throw new Stop(
      isName(first) ? `${name}: Expected fewer words` : "Expected another command; see --help",
      2,
    );
  }
  return { name, words };
}

function isName(word: string): word is Command["name"] {
  return Object.hasOwn(commands, word);
}

function parse(args: readonly string[], name: Command["name"]) {
  const help = { type: "boolean", short: "h" } as const;
  const version = { type: "boolean" } as const;
  const named = commands[name].options;
  const options: Options = { ...named, help, version };
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const told = values as Readonly<Record<string, string | readonly string[] | boolean | undefined>>;
    return {
      positionals,
      help: told["help"] === true,
      version: told["version"] === true,
      one: (option: string) => told[option] as string | undefined,
      all: (option: string) => (told[option] ?? []) as readonly string[],
    };
  } catch {
    throw new Stop(`${name}: ${tellMisuse(args, options, named)}; see --help`, 2);
  }
}

/** A word out of a few. @throws {Stop} with code 2 */
export function choose<Word extends string>(
  words: Words,
  option: string,
  known: readonly [Word, ...Word[]],
): Word {
  const told = words.one(option) ?? known[0];
  const found = known.find((word) => word === told);
  if (found === undefined) throw new Stop(`--${option}: Expected one of ${known.join(", ")}`, 2);
  return found;
}

/** A number of a port. @throws {Stop} with code 2 */
export function readPort(words: Words): number {
  const told = words.one("port") ?? "8787";
  const port = /^\d+$/.test(told) ? Number(told) : NaN;
  if (port <= 65535) return port;
  throw new Stop("--port: Expected a number from 0 to 65535", 2);
}
