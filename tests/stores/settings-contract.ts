import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { manage, type SettingsStore } from "../../adapters/management.ts";
import { everythingOf, SECRET, settings, spoilt, type SpoiltRow } from "./settings-samples.ts";

/** What a test opens, empty, and how it closes it. */
export interface OpenedSettings {
  readonly store: SettingsStore;
  /** The same settings, as another program has them. */
  readonly other: SettingsStore;
  close?(): void | Promise<void>;
}

/** The same of settings that somebody else may write to. */
export interface OpenedRows extends OpenedSettings {
  /** Puts something else in their place. */
  spoil(row: SpoiltRow): void | Promise<void>;
}

/** How a test opens settings. */
type Open<Opened> = () => Opened | Promise<Opened>;

const TOKEN = "admin-token";
const BASE = "http://waygate.test";

/** What every {@linkcode SettingsStore} must keep. */
export function keepsSettingsContract(name: string, open: Open<OpenedSettings>): void {
  const proves = proverOf(name, open);

  proves("are what was written last, and only the next version is written", async ({ store }) => {
    assert.equal(await store.read(), undefined);
    assert.equal(await store.write(settings(2)), false);
    assert.equal(await store.write(settings(0)), false);
    assert.equal(await store.read(), undefined);
    assert.equal(await store.write(settings(1, "one")), true);
    assert.equal(await store.write(settings(1, "other")), false);
    assert.equal(await store.write(settings(3)), false);
    assert.deepEqual(await store.read(), settings(1, "one"));
    assert.equal(await store.write(settings(2, "two")), true);
    assert.deepEqual(await store.read(), settings(2, "two"));
  });

  proves("are seen by other programs, and of writers at once one wins", async ({ store, other }) => {
    for (let version = 1; version <= 10; version++) {
      const tries = Array.from({ length: 8 }, (_, at) => settings(version, `${version}-${at}`));
      const won = await Promise.all(tries.map((one, at) => (at % 2 ? store : other).write(one)));
      assert.deepEqual(won.filter(Boolean), [true]);
      const kept = tries[won.indexOf(true)];
      assert.deepEqual(await store.read(), kept);
      assert.deepEqual(await other.read(), kept);
    }
  });

  proves("hold whatever text there is, a megabyte of it, too", async ({ store, other }) => {
    const odd = `'"\\ %_*? \0 \ud800 \u{1f600} ç ${"$1 {a} ?1\r\n"}`;
    for (const [at, text] of [odd, "x".repeat(1_000_000)].entries()) {
      assert.equal(await store.write(settings(at + 1, text)), true);
      assert.deepEqual(await other.read(), settings(at + 1, text));
    }
  });

  proves("lose nothing where two gateways are managed at once", async ({ store, other }) => {
    const gateways = [managed(store), managed(other)];
    const ids = Array.from({ length: 12 }, (_, at) => `gateway-${at}`);
    const made = await Promise.all(ids.map((id, at) => create(gateways[at % 2]!, id)));
    assert.deepEqual(made, ids.map(() => 200));
    const stored = await store.read();
    assert.deepEqual(stored!.gateways.map(({ id }) => id).sort(), [...ids].sort());
    assert.equal(stored!.version, ids.length);
    for (const gateway of gateways) {
      for (const id of ids) assert.equal(await call(gateway, `/v1/acct/${id}/openai/models`), 200);
      assert.equal(await call(gateway, "/v1/acct/unknown/openai/models"), 400);
    }
  });
}

/** What those must keep besides that lie where others may write to them. */
export function keepsRowsContract(name: string, open: Open<OpenedRows>): void {
  const proves = proverOf(name, open);

  proves("that cannot be read are told, and no secret with them", async ({ store, spoil }) => {
    await store.write(settings(1, SECRET));
    for (const [row, why] of spoilt) {
      await spoil(row);
      await assert.rejects(store.read(), (error: Error) => {
        assert.match(error.message, /holds no settings that can be read: /);
        assert.match(error.message, why);
        assert.ok(!everythingOf(error).includes(SECRET.slice(0, 6)), everythingOf(error));
        return true;
      });
    }
    const warnings: string[] = [];
    const gateway = managed(store, (message) => warnings.push(message));
    assert.equal(await call(gateway, "/v1/acct/fixed/openai/models"), 200);
    assert.match(warnings.join(), /^the settings of gateways cannot be read: Error [A-Z_]+$/);
    assert.equal(await create(gateway, "new"), 500);
    assert.match(warnings.slice(1).join(), /^the management API failed: Error [A-Z_]+$/);
    assert.ok(!warnings.join().includes(SECRET.slice(0, 6)), warnings.join());
  });
}

function managed(store: SettingsStore, warn: (message: string) => void = assert.fail) {
  return manage({
    fetch: () => Promise.resolve(Response.json("good")),
    gateways: { fixed: {} },
    warn,
  }, { token: TOKEN, gateways: store, refresh: 0 });
}

type Managed = ReturnType<typeof managed>;

async function call(gateway: Managed, path: string, init: RequestInit = {}): Promise<number> {
  const response = await gateway.handle(new Request(BASE + path, init));
  await response.text();
  return response.status;
}

function create(gateway: Managed, id: string): Promise<number> {
  const headers = { "authorization": `Bearer ${TOKEN}`, "content-type": "application/json" };
  const body = JSON.stringify({
    id,
    cache_invalidate_on_update: false,
    cache_ttl: null,
    collect_logs: true,
    rate_limiting_interval: null,
    rate_limiting_limit: null,
  });
  return call(gateway, "/client/v4/accounts/acct/ai-gateway/gateways", { method: "POST", headers, body });
}

/** Each test has settings of its own, opened before the first one. */
function proverOf<Opened extends OpenedSettings>(name: string, open: Open<Opened>) {
  return (told: string, prove: (opened: Opened) => Promise<void>) => {
    let opened: Opened;
    before(async () => void (opened = await open()));
    after(() => opened?.close?.());
    test(`settings ${name} ${told}`, () => prove(opened));
  };
}
