import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { parse, type ParseError, printParseErrorCode } from "jsonc-parser";
import type { Settings } from "../../src/index.ts";

const USAGE = "usage: npm start -- [--port N] [--config FILE] [--db FILE] [--logs FILE]";

/** What the command line says. */
export interface Command {
  readonly port: number;
  readonly settings: Settings;
  /** File of the store; without one it is in memory. */
  readonly db: string | undefined;
  /** File of the logs; without one nothing is logged. */
  readonly logs: string | undefined;
}

/** Reads the command line, and the configuration it names: JSON with comments, shaped as `createGateway` takes it. */
export async function readCommand(args: readonly string[]): Promise<Command> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      port: { type: "string" },
      config: { type: "string" },
      db: { type: "string" },
      logs: { type: "string" },
      help: { type: "boolean" },
    },
    allowPositionals: true,
  });
  if (values.help || positionals.length > 0) throw new Error(USAGE);
  const port = Number(values.port?.trim() === "" ? NaN : values.port ?? "8787");
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new Error(`--port: Expected a number from 0 to 65535 but found ${values.port}`);
  }
  return {
    port,
    settings: values.config ? await readSettings(values.config) : {},
    db: values.db,
    logs: values.logs,
  };
}

async function readSettings(file: string): Promise<Settings> {
  const text = await readFile(file, "utf8").catch((error) => {
    throw new Error(`--config: ${error.message}`);
  });
  const problems: ParseError[] = [];
  const settings = parse(text, problems, { allowTrailingComma: true });
  const [problem] = problems;
  if (!problem) return settings;
  const line = text.slice(0, problem.offset).split("\n").length;
  throw new Error(
    `${file}:${line}: Expected JSON with comments but found ${printParseErrorCode(problem.error)}`,
  );
}

/** Three requests to try against a gateway that has just started. */
export function greeting(origin: string, { basePath = "", gateways = {} }: Settings): string {
  const url = origin + basePath.replace(/\/$/, "");
  const open = Object.entries(gateways).find(([, { authentication }]) => !authentication)?.[0] ??
    "my-gateway";
  return `waygate listens on ${origin}

  curl ${url}/healthz
  curl ${url}/v1/me/${open}/openai/chat/completions -H "authorization: Bearer $OPENAI_API_KEY" \\
    -H "content-type: application/json" -d '{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Hi"}]}'
  curl ${url}/v1/me/${open} -H "content-type: application/json" -d '[
    {"provider":"openai","endpoint":"chat/completions","authorization":"Bearer '$OPENAI_API_KEY'",
     "query":{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Hi"}]}},
    {"provider":"groq","endpoint":"chat/completions","authorization":"Bearer '$GROQ_API_KEY'",
     "query":{"model":"llama-3.1-8b-instant","messages":[{"role":"user","content":"Hi"}]}}]'`;
}

/** Ends the command with a line that says why. */
export function giveUp(error: unknown): never {
  console.error(`waygate: ${error instanceof Error ? error.message : error}`);
  process.exit(1);
}
