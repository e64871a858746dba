/** Measures what each entry weighs and writes it into the pages that have a place for it: `npm run sizes`. */
import { readFileSync, writeFileSync } from "node:fs";
import { budgets } from "./budgets.ts";
import { measure } from "./measure.ts";
import { pages } from "./pages.ts";
import { print, put } from "./table.ts";

const sizes = measure();
for (const page of pages()) writeFileSync(page, put(readFileSync(page, "utf8"), sizes));
console.log(print(sizes));
for (const { entry, gzipped } of sizes) {
  const budget = budgets[entry] ?? 0;
  if (gzipped > budget) console.log(`${entry} weighs ${gzipped} bytes; its budget is ${budget}`);
}
