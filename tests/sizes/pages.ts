import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { hasPlace } from "./table.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The pages that tell sizes. */
export function pages(): readonly string[] {
  const docs = readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md"));
  const all = ["README.md", ...docs.map((name) => join("docs", name))].map((name) => join(root, name));
  return all.filter((path) => hasPlace(readFileSync(path, "utf8")));
}
