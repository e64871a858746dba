import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../src/", import.meta.url));

/** A member of an interface: what its comment says, and its type as it is written. */
export interface Member {
  readonly description: string;
  readonly type: string;
}

/** Members by name, those of what an interface extends included. */
export type Interfaces = ReadonlyMap<string, Readonly<Record<string, Member>>>;

/** The interfaces of what users hand in, as their comments describe them. */
export function readInterfaces(): Interfaces {
  const found = new Map<string, Readonly<Record<string, Member>>>();
  for (const file of ["options.ts", "public.ts"]) {
    const text = readFileSync(join(root, file), "utf8");
    for (
      const [, name, parents = "", body] of text.matchAll(
        /^export interface (\w+)(?: extends ([^{]+))? \{\n(.*?)^\}/gms,
      )
    ) {
      const inherited = parents.split(",").map((parent) => found.get(parent.trim()) ?? {});
      found.set(name!, Object.assign({}, ...inherited, readMembers(body!)));
    }
  }
  return found;
}

function readMembers(body: string): Readonly<Record<string, Member>> {
  const members = body.matchAll(/^ {2}(?:\/\*\*(.*?)\*\/\n {2})?readonly (\w+)\??:(.*?);$/gms);
  return Object.fromEntries(
    [...members].map(([, comment = "", name, type]) => [name, { description: tidy(comment), type: type! }]),
  );
}

/** A comment as running text. */
function tidy(comment: string): string {
  const text = comment.replace(/^\s*\* ?/gm, "").replace(/\s+/g, " ").trim();
  return text.replace(/\{@linkcode (\w+)\}/g, "`$1`").replace(/ ?@default (.*)$/, " Default: $1.").replace(
    /\.\.$/,
    ".",
  ).trim();
}
