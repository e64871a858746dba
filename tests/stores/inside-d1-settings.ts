/** Settings in D1, tested where they work: inside of a Worker, with its own bindings. */
import assert from "node:assert/strict";
import runner, { test } from "node:test";
import { type D1, d1Settings } from "../../adapters/d1-settings.ts";
import { keepsRowsContract, keepsSettingsContract, type OpenedRows } from "./settings-contract.ts";
import { settings } from "./settings-samples.ts";

type Env = Readonly<Record<string, D1>>;

let env: Env;
let used = 0;
/** One that is empty. */
const database = (): D1 => env[`SETTINGS_${used++}`]!;

function open(): OpenedRows {
  const d1 = database();
  return {
    store: d1Settings(d1),
    other: d1Settings(d1),
    spoil: async ({ version, content }) => {
      const change = "UPDATE waygate_settings SET version = ?, content = ?";
      await d1.batch([d1.prepare(change).bind(version, content)]);
    },
  };
}

keepsSettingsContract("in D1", open);
keepsRowsContract("in D1", open);

test("settings in D1 that are too large are refused, and what was there stays", async () => {
  const store = d1Settings(database());
  assert.equal(await store.write(settings(1, "x".repeat(1_899_000))), true);
  const large = settings(2, "ç".repeat(950_000));
  await assert.rejects(store.write(large), /^RangeError: settings have 1900\d{3} bytes, D1 keeps 1900000$/);
  assert.equal((await store.read())!.version, 1);
});

test("settings in D1 begin anew where their table was dropped", async () => {
  const d1 = database();
  await d1Settings(d1).write(settings(1));
  await d1.batch([d1.prepare("DROP TABLE waygate_settings")]);
  assert.equal(await d1Settings(d1).read(), undefined);
});

const { fetch } = runner as unknown as { fetch(request: Request): Promise<Response> };

export default {
  fetch(request: Request, given: Env): Promise<Response> {
    env = given;
    return fetch(request);
  },
};
