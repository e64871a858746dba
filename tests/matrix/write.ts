/** Measures the failure matrix on every runtime and writes `docs/failures.md`: `npm run matrix`. */
import { readFileSync, writeFileSync } from "node:fs";
import { runtimes, serve } from "../support/serve.ts";
import { measure } from "./baseline.ts";
import { type Cell, cells } from "./cells.ts";
import { render } from "./document.ts";
import { startProviders } from "./providers.ts";
import { aloneOf, FIRST, idOf, parse } from "./told.ts";
import { rowsOf, tongues } from "./tongues.ts";
import { tryAll } from "./trials.ts";
import { tell } from "./verdict.ts";

const file = new URL("../../docs/failures.md", import.meta.url);
const before = parse(readFileSync(file, "utf8"));
const told = new Map<string, string>();
for (const runtime of [FIRST, ...runtimes.filter((runtime) => runtime !== FIRST)]) {
  const providers = await startProviders();
  const gateway = await serve(runtime, providers.settings);
  const baseline = await measure(providers);
  for (const tongue of tongues) {
    for (const row of rowsOf(tongue)) told.set(aloneOf(tongue, row), tell(baseline.result(tongue, row)));
  }
  const known = (cell: Cell) => before.get(idOf(runtime, cell)) || told.get(idOf(FIRST, cell));
  for (const { cell, result, wrongs } of await tryAll({ gateway, providers, baseline }, cells, known)) {
    told.set(idOf(runtime, cell), tell(result));
    for (const wrong of wrongs) console.error(`${idOf(runtime, cell)}: ${tell(result)}: not so: ${wrong}`);
  }
  await gateway.stop();
  await providers.stop();
  console.log(`${runtime}: ${cells.length} cells`);
}
writeFileSync(file, render(told));
