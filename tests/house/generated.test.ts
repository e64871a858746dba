import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type * as v from "valibot";
import { knobs } from "../../src/options.ts";
import { table } from "../../src/providers/table.ts";
import { fromCloudflare } from "../../src/settings/cloudflare.ts";
import { gatewaySchema } from "../../src/settings/gateway.ts";
import { providerSchema } from "../../src/settings/provider.ts";
import { fill } from "../documents/fill.ts";
import { membersOf } from "../documents/members.ts";
import { pages } from "../documents/pages.ts";
import { cloudflareNames } from "../documents/settings.ts";

const namesOf = (name: string, file = "src/public.ts") =>
  membersOf(file, name).map(({ name }) => name).sort();

for (const { path, file } of pages) {
  test(`what is generated of ${path} is as the code has it; otherwise: npm run docs`, async () => {
    const page = readFileSync(file, "utf8");
    assert.equal(await fill(page), page);
  });
}

test("every option is told, and no other", () => {
  assert.deepEqual(namesOf("Options", "src/options.ts"), Object.keys(knobs).sort());
});

test("every setting of a gateway id is told, and no other", () => {
  const told = [...namesOf("GatewaySettings"), ...Object.keys(knobs)].sort();
  assert.deepEqual(entriesOf(gatewaySchema), told);
});

test("every setting of a provider is told, and no other", () => {
  assert.deepEqual(entriesOf(providerSchema), namesOf("Provider"));
});

test("every setting of all is told, and no other", () => {
  const source = readFileSync(new URL("../../src/settings/settings.ts", import.meta.url), "utf8");
  const checked = [...source.matchAll(/^ {4}(\w+): v\./gm)].map(([, name]) => name).sort();
  assert.deepEqual(checked, namesOf("Settings"));
});

test("Cloudflare's names stand for what is told", () => {
  const rule = { limit: 1, limitType: "cost", window: 1, technique: "fixed" };
  const all = {
    rate_limiting_limit: 1,
    rate_limiting_interval: 1,
    rate_limiting_technique: "sliding",
    cache_invalidate_on_update: true,
    spend_limits: { enabled: true, rules: [rule] },
  };
  for (const [theirs, ours] of cloudflareNames()) {
    const settings = fromCloudflare({ [theirs]: 1, ...all });
    const found = ours.split(".").reduce<unknown>(
      (at, name) => (at as Record<string, unknown>)[name],
      settings,
    );
    assert.notEqual(found, undefined, `${theirs}: ${ours}`);
  }
});

test("the README names every provider that is known", () => {
  const page = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const section = page.slice(page.indexOf("## Providers"), page.indexOf("## Test your own stack"));
  const named = [...section.matchAll(/`([a-z-]+)`/g)].map(([, slug]) => slug);
  assert.deepEqual(named, Object.keys(table));
});

test("as many providers are told of as there are", () => {
  const page = readFileSync(new URL("../../docs/moving-from-cloudflare.md", import.meta.url), "utf8");
  assert.match(page, new RegExp(`\\[${Object.keys(table).length} providers\\]`));
});

/** The fields that the object of a schema takes. */
function entriesOf(schema: v.GenericSchema): string[] {
  const { pipe = [] } = schema as { readonly pipe?: readonly { readonly entries?: object }[] };
  const strict = pipe.findLast(({ entries }) => entries !== undefined);
  return Object.keys(strict?.entries ?? {}).sort();
}
