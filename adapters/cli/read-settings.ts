import { type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";
import { find, type Position, positionOf, valueOf } from "./json-tree.ts";
import type { Path } from "./secrets.ts";
import { type Env, substitute } from "./substitute.ts";

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
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  const complaints: Complaint[] = errors.map(({ error, offset }) => ({
    ...positionOf(text, offset),
    path: [],
    expected: `Expected JSON with comments but found ${printParseErrorCode(error)}`,
  }));
  if (!root || complaints.length > 0) {
    return {
      value: undefined,
      complaints,
      locate: () => positionOf(text, 0),
    };
  }

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
