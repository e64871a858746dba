import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Counter, Store } from "../../src/index.ts";

/** What a test opens, and how it closes it. */
export interface Opened<Kind> {
  readonly store: Kind;
  close?(): void | Promise<void>;
}

/** How a test opens a store. */
type Open<Kind> = () => Opened<Kind> | Promise<Opened<Kind>>;

/** Longest that a store may take to forget what is over, in ms. */
const LATE = 10_000;
/** A key as long as keys get, with everything that a store may stumble over. */
const LONGEST = "a:{b}/ç'\"\\ %_*?\u{1f600}".padEnd(512, "x");

/** What every {@linkcode Store} must keep. */
export function keepsStoreContract(name: string, open: Open<Store>): void {
  const proves = proverOf(name, open);

  proves("gives what was set, and nothing where nothing was", async (store) => {
    const key = fresh();
    assert.equal(await store.get(key), undefined);
    for (const value of [0, "", false, null, "text", { a: [1, { b: "ç" }] }, [], "b:AAAA", 2 ** 53 - 1]) {
      await store.set(key, value, 60_000);
      assert.deepEqual(await store.get(key), value);
    }
  });

  proves("gives bytes back as bytes, whatever they are", async (store) => {
    const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    for (const bytes of [all, new Uint8Array(), all.subarray(3, 7)]) {
      const key = fresh();
      await store.set(key, bytes, 60_000);
      const value = await store.get(key);
      assert.ok(value instanceof Uint8Array);
      assert.deepEqual([...value], [...bytes]);
    }
  });

  proves("holds an answer of 25 MiB", async (store) => {
    const bytes = new Uint8Array(25 * 1024 * 1024).map((_, at) => (at * 31) % 251);
    const key = fresh();
    await store.set(key, bytes, 60_000);
    const value = await store.get(key) as Uint8Array;
    assert.equal(value.byteLength, bytes.byteLength);
    for (const at of [0, 65_535, 65_536, 1_000_003, bytes.length - 1]) assert.equal(value[at], bytes[at]);
    await store.set(key, "short", 60_000);
    assert.equal(await store.get(key), "short");
    await store.delete(key);
  });

  proves("forgets what its time is over for, and what is deleted", async (store) => {
    const [brief, long, gone, replaced] = [fresh(), fresh(), fresh(), fresh()];
    await store.set(brief, 1, 50);
    await store.set(long, 2, 60_000);
    await store.set(gone, 3, 60_000);
    await store.set(replaced, 4, 50);
    await store.set(replaced, 5, 60_000);
    await store.delete(gone);
    await store.delete(fresh());
    await until(async () => await store.get(brief) === undefined);
    assert.deepEqual(await Promise.all([long, gone, replaced].map((key) => store.get(key))), [
      2,
      undefined,
      5,
    ]);
  });

  proves("keeps keys apart, the longest and the oddest too", async (store) => {
    const keys = [LONGEST, LONGEST.slice(0, -1) + "y", LONGEST.toUpperCase(), "a%", "a_", "ab"];
    await Promise.all(keys.map((key, index) => store.set(key, index, 60_000)));
    assert.deepEqual(await Promise.all(keys.map((key) => store.get(key))), [...keys.keys()]);
  });
}

/** What every {@linkcode Counter} must keep besides; it is a store, too. */
export function keepsCounterContract(name: string, open: Open<Store & Counter>): void {
  const counts = proverOf(name, open);

  counts("adds up within a window that begins with the first addition, then starts anew", async (counter) => {
    const { key, window, second } = await withinOne(counter);
    assert.equal(second.used, 5);
    assert.ok(second.resets > 0 && second.resets <= window - 10, `${second.resets} of ${window} ms`);
    await until(async () => (await counter.add(key, 0, 60_000)).used === 0);
    assert.equal((await counter.add(key, 7, 60_000)).used, 7);
  });

  counts("takes back what is negative, and counts beyond 32 bits", async (counter) => {
    const key = fresh();
    assert.equal((await counter.add(key, 2 ** 40, 60_000)).used, 2 ** 40);
    assert.equal((await counter.add(key, -1, 60_000)).used, 2 ** 40 - 1);
    assert.equal((await counter.add(key, 2 ** 52, 60_000)).used, 2 ** 52 + 2 ** 40 - 1);
    assert.equal((await counter.add(fresh(), -5, 60_000)).used, -5);
  });

  counts("gives no sum twice, however many add at once", async (counter) => {
    const key = fresh();
    const counted = await Promise.all(Array.from({ length: 500 }, () => counter.add(key, 1, 60_000)));
    const sums = counted.map(({ used }) => used).sort((one, other) => one - other);
    assert.deepEqual(sums, Array.from({ length: 500 }, (_, index) => index + 1));
  });

  counts("does not mix counts and values", async (store) => {
    const key = fresh();
    await store.set(key, "text", 60_000);
    assert.equal((await store.add(key, 1, 60_000)).used, 1);
    assert.equal(await store.get(key), "text");
    await store.delete(key);
    assert.equal((await store.add(key, 1, 60_000)).used, 2);
  });
}

/** Two additions in one window: a longer one where a busy machine took longer than that for the second. */
async function withinOne(counter: Counter) {
  for (let window = 200; window < LATE; window *= 4) {
    const key = fresh();
    const began = performance.now();
    const { used, resets } = await counter.add(key, 2, window);
    assert.equal(used, 2);
    assert.ok(resets > 0 && resets <= window, `${resets} of ${window} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const second = await counter.add(key, 3, 60_000);
    if (performance.now() - began < window) return { key, window, second };
  }
  return assert.fail(`takes longer than ${LATE} ms for two additions`);
}

/** Opens what is tested before the first test, and closes it after the last. */
function proverOf<Kind>(name: string, open: Open<Kind>) {
  let opened: Opened<Kind>;
  before(async () => void (opened = await open()));
  after(() => opened.close?.());
  return (told: string, prove: (store: Kind) => Promise<void>) =>
    test(`${name}: ${told}`, () => prove(opened.store));
}

/** A key that no other test uses. */
function fresh(): string {
  return crypto.randomUUID();
}

/** Waits until something holds that has to hold soon. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const began = performance.now(); performance.now() - began < LATE;) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.fail(`does not hold after ${LATE} ms`);
}
