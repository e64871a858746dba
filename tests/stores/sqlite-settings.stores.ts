import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, test } from "node:test";
import { sqliteSettings } from "../../adapters/sqlite-settings.ts";
import { sqliteStore } from "../../adapters/sqlite.ts";
import { provesProcessesLoseNothing } from "./settings-children.ts";
import { keepsRowsContract, keepsSettingsContract, type OpenedRows } from "./settings-contract.ts";
import { settings } from "./settings-samples.ts";

const folder = mkdtempSync(join(tmpdir(), "waygate-settings-"));
after(() => rmSync(folder, { recursive: true }));

function open(): OpenedRows {
  const path = join(folder, `${crypto.randomUUID()}.db`);
  const [store, other] = [sqliteSettings(path), sqliteSettings(path)];
  return {
    store,
    other,
    spoil({ version, content }) {
      const db = new DatabaseSync(path);
      db.prepare("UPDATE settings SET version = ?, content = ?").run(version, content);
      db.close();
    },
    close() {
      store.close();
      other.close();
    },
  };
}

keepsSettingsContract("in a file", open);
keepsRowsContract("in a file", open);

test("settings in a file: two processes that change them at once lose nothing", async () => {
  const path = join(folder, "processes.db");
  const store = sqliteSettings(path);
  await provesProcessesLoseNothing(path, store).finally(() => store.close());
});

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
