/** Writes the tables of the documents anew that are made from the code: `npm run docs`. */
import { readFileSync, writeFileSync } from "node:fs";
import { fill } from "./fill.ts";
import { pages } from "./pages.ts";

for (const { path, file } of pages) {
  const before = readFileSync(file, "utf8");
  const after = await fill(before);
  if (after === before) continue;
  writeFileSync(file, after);
  console.log(path);
}
