import { readFileSync } from "node:fs";

/** A field of an interface, as its docstring tells it. */
export interface Member {
  readonly name: string;
  /** What it takes, in TypeScript. */
  readonly type: string;
  readonly text: string;
  /** What holds where it is left out; undefined where that is not told. */
  readonly usual: string | undefined;
  readonly required: boolean;
}

const root = new URL("../../", import.meta.url);
const MEMBER = /(?:\/\*\*((?:(?!\*\/)[^])*)\*\/\s*)?^ {2}readonly (\w+)(\?)?:\s*([^]*?);$/gm;

/**
 * The fields of an interface, in the order of its source.
 *
 * @param file path from the root
 */
export function membersOf(file: string, name: string): readonly Member[] {
  const source = readFileSync(new URL(file, root), "utf8");
  const [, body] = new RegExp(`^(?:export )?interface ${name}\\b[^{]*\\{\\n([^]*?)^\\}`, "m").exec(source) ??
    [];
  if (body === undefined) throw new Error(`${file} has no interface ${name}`);
  return [...body.matchAll(MEMBER)].map(([, comment = "", name = "", optional, type = ""]) => {
    const [text = "", usual] = flow(comment).split(/ ?@default /);
    return { name, type: plain(type), text, usual, required: optional === undefined };
  });
}

/** A comment as one line. */
function flow(comment: string): string {
  return comment.replace(/^\s*\* ?/gm, "").replace(/\s+/g, " ").replace(/ @throws [^@]*/, "").trim();
}

function plain(type: string): string {
  return type.replace(/readonly /g, "").replace(/\s+/g, " ").replace(/^\| /, "");
}
