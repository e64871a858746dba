import { readdirSync } from "node:fs";

/** A page of the documents. */
export interface Page {
  /** Path from the root. */
  readonly path: string;
  readonly file: URL;
}

const root = new URL("../../", import.meta.url);
const list = (folder: string) =>
  readdirSync(new URL(folder, root), "utf8").filter((name) => name.endsWith(".md")).map((name) =>
    folder + name
  );

/** Every page that people read. */
export const pages: readonly Page[] = [
  ...list("./"),
  ...list("bench/"),
  ...list("docs/"),
  ...list("tests/clients/data/"),
]
  .map((path) => ({ path: path.replace("./", ""), file: new URL(path, root) }));
