/** What `deno-kv.stores.ts` tests where there is a Deno KV. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { denoKvStore, type Kv } from "../../adapters/deno-kv.ts";
import { createGateway } from "../../src/index.ts";
import { ask, script } from "../support/script.ts";
import { keepsCounterContract, keepsStoreContract } from "./contract.ts";

const DAY = 86_400_000;
/** Longer than a head, and no multiple of a chunk. */
const LONG = 200_000;

keepsStoreContract("deno-kv", open);
keepsCounterContract("deno-kv", open);

/** A test with a database of its own. */
function proves(told: string, prove: (kv: Deno.Kv) => Promise<void>): void {
  test(`deno-kv: ${told}`, async () => {
    using kv = await Deno.openKv(":memory:");
    await prove(kv);
  });
}

proves("stores on one database never get the same sum", async (kv) => {
  const stores = Array.from({ length: 4 }, () => denoKvStore(kv));
  const counted = await Promise.all(
    Array.from({ length: 400 }, (_, index) => stores[index % 4]!.add("a", 1, DAY)),
  );
  const sums = counted.map(({ used }) => used).sort((one, other) => one - other);
  assert.deepEqual(sums, Array.from({ length: 400 }, (_, index) => index + 1));
});

proves("500 additions at once to one count are a handful of commits", async (kv) => {
  let commits = 0;
  const store = denoKvStore(lend(kv, { atomic: () => (commits++, kv.atomic()) }));
  await Promise.all(Array.from({ length: 500 }, () => store.add("a", 1, DAY)));
  assert.ok(commits <= 5, `${commits}`);
});

proves("whose addition fails is told, and the next ones are counted", async (kv) => {
  let broken = true;
  const store = denoKvStore(lend(kv, {
    atomic() {
      if (broken) throw new Error("out of order");
      return kv.atomic();
    },
  }));
  const failed = await Promise.allSettled(Array.from({ length: 3 }, () => store.add("a", 1, DAY)));
  assert.deepEqual(failed.map(({ status }) => status), ["rejected", "rejected", "rejected"]);
  broken = false;
  assert.equal((await store.add("a", 1, DAY)).used, 1);
});

proves("who reads while others write gets one of the values, and never parts of two", async (kv) => {
  const store = denoKvStore(kv);
  const filled = (byte: number) => new Uint8Array(LONG + byte).fill(byte);
  await store.set("a", filled(0), DAY);
  let writing = true;
  const writers = [1, 2].map(async (writer) => {
    for (let round = 0; round < 20; round++) await store.set("a", filled(writer * 20 + round), DAY);
  });
  const readers = [1, 2].map(async () => {
    while (writing) {
      const value = await store.get("a") as Uint8Array;
      assert.equal(value.length, LONG + value[0]!);
      assert.ok(value.every((byte) => byte === value[0]));
    }
  });
  await Promise.all(writers).finally(() => writing = false);
  await Promise.all(readers);
  const last = await store.get("a") as Uint8Array;
  await store.set("a", 1, DAY);
  assert.ok(last[0]! >= 20);
  assert.deepEqual(await kinds(kv), ["value"]);
});

proves("who reads what is replaced meanwhile gets what came", async (kv) => {
  const writer = denoKvStore(kv);
  const reader = denoKvStore(lend(kv, {
    async getMany(keys) {
      await news?.();
      return await kv.getMany([...keys]);
    },
  }));
  let news: (() => Promise<void>) | undefined = async () => {
    news = undefined;
    await writer.set("a", new Uint8Array(LONG).fill(2), DAY);
  };
  await writer.set("a", new Uint8Array(LONG).fill(1), DAY);
  assert.equal((await reader.get("a") as Uint8Array)[0], 2);
  news = () => writer.delete("a");
  assert.equal(await reader.get("a"), undefined);
});

proves("what is replaced or deleted leaves nothing behind", async (kv) => {
  const store = denoKvStore(kv);
  await Promise.all(Array.from({ length: 5 }, () => store.set("a", new Uint8Array(LONG), DAY)));
  assert.deepEqual(await kinds(kv), ["chunk", "chunk", "chunk", "chunk", "value"]);
  await store.delete("a");
  assert.deepEqual(await kinds(kv), []);
});

proves("a value of which a part is missing is none", async (kv) => {
  const store = denoKvStore(kv);
  await store.set("a", "text ".repeat(LONG), DAY);
  assert.equal((await store.get("a") as string).length, 5 * LONG);
  const [chunk] = await Array.fromAsync(
    kv.list({ prefix: ["waygate", "chunk"] }, { limit: 1, reverse: true }),
  );
  await kv.delete(chunk!.key);
  assert.equal(await store.get("a"), undefined);
  await store.set("a", "new", DAY);
  assert.equal(await store.get("a"), "new");
});

proves("what is over is over, though the database still has it", async (kv) => {
  const clock = { now: Date.now() };
  const store = denoKvStore(kv, {}, () => clock.now);
  await store.set("a", 1, DAY);
  await store.add("a", 5, DAY);
  clock.now += DAY - 1;
  assert.equal(await store.get("a"), 1);
  assert.deepEqual(await store.add("a", 1, DAY), { used: 6, resets: 1 });
  clock.now += 1;
  assert.equal(await store.get("a"), undefined);
  assert.deepEqual(await store.add("a", 1, DAY), { used: 1, resets: DAY });
  assert.deepEqual(await kinds(kv), ["count", "value"]);
});

proves("stores with other prefixes do not meet", async (kv) => {
  const [one, other] = ["one", "other"].map((prefix) => denoKvStore(kv, { prefix }));
  await one!.set("a", new Uint8Array(LONG), DAY);
  await one!.add("a", 1, DAY);
  for await (const { key } of kv.list({ prefix: [] })) assert.equal(key[0], "one");
  assert.equal(await other!.get("a"), undefined);
  assert.equal((await other!.add("a", 1, DAY)).used, 1);
});

proves("of 500 requests at once, exactly as many pass a gateway as may", async (kv) => {
  const { fetch, calls } = script(...Array.from({ length: 500 }, () => () => Response.json("good")));
  const gateway = createGateway({
    fetch,
    store: denoKvStore(kv),
    gateways: { g: { rateLimit: { limit: 100, interval: 86_400 } } },
  });
  const asked = Array.from({ length: 500 }, () => gateway.handle(ask("/openai/models")));
  const statuses = (await Promise.all(asked)).map(({ status }) => status);
  assert.equal(statuses.filter((status) => status === 200).length, 100);
  assert.equal(calls.length, 100);
});

async function open() {
  const kv = await Deno.openKv(":memory:");
  return { store: denoKvStore(kv), close: () => kv.close() };
}

/** The same database, but for what is told. */
function lend(kv: Deno.Kv, other: Partial<Kv>): Kv {
  return {
    get: (key) => kv.get(key),
    getMany: (keys) => kv.getMany([...keys]),
    atomic: () => kv.atomic(),
    ...other,
  };
}

/** What kinds of entries a database has, one by one. */
async function kinds(kv: Deno.Kv): Promise<unknown[]> {
  return (await Array.fromAsync(kv.list({ prefix: ["waygate"] }))).map(({ key }) => key[1]);
}
