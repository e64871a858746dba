import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type MemoryLimits, memoryStore } from "../src/index.ts";

/** A store whose clock the test turns. */
function clocked(limits?: MemoryLimits) {
  const clock = { now: 1000 };
  return { clock, store: memoryStore(limits, () => clock.now) };
}

test("a store gives what was set until its time is over", async () => {
  const { clock, store } = clocked();
  assert.equal(await store.get("a"), undefined);
  await store.set("a", { n: 1 }, 100);
  clock.now += 99;
  assert.deepEqual(await store.get("a"), { n: 1 });
  clock.now += 1;
  assert.equal(await store.get("a"), undefined);
});

test("a value that is set again replaces the earlier one and its time", async () => {
  const { clock, store } = clocked();
  await store.set("a", 1, 10);
  await store.set("a", 2, 100);
  clock.now += 50;
  assert.equal(await store.get("a"), 2);
});

test("what is deleted is gone", async () => {
  const { store } = clocked();
  await store.set("a", 1, 100);
  await store.delete("a");
  assert.equal(await store.get("a"), undefined);
});

test("a counter adds up within a window that begins with its first addition, then starts anew", async () => {
  const { clock, store } = clocked();
  assert.deepEqual(await store.add("a", 1, 100), { used: 1, resets: 100 });
  clock.now += 60;
  assert.deepEqual(await store.add("a", 2, 100), { used: 3, resets: 40 });
  assert.deepEqual(await store.add("a", -1, 100), { used: 2, resets: 40 });
  assert.deepEqual(await store.add("b", 5, 10), { used: 5, resets: 10 });
  clock.now += 40;
  assert.deepEqual(await store.add("a", 1, 100), { used: 1, resets: 100 });
});

test("of many claims at the same moment exactly one is the first", async () => {
  const { store } = clocked();
  const claims = await Promise.all(Array.from({ length: 100 }, () => store.add("a", 1, 100)));
  assert.equal(claims.filter(({ used }) => used === 1).length, 1);
});

test("values and counts do not meet, whatever their keys", async () => {
  const { store } = clocked();
  await store.set("a", "text", 100);
  assert.deepEqual(await store.add("a", 1, 100), { used: 1, resets: 100 });
  assert.equal(await store.get("a"), "text");
});

test("a store that is full forgets what was written longest ago", async () => {
  const { store } = clocked({ entries: 2 });
  await store.set("a", 1, 100);
  await store.set("b", 2, 100);
  await store.set("a", 3, 100);
  await store.set("c", 4, 100);
  assert.deepEqual(await Promise.all(["a", "b", "c"].map((key) => store.get(key))), [3, undefined, 4]);
});

test("a store without a clock of its own uses the runtime's", async () => {
  const store = memoryStore();
  await store.set("brief", 1, 0);
  await store.set("long", 2, 60_000);
  assert.deepEqual(await Promise.all(["brief", "long"].map((key) => store.get(key))), [undefined, 2]);
});

test("bytes have a bound of their own, beyond which what was used longest ago is forgotten", async () => {
  const { store } = clocked({ bytes: 100 });
  const set = (key: string, length: number) => store.set(key, new Uint8Array(length), 1000);
  await set("a", 40);
  await set("b", 40);
  await store.get("a");
  await set("c", 40);
  assert.equal(await store.get("b"), undefined);
  assert.equal((await store.get("a") as Uint8Array).length, 40);
  await set("a", 10);
  await set("d", 50);
  assert.notEqual(await store.get("c"), undefined);
  await set("e", 101);
  for (const key of ["a", "c", "d", "e"]) assert.equal(await store.get(key), undefined, key);
});

test("whatever is done to a store, it forgets exactly what was used longest ago", async () => {
  const key = fc.constantFrom("a", "b", "c", "d", "e", "f");
  const deed = fc.tuple(fc.constantFrom("get", "set", "delete"), key, fc.nat(60));
  await fc.assert(fc.asyncProperty(fc.array(deed, { maxLength: 60 }), async (deeds) => {
    const { store } = clocked({ entries: 4, bytes: 100 });
    const model: [key: string, length: number][] = [];
    const forget = (key: string) => {
      const at = model.findIndex(([name]) => name === key);
      return at < 0 ? undefined : model.splice(at, 1)[0];
    };
    const sum = () => model.reduce((sum, [, length]) => sum + length, 0);
    for (const [what, key, length] of deeds) {
      const known = forget(key);
      if (what === "get") {
        assert.equal((await store.get(key) as Uint8Array | undefined)?.length, known?.[1]);
        if (known) model.push(known);
      } else if (what === "set") {
        await store.set(key, new Uint8Array(length), 1000);
        model.push([key, length]);
        while (model.length > 4 || sum() > 100) model.shift();
      } else await store.delete(key);
    }
    for (const key of ["a", "b", "c", "d", "e", "f"]) {
      const known = model.find(([name]) => name === key);
      assert.equal((await store.get(key) as Uint8Array | undefined)?.length, known?.[1], key);
    }
  }));
});

test("what is counted in masses drives out nothing that is counted elsewhere", async () => {
  const { store } = clocked({ entries: 10 });
  await store.add("budget:team:g::7", 5, 1000);
  for (let subject = 0; subject < 100; subject++) await store.add(`limit:g:0:${subject}:7`, 1, 1000);
  assert.equal((await store.add("budget:team:g::7", 0, 1000)).used, 5);
  assert.equal((await store.add("limit:g:0:0:7", 0, 1000)).used, 0);
});

for (
  const [what, keyOf] of Object.entries({
    "of one gateway id": (n: number) => `breaker/g/openai/m${n}/calls/`,
    "of gateway ids with colons": (n: number) => `breaker/x${n}:${n}:y/openai/m/calls/`,
    "without any parts": (n: number) => `key${n}`,
  })
) {
  test(`counts ${what} take no more room than all others, and drive out no limit's`, async () => {
    const { store } = clocked({ entries: 10 });
    await store.add("limit:g:0:a:7", 5, 1000);
    for (let n = 0; n < 11; n++) {
      await store.add(keyOf(n), 1, 1000);
      await store.add(keyOf(1), 1, 1000);
    }
    for (let subject = 0; subject < 100; subject++) await store.add(`limit:g:1:${subject}:7`, 1, 1000);
    assert.equal((await store.add(keyOf(1), 0, 1000)).used, 12, "what is used stays");
    assert.equal((await store.add(keyOf(0), 0, 1000)).used, 0, "what was used longest ago is forgotten");
    assert.equal((await store.add("limit:g:0:a:7", 0, 1000)).used, 5);
  });
}
