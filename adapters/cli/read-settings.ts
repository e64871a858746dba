import { type ParseError, parseTree } from "jsonc-parser";
import { find, type Position, positionOf, valueOf } from "./json-tree.ts";
import type { Path } from "./secrets.ts";
import { type Env, substitute } from "./substitute.ts";
import { findTooDeep, tellSyntax } from "./syntax.ts";

/** A problem of settings, and where in their text it is. */
export interface Complaint extends Partial<Position> {
  readonly path: Path;
  readonly expected: string;
}

/** Settings out of a text, and what is wrong with the text itself. */
export interface Reading {
  /** Whatever stands there; undefined where it cannot be read. */
  readonly value: unknown;
  readonly complaints: readonly Complaint[];
  /** Where in the text something is: its value, or with `name` its name; what is not there, where it would be. */
  locate(path: Path, name: boolean): Position;
}

/** Reads JSON with comments, puts variables into its secrets, and leaves out `$schema`. */
export function readSettings(source: string, env: Env): Reading {
  const text = source.replace(/^\uFEFF/, " ");
  const deep = findTooDeep(text);
  if (deep !== undefined) {
    return unreadable(text, deep, "Expected at most 100 objects and lists within each other");
  }
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  // What follows the first mostly comes of it.
  const [first] = errors;
  if (first) return unreadable(text, first.offset, tellSyntax(first));
  if (!root) return unreadable(text, 0, "Expected JSON with comments");
  const complaints: Complaint[] = [];
  const value = valueOf(
    root,
    [],
    (words, node, path) => substitute(words, path, env, (expected) => complain(node.offset, path, expected)),
    (node, path, expected) => complain(node.offset, path, expected),
  );
  if (root.type === "object") delete (value as Record<string, unknown>)["$schema"];
  return { value, complaints, locate: (path, name) => positionOf(text, find(root, path, name).offset) };

  function complain(offset: number, path: Path, expected: string): void {
    complaints.push({ ...positionOf(text, offset), path, expected });
  }
}

function unreadable(text: string, offset: number, expected: string): Reading {
  return {
    value: undefined,
    complaints: [{ ...positionOf(text, offset), path: [], expected }],
    locate: () => positionOf(text, 0),
  };
}
