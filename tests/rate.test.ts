import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ask, type Rate, type Technique } from "../src/rate.ts";
import { memoryStore } from "../src/store.ts";

const techniques: readonly Technique[] = ["fixed", "sliding"];
/** A time at which a window of a minute begins. */
const START = 1_800_000_000_000 - (1_800_000_000_000 % 60_000);
const rate = (technique: Technique, limit = 10): Rate => ({ limit, window: 60_000, technique });

for (const technique of techniques) {
  test(`${technique}: of 500 that ask at once, exactly the limit is granted`, async () => {
    const store = memoryStore();
    const verdicts = await Promise.all(
      Array.from({ length: 500 }, () => ask(store, "k", rate(technique, 100), { now: START + 1000 })),
    );
    assert.equal(verdicts.filter(({ granted }) => granted).length, 100);
  });

  test(`${technique}: who was refused has not been counted`, async () => {
    const store = memoryStore();
    for (let asked = 0; asked < 50; asked++) await ask(store, "k", rate(technique), { now: START });
    const next = START + 2 * 60_000;
    const verdicts = [];
    for (let asked = 0; asked < 11; asked++) {
      verdicts.push(await ask(store, "k", rate(technique), { now: next }));
    }
    assert.deepEqual(verdicts.map(({ granted }) => granted), [...Array(10).fill(true), false]);
    assert.deepEqual(verdicts.map(({ left }) => left), [9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0]);
  });

  test(`${technique}: each key has a count of its own`, async () => {
    const store = memoryStore();
    for (const key of ["a", "b"]) {
      assert.equal((await ask(store, key, rate(technique, 1), { now: START })).granted, true);
      assert.equal((await ask(store, key, rate(technique, 1), { now: START })).granted, false);
    }
  });

  test(`${technique}: who asks again when he was told to is granted, and not a moment sooner`, async () => {
    const moment = fc.record({
      limit: fc.integer({ min: 1, max: 20 }),
      times: fc.array(fc.integer({ min: 0, max: 119_999 }), { minLength: 1, maxLength: 60 }),
    });
    await fc.assert(fc.asyncProperty(moment, async ({ limit, times }) => {
      const store = memoryStore();
      const under = rate(technique, limit);
      let last = 0;
      for (const time of times.toSorted((one, other) => one - other)) {
        last = START + time;
        const { granted, resets } = await ask(store, "k", under, { now: last });
        if (granted) continue;
        assert.equal((await ask(store, "k", under, { now: last + Math.floor(resets) - 2 })).granted, false);
        assert.equal((await ask(store, "k", under, { now: last + Math.ceil(resets) + 1 })).granted, true);
        return;
      }
    }));
  });
}

test("fixed: windows begin at multiples of their length", async () => {
  const store = memoryStore();
  assert.equal((await ask(store, "k", rate("fixed", 1), { now: START + 59_999 })).granted, true);
  const refused = await ask(store, "k", rate("fixed", 1), { now: START + 59_999 });
  assert.deepEqual([refused.granted, refused.resets], [false, 1]);
  assert.equal((await ask(store, "k", rate("fixed", 1), { now: START + 60_000 })).granted, true);
});

test("sliding: the window before counts for the part that is still to come", async () => {
  const store = memoryStore();
  for (let asked = 0; asked < 10; asked++) await ask(store, "k", rate("sliding"), { now: START + 59_000 });
  const half = START + 60_000 + 30_000;
  const granted = [];
  for (let asked = 0; asked < 6; asked++) {
    granted.push((await ask(store, "k", rate("sliding"), { now: half })).granted);
  }
  assert.deepEqual(granted, [true, true, true, true, true, false]);
});
