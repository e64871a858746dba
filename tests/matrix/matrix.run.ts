import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { pause } from "../contract/stage.ts";
import { type Runtime, runtimes, serve, type Served } from "../support/serve.ts";
import { measure } from "./baseline.ts";
import { type Cell, cells, untold } from "./cells.ts";
import { render } from "./document.ts";
import { startProviders } from "./providers.ts";
import { aloneOf, FIRST, idOf, parse } from "./told.ts";
import { rowsOf, tongues } from "./tongues.ts";
import { type Finding, tryAll } from "./trials.ts";
import { compare, read, tell } from "./verdict.ts";

/** On the other runtimes each so-manieth cell is tried, and every one that differs there. */
const SAMPLE = 7;
/** Connections that a gateway may keep for later, to all providers together. */
const KEPT = 64;

const document = readFileSync(new URL("../../docs/failures.md", import.meta.url), "utf8");
const told = parse(document);
const providers = await startProviders();
const baseline = await measure(providers);
after(() => providers.stop());

test("docs/failures.md tells every cell in the words of `npm run matrix`", () => {
  assert.equal(render(told), document);
  assert.deepEqual([...told].filter(([, text]) => !text), []);
});

test("without a gateway every fault does as docs/failures.md tells", () => {
  for (const tongue of tongues) {
    for (const row of rowsOf(tongue)) {
      assert.equal(tell(baseline.result(tongue, row)), told.get(aloneOf(tongue, row)), row.fault);
    }
  }
});

for (const runtime of runtimes) describe(`failure matrix on ${runtime}`, () => check(runtime));

function check(runtime: Runtime): void {
  const isChosen = (cell: Cell, index: number) =>
    runtime === FIRST || index % SAMPLE === 0 ||
    told.get(idOf(runtime, cell)) !== told.get(idOf(FIRST, cell));
  const known = (cell: Cell) => told.get(idOf(runtime, cell))!;
  let gateway: Served;
  let findings: readonly Finding[];
  before(async () => {
    gateway = await serve(runtime, providers.settings);
    findings = await tryAll({ gateway, providers, baseline }, cells.filter(isChosen), known);
  });
  after(() => gateway.stop());

  test("nothing got worse or better than docs/failures.md tells", () => {
    const changed = findings.filter(({ cell, result }) => tell(result) !== known(cell));
    const lines = changed.map(({ cell, result }) => {
      const change = compare(result, read(known(cell))) > 0 ? "worse" : "better, so run `npm run matrix`";
      return `${idOf(runtime, cell)}: ${known(cell)} became ${tell(result)}: ${change}`;
    });
    assert.deepEqual(lines, []);
  });

  test("what must hold in every cell holds", () => {
    const lines = findings.flatMap(({ cell, result, wrongs }) =>
      wrongs.map((wrong) => `${idOf(runtime, cell)}: ${tell(result)}: not so: ${wrong}`)
    );
    assert.deepEqual(lines, []);
  });

  if (runtime === FIRST) {
    test("where nobody tells a policy, the usual one holds", async () => {
      const found = await tryAll({ gateway, providers, baseline }, untold, known);
      const changed = found.filter(({ cell, result }) => tell(result) !== known(cell));
      assert.deepEqual(changed.map(({ cell, result }) => `${idOf(runtime, cell)}: ${tell(result)}`), []);
    });
  }

  test("no attempt is made after the client has its answer", () => {
    const late = findings.filter(({ key, calls }) => providers.callsOf(key).length > calls);
    assert.deepEqual(late.map(({ cell }) => idOf(runtime, cell)), []);
  });

  test("in the end every call is over, few connections are open, and the gateway is well", async () => {
    const lasting = () => providers.calls.filter(({ ending }) => !ending).map(({ path }) => path);
    for (let waited = 0; waited < 5000 && (lasting().length > 0 || providers.open > KEPT); waited += 50) {
      await pause(50);
    }
    assert.deepEqual(lasting(), []);
    assert.ok(providers.open <= KEPT, `${providers.open} connections`);
    assert.equal((await fetch(`${gateway.url}/healthz`)).status, 200);
  });
}
