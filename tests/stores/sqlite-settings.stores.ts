import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { memorySettings, type SettingsStore } from "../../adapters/management.ts";
import { sqliteSettings } from "../../adapters/sqlite-settings.ts";
import { sqliteStore } from "../../adapters/sqlite.ts";

const folder = mkdtempSync(join(tmpdir(), "waygate-settings-"));
after(() => rmSync(folder, { recursive: true }));

const settings = (version: number, name = "") => ({
  version,
  gateways: [],
  keys: [],
  providers: [{
    id: "1",
    name,
    slug: "acme",
    base_url: "https://acme.example",
    enable: true,
    beta: false,
    created_at: "2026-11-22T12:00:00.000Z",
    modified_at: "2026-11-22T12:00:00.000Z",
  }],
});

const stores: Readonly<Record<string, () => SettingsStore>> = {
  "in memory": () => memorySettings(),
  "in a file": () => sqliteSettings(":memory:"),
};
for (const [name, make] of Object.entries(stores)) {
  test(`settings ${name} are what was written last, and only the next version is written`, async () => {
    const store = make();
    assert.equal(await store.read(), undefined);
    assert.equal(await store.write(settings(2)), false);
    assert.equal(await store.read(), undefined);
    assert.equal(await store.write(settings(1, "one")), true);
    assert.equal(await store.write(settings(1, "other")), false);
    assert.equal(await store.write(settings(3)), false);
    assert.deepEqual(await store.read(), settings(1, "one"));
    assert.equal(await store.write(settings(2, "two")), true);
    assert.deepEqual(await store.read(), settings(2, "two"));
  });
}

test("settings in a file outlive their program, are shared, and are for their owner alone", async () => {
  const path = join(folder, "settings.db");
  const [one, other] = [sqliteSettings(path), sqliteSettings(path)];
  assert.equal(await one.write(settings(1, "one")), true);
  assert.equal(await other.write(settings(1, "other")), false);
  assert.equal(await other.write(settings(2, "two")), true);
  assert.deepEqual(await one.read(), settings(2, "two"));
  one.close();
  other.close();
  other.close();
  await assert.rejects(one.read());
  assert.equal(statSync(path).mode & 0o777, 0o600);
  const later = sqliteSettings(path);
  assert.deepEqual(await later.read(), settings(2, "two"));
  later.close();
});

test("a file that is something else is left as it is", () => {
  const text = join(folder, "text");
  writeFileSync(text, "no database ".repeat(100));
  assert.throws(() => sqliteSettings(text), /text cannot keep settings: /);
  const store = join(folder, "store.db");
  sqliteStore(store).close();
  assert.throws(() => sqliteSettings(store), /it is a database of something else/);
});
