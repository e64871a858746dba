import assert from "node:assert/strict";
import type { ObjectStorage } from "../../adapters/durable-object.ts";

/**
 * A storage that grants no more than Cloudflare does where there is no SQLite; workerd on its own grants everything.
 *
 * @see https://developers.cloudflare.com/durable-objects/platform/limits/
 */
export function narrowed(storage: ObjectStorage): ObjectStorage {
  const check = (keys: readonly string[]) => {
    assert.ok(keys.length <= 128, `${keys.length} keys at once`);
    for (const key of keys) assert.ok(new TextEncoder().encode(key).byteLength <= 2048, "a key too long");
  };
  return {
    get(keys: string | string[]) {
      check([keys].flat());
      return storage.get(keys as string[]);
    },
    put(entries) {
      check(Object.keys(entries));
      for (const value of Object.values(entries)) {
        const { length } = JSON.stringify(value, spellOut);
        assert.ok(length <= 128 * 1024, `a value of ${length} bytes`);
      }
      return storage.put(entries);
    },
    delete(keys) {
      check(keys);
      return storage.delete(keys);
    },
    list: (options) => storage.list(options),
    deleteAll: () => storage.deleteAll(),
    getAlarm: () => storage.getAlarm(),
    setAlarm: (at) => storage.setAlarm(at),
  };
}

/** A byte as a character: about as long as Cloudflare keeps it. */
function spellOut(_: string, part: unknown): unknown {
  return part instanceof Uint8Array ? "x".repeat(part.byteLength) : part;
}
