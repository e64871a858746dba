import type { Node } from "jsonc-parser";
import type { Path } from "./secrets.ts";

/** A place in a text. */
export interface Position {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
}

/** Tells of a problem at a node. */
export type Complain = (node: Node, path: Path, expected: string) => void;

/** Makes the text of a value out of the one that is written. */
export type Change = (text: string, node: Node, path: Path) => string;

/** The value of a node. Of members that are called alike the last one counts, and all others are complained of. */
export function valueOf(node: Node, path: Path, change: Change, complain: Complain): unknown {
  if (node.type === "string") return change(node.value, node, path);
  const children = node.children ?? [];
  if (node.type === "array") {
    return children.map((item, index) => valueOf(item, [...path, index], change, complain));
  }
  if (node.type !== "object") return node.value;
  const members = new Map<string, unknown>();
  for (const { children: [key, value] = [] } of children) {
    if (!key || !value) continue;
    const name: string = key.value;
    if (members.has(name)) complain(key, [...path, name], "Expected one member of this name but found two");
    members.set(name, valueOf(value, [...path, name], change, complain));
  }
  // Unlike an assignment this takes `__proto__` for a name.
  return Object.fromEntries(members);
}

/**
 * What is at a path, or what is nearest above it. A number may stand for a member by its place.
 *
 * @param name finds the member's name in place of its value
 */
export function find(root: Node, path: Path, name: boolean): Node {
  let found = root;
  for (const [depth, part] of path.entries()) {
    const property = found.type === "object" ? memberOf(found, part) : undefined;
    const item = found.type === "array" ? found.children?.[Number(part)] : undefined;
    const [key, value] = property?.children ?? [];
    const next = name && depth === path.length - 1 && key ? key : value ?? item;
    if (!next) break;
    found = next;
  }
  return found;
}

function memberOf({ children = [] }: Node, part: string | number): Node | undefined {
  if (typeof part === "number") return children[part];
  return children.findLast(({ children: [key] = [] }) => key?.value === part);
}

/** Line and column of an offset. */
export function positionOf(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  return { line: before.split("\n").length, column: offset - before.lastIndexOf("\n") };
}
