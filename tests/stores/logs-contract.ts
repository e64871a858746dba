import fc from "fast-check";
import assert from "node:assert/strict";
import { test } from "node:test";
import type {
  LogEntry,
  LogFilter,
  LogKey,
  LogQuery,
  LogRecord,
  LogStore,
  Retention,
  StatsRow,
} from "../../src/index.ts";
import type { Opened } from "./contract.ts";
import * as model from "./logs-model.ts";
import {
  fewValues,
  keys,
  names,
  operators,
  orders,
  query,
  record,
  records,
  seed,
  START,
  statsQuery,
  values,
} from "./logs-records.ts";

/** Opens a store that is empty. */
export type OpenLogs = (
  retention?: Retention,
  now?: () => number,
) => Opened<LogStore> | Promise<Opened<LogStore>>;

const MIB = 1024 * 1024;
/** Longest that one test may take, in ms. */
const PATIENCE = 60_000;
const HOUR = 3_600_000;
const at = (ms: number) => new Date(START + ms).toISOString();
const idsOf = (records: readonly LogRecord[]) => records.map(({ id }) => id);

/**
 * What every {@linkcode LogStore} must keep.
 *
 * @param largest bytes of the largest body that it has to keep
 */
export function keepsLogsContract(name: string, open: OpenLogs, largest: number = 10 * MIB): void {
  const proves = (told: string, prove: (store: LogStore) => Promise<void>, retention?: Retention) =>
    test(`${name}: ${told} (seed ${seed})`, { timeout: PATIENCE }, async () => {
      const { store, close } = await open(retention, () => START + HOUR);
      try {
        await prove(store);
      } finally {
        await close?.();
      }
    });

  proves("gives every member of a record back as it was", async (store) => {
    const all = records(50);
    await append(store, all);
    for (const one of all) assert.deepEqual(await store.get(one.id), one);
    assert.equal(await store.get("nobody's"), undefined);
    const { records: found, total } = await store.list({ limit: 1000 });
    assert.equal(total, 50);
    assert.deepEqual(found, model.asked(all, {}));
  });

  proves("finds by every key with every operator what a plain search finds", async (store) => {
    const all = records(60);
    await append(store, all);
    const [first, second, third] = all as [LogRecord, LogRecord, LogRecord];
    const own = new Map<LogKey, LogFilter["value"][]>([
      ["id", [[first.id], [second.id.toUpperCase(), third.id]]],
      ["created_at", [[first.created_at], [second.created_at.slice(0, 15), third.created_at]]],
    ]);
    let turn = seed;
    for (const key of [...keys, ...names]) {
      for (const operator of operators) {
        const some = keys.includes(key) ? values : fewValues;
        // A third of them, another one each time.
        turn++;
        const drawn = [...some.filter((_, index) => (index + turn) % 3 === 0), ...own.get(key) ?? []];
        await Promise.all(drawn.map(async (value) => {
          const query: LogQuery = { filters: [{ key, operator, value }], limit: 60 };
          const found = idsOf((await store.list(query)).records);
          assert.deepEqual(found, idsOf(model.asked(all, query)), JSON.stringify(query));
        }));
      }
    }
  });

  proves("meets neq alone with what is null, and compares within kinds", async (store) => {
    const none = record({ tokens_in: 3 });
    const some = record({ model: "Gpt-4o", cost: 1, tokens_in: 3, tokens_out: 4, metadata: { user: 42 } });
    await append(store, [none, some]);
    const finds = async (key: LogKey, asked: Pick<LogFilter, "operator" | "value">) => {
      const { records } = await store.list({ filters: [{ key, ...asked }], direction: "asc" });
      return records.map(({ id }) => id === some.id ? "some" : "none").join(" ");
    };
    assert.equal(await finds("model", { operator: "neq", value: ["other"] }), "none some");
    assert.equal(await finds("model", { operator: "neq", value: ["Gpt-4o", "other"] }), "none");
    assert.equal(await finds("model", { operator: "eq", value: [null] }), "");
    assert.equal(await finds("model", { operator: "neq", value: [null] }), "none some");
    assert.equal(await finds("model", { operator: "contains", value: ["x", "GPT"] }), "some");
    assert.equal(await finds("cost", { operator: "lt", value: [2] }), "some");
    assert.equal(await finds("cost", { operator: "lt", value: ["2"] }), "");
    assert.equal(await finds("tokens", { operator: "eq", value: [7] }), "some");
    assert.equal(await finds("tokens", { operator: "lt", value: [4] }), "none");
    assert.equal(await finds("metadata.user", { operator: "eq", value: ["42"] }), "some");
    assert.equal(await finds("metadata.user", { operator: "gt", value: [5] }), "some");
    assert.equal(await finds("metadata.user", { operator: "gt", value: ["5"] }), "");
    assert.equal(await finds("metadata.user", { operator: "neq", value: [42] }), "none");
    assert.equal(await finds("metadata.key", { operator: "eq", value: ["user"] }), "some");
    assert.equal(
      await finds("created_at", { operator: "eq", value: ["2026-11-22T13:00+01:00"] }),
      "none some",
    );
  });

  proves("answers any question as a plain search does", async (store) => {
    const all = records(100);
    await append(store, all);
    await always(query, async (query) => {
      const found = model.asked(all, query);
      const page = await store.list({ ...query, limit: 100 });
      assert.deepEqual(idsOf(page.records), idsOf(found));
      assert.equal(page.total, found.length);
      assert.deepEqual(await store.range(query), model.rangeOf(found));
    });
  });

  proves("gives all pages of every order, each record once", async (store) => {
    const all = records(25);
    await append(store, all);
    for (const orderBy of orders) {
      for (const direction of ["asc", "desc"] as const) {
        const pages: string[] = [];
        for (let offset = 0; offset < 30; offset += 10) {
          const page = await store.list({ orderBy, direction, limit: 10, offset });
          assert.equal(page.total, 25);
          pages.push(...idsOf(page.records));
        }
        assert.deepEqual(pages, idsOf(model.asked(all, { orderBy, direction })), `${orderBy} ${direction}`);
      }
    }
    assert.equal((await store.list({})).records.length, 20);
    assert.deepEqual(await store.list({ limit: 0 }), { records: [], total: 25 });
    assert.equal((await store.list({ limit: Infinity, offset: 24 })).records.length, 1);
  });

  proves("adds up as a plain sum does, by any bucket and group", async (store) => {
    const all = records(100);
    await append(store, all);
    await always(statsQuery, async (query) => {
      assert.deepEqual(await store.stats(query), model.statsOf(all, query));
    });
  });

  proves("tells half, nine tenths and 99 hundredths of what was measured", async (store) => {
    assert.deepEqual(await store.stats({}), []);
    const durations = Array.from({ length: 100 }, (_, index) => (index * 37) % 100 + 1);
    await append(store, durations.map((duration) => record({ duration, gateway: "many" })));
    await append(store, [record({ duration: 8, ttft: 3, gateway: "one" }), record({ gateway: "one" })]);
    const [many, one] = await store.stats({ by: ["gateway"] }) as [StatsRow, StatsRow];
    assert.deepEqual([many.p50, many.p90, many.p99, many.ttft_p50, many.ttft_p90], [50, 90, 99, null, null]);
    assert.deepEqual([one.p50, one.p90, one.p99, one.ttft_p50, one.ttft_p90], [1, 8, 8, 3, 3]);
    assert.deepEqual(one.group, { gateway: "one" });
  });

  proves("adds up dollars without noise, and of what nobody knows tells nothing", async (store) => {
    const unknown = { tokens_in: null, tokens_out: null, cost: null, waste: null };
    const some = [{ ...unknown, cost: 0.1 }, { ...unknown, cost: 0.2, waste: 0 }, unknown];
    await append(store, some.map((told) => record({ ...told, gateway: "some" })));
    await append(store, [record({ ...unknown, gateway: "none" })]);
    const rows = await store.stats({ by: ["gateway"] });
    assert.deepEqual(
      rows.map(({ cost, waste, tokens_in, tokens_out }) => [cost, waste, tokens_in, tokens_out]),
      [
        [null, null, null, null],
        [0.3, 0, null, null],
      ],
    );
    assert.deepEqual(await store.stats({ by: ["gateway"], limit: 1 }), rows.slice(0, 1));
  });

  proves("keeps bodies byte by byte, and knows which are not there", async (store) => {
    const [both, half, none] = [record(), record(), record()];
    const bytes = Uint8Array.from({ length: 300 }, (_, index) => index % 256);
    const request = bytes.subarray(3, 290);
    await store.append([{ record: both, request, response: new Uint8Array() }, {
      record: half,
      response: bytes,
    }, { record: none }]);
    assert.deepEqual(await store.body(both.id, "request"), request.slice());
    assert.deepEqual(await store.body(both.id, "response"), new Uint8Array());
    assert.equal(await store.body(half.id, "request"), undefined);
    assert.deepEqual(await store.body(half.id, "response"), bytes);
    assert.equal(await store.body(none.id, "request"), undefined);
    assert.equal(await store.body("nobody's", "request"), undefined);
  });

  proves(`keeps a body of ${largest} bytes`, async (store) => {
    const one = record();
    const bytes = new Uint8Array(largest).map((_, index) => (index * 31) % 251);
    await store.append([{ record: one, response: bytes }]);
    const kept = (await store.body(one.id, "response"))!;
    assert.equal(kept.length, largest);
    assert.ok(kept.every((byte, index) => byte === bytes[index]));
  });

  proves("changes feedback, score and metadata, and nothing else", async (store) => {
    const [one, other] = [record({ metadata: { user: "a" }, score: 1 }), record()];
    await append(store, [one, other]);
    assert.equal(await store.patch(one.id, { feedback: -1 }), true);
    assert.deepEqual(await store.get(one.id), { ...one, feedback: -1 });
    const metadata = { "a.b": 'say "so"', n: 0.1, no: null, yes: true };
    assert.equal(await store.patch(one.id, { feedback: 1, score: 0.5, metadata }), true);
    assert.deepEqual(await store.get(one.id), { ...one, feedback: 1, score: 0.5, metadata });
    const found = async (key: "metadata.a.b" | "metadata.user") =>
      (await store.list({ filters: [{ key, operator: "contains", value: ["a"] }] })).total;
    assert.deepEqual([await found("metadata.a.b"), await found("metadata.user")], [1, 0]);
    assert.equal(await store.patch(one.id, { feedback: null, score: null, metadata: null }), true);
    assert.deepEqual(await store.get(one.id), { ...one, feedback: null, score: null, metadata: null });
    assert.equal(await store.patch(one.id, {}), true);
    assert.equal(await store.patch("nobody's", {}), false);
    assert.equal(await store.patch("nobody's", { score: 1 }), false);
    assert.deepEqual(await store.get(other.id), other);
  });

  proves("deletes what a filter finds, in the order and as many as asked, bodies too", async (store) => {
    const all = Array.from(
      { length: 10 },
      (_, index) => record({ duration: index, cached: index % 2 === 0 }),
    );
    await store.append(all.map((record) => ({ record, request: new Uint8Array(3) })));
    const filters = [{ key: "cached", operator: "eq", value: [true] }] as const;
    assert.equal(await store.delete({ filters, limit: 2, orderBy: "duration", direction: "desc" }), 2);
    assert.deepEqual(await left(store), [0, 1, 2, 3, 4, 5, 7, 9]);
    assert.equal(await store.body(all[8]!.id, "request"), undefined);
    assert.equal((await store.body(all[7]!.id, "request"))!.length, 3);
    assert.equal(await store.delete({ limit: 0 }), 0);
    assert.equal(await store.delete({ filters }), 3);
    assert.deepEqual(await left(store), [1, 3, 5, 7, 9]);
    assert.equal(await store.delete({}), 5);
    assert.deepEqual(await left(store), []);
    await append(store, [all[0]!]);
    assert.equal(await store.body(all[0]!.id, "request"), undefined);
  });

  proves("leaves out whose id is there already, and what belongs to it", async (store) => {
    const first = record({ duration: 1 }),
      second = { ...first, duration: 2 },
      other = record({ duration: 3 });
    const bytes = new Uint8Array(3);
    await store.append([{ record: first, request: bytes }, { record: second, response: bytes }]);
    await store.append([{ record: second, response: bytes }, { record: other }]);
    assert.deepEqual(await left(store), [1, 3]);
    assert.equal((await store.body(first.id, "request"))!.length, 3);
    assert.equal(await store.body(first.id, "response"), undefined);
  });

  proves("keeps nothing of what it rejects, and goes on", async (store) => {
    const wrong = record({ created_at: "no time" });
    const good: LogEntry = { record: record(), request: new Uint8Array(3) };
    await assert.rejects(store.append([good, { record: wrong }, { record: record() }]));
    assert.deepEqual(await store.list({}), { records: [], total: 0 });
    assert.equal(await store.body(good.record.id, "request"), undefined);
    await store.append([]);
    await store.append([good]);
    assert.deepEqual(await left(store), [1]);
  });

  proves("takes texts that no database holds, and asks for them", async (store) => {
    const odd = "a\0b\ud800c\udc00";
    const one = record({ id: `${odd}'"`, model: odd, metadata: { [odd]: odd }, user_agent: odd });
    await store.append([{ record: one, request: new Uint8Array(3) }]);
    assert.equal((await store.body(one.id, "request"))!.length, 3);
    assert.equal((await store.get(one.id))!.status_code, 200);
    for (const key of ["id", "model", "metadata.key", `metadata.${odd}`] as const) {
      const value = [key === "id" ? one.id : odd];
      assert.equal((await store.list({ filters: [{ key, operator: "eq", value }] })).total, 1, key);
      assert.equal((await store.list({ filters: [{ key, operator: "contains", value }] })).total, 1, key);
    }
    assert.equal((await store.list({ search: odd })).total, 1);
    assert.equal((await store.stats({ by: [`metadata.${odd}`] })).length, 1);
    assert.equal(await store.patch(one.id, { score: 1, metadata: { [odd]: odd } }), true);
  });

  proves("keeps all of what many append at once", async (store) => {
    const batches = Array.from({ length: 20 }, () => Array.from({ length: 10 }, () => record()));
    await Promise.all(batches.map((batch) => append(store, batch)));
    assert.equal((await store.list({ limit: 1 })).total, 200);
  });

  for (
    const [strategy, kept] of [["DELETE_OLDEST", [3, 4, 5, 6, 7]], ["STOP_INSERTING", [
      0,
      1,
      2,
      3,
      4,
    ]]] as const
  ) {
    const retention = { entries: 5, strategy };
    const dated = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, index) => from + index)
        .map((index) => record({ duration: index, created_at: at(index * 1000) }));

    proves(`of too many, ${strategy} keeps the right ones`, async (store) => {
      await append(store, dated(0, 3));
      await append(store, dated(3, 8).reverse());
      assert.deepEqual(await left(store), kept);
      await append(store, dated(2, 3));
      assert.deepEqual(await left(store), kept);
      assert.equal(await store.delete({ limit: 2, direction: "asc" }), 2);
      await append(store, dated(20, 23));
      assert.deepEqual(
        await left(store),
        [...kept.slice(2), 20, 21, 22].slice(...strategy === "DELETE_OLDEST" ? [-5] : [0, 5]),
      );
    }, retention);

    proves(`${strategy} makes room for one batch that is larger than all`, async (store) => {
      await append(store, dated(0, 8));
      assert.deepEqual(await left(store), kept);
    }, retention);
  }

  const of = (gateway: string, from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => from + index)
      .map((index) => record({ gateway, duration: index, created_at: at(index * 1000) }));

  for (
    const [strategy, kept, again] of [
      ["DELETE_OLDEST", [2, 3, 4], [4, 20, 21]],
      ["STOP_INSERTING", [0, 1, 2], [2, 20, 21]],
    ] as const
  ) {
    proves(`of a gateway's too many, ${strategy} keeps the right ones, and all of others`, async (store) => {
      const bounds = new Map([["a", { entries: 3, strategy }]]);
      const append = (...records: readonly LogRecord[]) =>
        store.append(records.map((record) => ({ record, request: new Uint8Array(3) })), bounds);
      const ofA = () => left(store, "a");
      await append(...of("a", 0, 2), ...of("b", 100, 104));
      assert.deepEqual(await ofA(), [0, 1]);
      const more = of("a", 2, 5);
      await append(...more.toReversed(), ...of("b", 104, 105));
      assert.deepEqual(await ofA(), kept);
      await append(...of("a", 1, 2));
      assert.deepEqual(await ofA(), kept);
      assert.deepEqual(await left(store, "b"), [100, 101, 102, 103, 104]);
      const bodies = await Promise.all(more.map(({ id }) => store.body(id, "request")));
      assert.deepEqual(bodies.map(Boolean), more.map(({ duration }) => kept.some((one) => one === duration)));
      const filters = [{ key: "gateway", operator: "eq", value: ["a"] }] as const;
      assert.equal(await store.delete({ filters, limit: 2, direction: "asc" }), 2);
      await append(...of("a", 20, 22), ...of("b", 105, 106));
      assert.deepEqual(await ofA(), again);
      await append(...of("a", 30, 33), ...of("b", 106, 107));
      assert.deepEqual(await ofA(), strategy === "DELETE_OLDEST" ? [30, 31, 32] : again);
      assert.equal((await left(store, "b")).length, 7);
      await store.append(of("a", 40, 43).map((record) => ({ record })));
      assert.equal((await ofA()).length, 6);
    });
  }

  proves("keeps to the bounds of gateways and to its own at once", async (store) => {
    const bounds = new Map(
      [
        ["a", { entries: 2 }],
        ["b", { entries: 3, strategy: "STOP_INSERTING" }],
        ["c", { entries: 100 }],
      ] as const,
    );
    const all = [...of("a", 0, 4), ...of("b", 4, 8), ...of("c", 8, 11)];
    await store.append(all.map((record) => ({ record })), bounds);
    assert.deepEqual(await left(store), [4, 5, 6, 8, 9, 10]);
    await store.append(of("c", 11, 12).map((record) => ({ record })), bounds);
    assert.deepEqual(await left(store), [5, 6, 8, 9, 10, 11]);
    await store.append([...of("b", 12, 14), ...of("a", 14, 15)].map((record) => ({ record })), bounds);
    assert.deepEqual(await left(store), [8, 9, 10, 11, 12, 14]);
  }, { entries: 6 });

  test(`${name}: a gateway that takes no more does so again once its old ones are gone`, async () => {
    let now = START;
    const { store, close } = await open({ age: HOUR }, () => now);
    try {
      const bounds = new Map([["a", { entries: 2, strategy: "STOP_INSERTING" as const }]]);
      const append = (from: number, to: number) =>
        store.append(of("a", from, to).map((record) => ({ record })), bounds);
      await append(0, 3);
      assert.deepEqual(await left(store), [0, 1]);
      now += 2 * HOUR;
      await append(7201, 7202);
      now += 10_000;
      await append(7202, 7203);
      assert.ok((await left(store)).includes(7202));
      assert.ok((await left(store)).every((duration) => duration > 7000));
    } finally {
      await close?.();
    }
  });

  proves(
    "a gateway's bound that was lowered is reached step by step, and takes none of others",
    async (store) => {
      await append(store, [...of("a", 0, 5), ...of("b", 0, 5)]);
      await store.append(of("a", 5, 6).map((record) => ({ record })), new Map([["a", { entries: 2 }]]));
      assert.deepEqual(await left(store, "a"), [4, 5]);
      assert.equal((await left(store, "b")).length, 5);
    },
  );

  proves("a gateway's bound is kept to a hundredth, whoever else deletes or appends", async (store) => {
    const held = async () => (await store.list({ limit: 1 })).total;
    for (const strategy of ["DELETE_OLDEST", "STOP_INSERTING"] as const) {
      const bounds = new Map([["a", { entries: 300, strategy }]]);
      const add = (from: number, to: number) =>
        store.append(of("a", from, to).map((record) => ({ record })), bounds);
      for (let from = 0; from < 320; from += 2) await add(from, from + 2);
      const most = strategy === "DELETE_OLDEST" ? 303 : 300;
      assert.ok(await held() >= 300 && await held() <= most, `${strategy}: ${await held()}`);
      await store.delete({ limit: 10 });
      await add(400, 404);
      assert.ok(await held() >= 294 && await held() <= 297, `${strategy}: ${await held()}`);
      await store.delete({});
    }
  });

  for (const strategy of ["DELETE_OLDEST", "STOP_INSERTING"] as const) {
    test(`${name}: what is too old goes when something is appended, under ${strategy}`, async () => {
      let now = START;
      const { store, close } = await open({ age: HOUR, entries: 2, strategy }, () => now);
      try {
        await append(store, [
          record({ duration: 1, created_at: at(-2 * HOUR) }),
          record({ duration: 2, created_at: at(-HOUR) }),
          record({ duration: 3, created_at: at(0) }),
        ]);
        assert.deepEqual(await left(store), [2, 3]);
        now += 1;
        await append(store, [record({ duration: 4, created_at: at(1) })]);
        assert.deepEqual(await left(store), [3, 4]);
        now += 2 * HOUR;
        await append(store, [record({ duration: 5, created_at: at(2 * HOUR) })]);
        assert.deepEqual(await left(store), [5]);
      } finally {
        await close?.();
      }
    });
  }
}

/** What is there, by the durations that tell them apart, the oldest first. */
async function left(store: LogStore, gateway?: string): Promise<readonly number[]> {
  const filters: LogFilter[] = gateway ? [{ key: "gateway", operator: "eq", value: [gateway] }] : [];
  const { records } = await store.list({ filters, direction: "asc", limit: 1000 });
  return records.map(({ duration }) => duration).sort((one, other) => one - other);
}

function append(store: LogStore, records: readonly LogRecord[]): Promise<void> {
  return store.append(records.map((record) => ({ record })));
}

/** Proves something of whatever chance draws. */
async function always<Value>(
  drawn: fc.Arbitrary<Value>,
  prove: (value: Value) => Promise<void>,
): Promise<void> {
  await fc.assert(fc.asyncProperty(drawn, prove), { seed, numRuns: 200 });
}
