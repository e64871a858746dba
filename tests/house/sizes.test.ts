import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { budgets } from "../sizes/budgets.ts";
import { measure } from "../sizes/measure.ts";
import { pages } from "../sizes/pages.ts";
import { told } from "../sizes/table.ts";

const sizes = measure();

test("every entry keeps within its budget", () => {
  assert.deepEqual(Object.keys(budgets), sizes.map(({ entry }) => entry));
  for (const { entry, gzipped } of sizes) {
    assert.ok(
      gzipped <= budgets[entry]!,
      `${entry} weighs ${gzipped} bytes, its budget is ${budgets[entry]}`,
    );
  }
});

test("a budget follows what has become smaller", () => {
  for (const { entry, gzipped } of sizes) {
    const most = Math.max(gzipped * 1.05, gzipped + 100);
    assert.ok(
      budgets[entry]! <= most,
      `${entry} weighs but ${gzipped} bytes, its budget is ${budgets[entry]}`,
    );
  }
});

test("the sizes that pages tell are those that are", () => {
  const found = pages();
  assert.notEqual(found.length, 0, "no page has a place for the sizes");
  for (const page of found) {
    const text = readFileSync(page, "utf8");
    for (const { entry, minified, gzipped } of sizes) {
      const said = told(text, entry);
      assert.ok(said, `${page} does not tell of ${entry}`);
      assert.ok(isNear(said.minified, minified), `${page}: ${entry}: run npm run sizes`);
      assert.ok(isNear(said.gzipped, gzipped), `${page}: ${entry}: run npm run sizes`);
    }
  }
});

/** Whether kilobytes that are told are bytes that are, within two hundredths, or what rounding takes. */
function isNear(kilobytes: number, bytes: number): boolean {
  return Math.abs(kilobytes - bytes / 1000) <= Math.max(0.02 * bytes / 1000, 0.06);
}
