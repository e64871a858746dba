import { code, table } from "../matrix/markdown.ts";
import { type Member, membersOf } from "./members.ts";

const PUBLIC = "src/public.ts";

/** The fields of an interface of settings. */
export function settingsTable(name: string): string {
  const members = membersOf(PUBLIC, name);
  const head = ["field", "takes", "default", "does"];
  return table(head, members.map((one) => [code(one.name), takes(one), usual(one), cell(one.text)]));
}

/** What Cloudflare's names of settings stand for. */
export function cloudflareTable(): string {
  const members = membersOf(PUBLIC, "CloudflareSettings");
  return table(
    ["at Cloudflare", "here"],
    members.map(({ name, text }) => {
      return [code(name), cell(text.replace(/^Stands for /, ""))];
    }),
  );
}

/** Cloudflare's names of settings, and ours. */
export function cloudflareNames(): ReadonlyMap<string, string> {
  const members = membersOf(PUBLIC, "CloudflareSettings");
  return new Map(members.map(({ name, text }) => [name, /^Stands for `([\w.]+)`/.exec(text)?.[1] ?? ""]));
}

function takes({ type }: Member): string {
  return code(type).replaceAll("|", "\\|");
}

/** What holds where a field is left out. */
export function usual({ usual, required }: Member): string {
  if (usual === undefined) return required ? "must be there" : "";
  return cell(usual).replace(/^(true|false|\d+|console\.warn)$/, "`$1`").replace(/"([^"]*)"/g, "`$1`");
}

/** A sentence as a cell of a table: without the point at its end. */
export function cell(text: string): string {
  return text.replaceAll("|", "\\|").replace(/\.$/, "");
}
