import { basename } from "node:path";
import type { Complaint } from "./read-settings.ts";

/**
 * Why a module of settings cannot be loaded. What a runtime says of its text and its imports is told; what its own code
 * throws may hold a secret, so that of this only the name and the place are.
 */
export function tellModuleTrouble(file: string, error: unknown): Complaint {
  const place = findPlace(file, error);
  if (!(error instanceof Error) && !isOfLoader(error)) {
    return { ...place, path: [], expected: "Expected a module that can be loaded, but it throws no error" };
  }
  const { name, message } = error as Error;
  const why = isOfLoader(error)
    ? `: ${message.split("\n")[0]}`
    : `, but ${place ? "there " : ""}it throws ${
      /^[aeiou]/i.test(name) ? "an" : "a"
    } ${name}, whose message is not told because it may hold a secret`;
  return { ...place, path: [], expected: `Expected a module that can be loaded${why}` };
}

/** Whether the runtime could not even begin to run it. */
function isOfLoader(error: unknown): boolean {
  const { code, name, stack = "" } = Object(error) as Partial<Error> & { readonly code?: unknown };
  if (code === "ERR_MODULE_NOT_FOUND" || name === "BuildMessage") return true;
  return name === "SyntaxError" &&
    !/^\s+at .*(JSON\.parse|file:|\.[cm]?[jt]s:)/m.test(withoutInternals(stack));
}

function withoutInternals(stack: string): string {
  return stack.replace(/^.*\b(node|ext|bun|internal):.*$/gm, "");
}

/** The first place in the file itself. */
function findPlace(file: string, error: unknown): Pick<Complaint, "line" | "column"> | undefined {
  const { stack, position } = Object(error) as {
    readonly stack?: unknown;
    readonly position?: { readonly line?: unknown; readonly column?: unknown } | null;
  };
  if (typeof position?.line === "number" && typeof position.column === "number") {
    return { line: position.line, column: position.column };
  }
  const name = basename(file);
  for (const frame of typeof stack === "string" ? stack.split("\n") : []) {
    const [, path = "", line, column] = /^\s+at (.*?)(?:\?turn=\d+)?:(\d+):(\d+)\)?$/.exec(frame) ?? [];
    if (path.endsWith(`/${name}`) || path.endsWith(`/${encodeURIComponent(name)}`)) {
      return { line: Number(line), column: Number(column) };
    }
  }
  return undefined;
}
