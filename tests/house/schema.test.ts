import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { checkText } from "../../adapters/cli/check-settings.ts";
import { VERSION } from "../../adapters/cli/version.ts";
import { settingsJsonSchema } from "../schema/settings-schema.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const read = (path: string) => JSON.parse(readFileSync(join(root, path), "utf8"));

test("the JSON Schema that is shipped is the one of these settings: otherwise `npm run schema`", () => {
  assert.deepEqual(read("waygate.schema.json"), JSON.parse(JSON.stringify(settingsJsonSchema())));
});

test("the JSON Schema names the fields that a file may have, and describes each", () => {
  const { properties } = read("waygate.schema.json");
  const { properties: gateway } = properties.gateways.additionalProperties;
  const { properties: provider } = properties.providers.additionalProperties;
  const places: [object, (name: string) => object][] = [
    [properties, (name) => ({ [name]: { no: "such" } })],
    [gateway, (name) => ({ gateways: { a: { [name]: { no: "such" } } } })],
    [provider, (name) => ({ providers: { openai: { [name]: { no: "such" } } } })],
  ];
  for (const [named, settings] of places) {
    for (const [name, { description }] of Object.entries<{ description?: string }>(named as never)) {
      assert.ok(description, name);
      const { complaints } = checkText(JSON.stringify(settings(name)), {});
      const unknown = complaints.filter(({ path, expected }) =>
        path.at(-1) === name && expected === "Expected no such field"
      );
      assert.deepEqual(unknown, []);
    }
    const { complaints } = checkText(JSON.stringify(settings("nobodyKnowsIt")), {});
    assert.deepEqual(complaints.map(({ expected }) => expected), ["Expected no such field"]);
  }
  assert.ok(Object.keys(gateway).includes("cache_ttl") && Object.keys(gateway).includes("maxAttempts"));
  for (const code of ["fetch", "store", "logs", "verify"]) {
    assert.ok(!(code in properties) && !(code in gateway));
  }
});

test("the command tells the version of the package", () => {
  assert.equal(VERSION, read("package.json").version);
});
