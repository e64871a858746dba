import assert from "node:assert/strict";
import { BUSY, idsOf, oldestFirst } from "./busy.ts";
import { filtersOf, found, ordered, type Told } from "./reference.ts";
import { account, refusal, type Stage } from "./stage.ts";

/** Every key with every operator, one at a time. */
export async function filter(
  { client: { aiGateway: { logs } } }: Stage,
  known: readonly Told[],
): Promise<void> {
  const all = ordered(known, "created_at", "asc");
  let finding = 0;
  for (const filter of filtersOf(known)) {
    const expected = found(all, filter);
    const listed = logs.list(BUSY, { ...account, ...oldestFirst, filters: [filter] });
    if (!expected) {
      assert.deepEqual((await refusal(listed)).slice(0, 2), ["BadRequestError", 400], JSON.stringify(filter));
      continue;
    }
    const { result, result_info } = await listed;
    assert.deepEqual(idsOf(result), idsOf(expected), JSON.stringify(filter));
    assert.equal((result_info as { total_count?: number }).total_count, expected.length);
    finding += Number(expected.length > 0 && expected.length < all.length);
  }
  assert.ok(finding > 100, `${finding} filters parted the records`);
}

/** Several filters at once, and texts. */
export async function combine(
  { client: { aiGateway: { logs } } }: Stage,
  known: readonly Told[],
): Promise<void> {
  const all = ordered(known, "created_at", "asc");
  const filters = filtersOf(known).filter((one) => (found(all, one) ?? []).length > 2);
  const pairs = filters.map((one, at) => [one, filters[(at * 7 + 3) % filters.length]!]);
  const triples = pairs.map((pair, at) => [...pair, filters[(at * 11 + 5) % filters.length]!]);
  for (const some of [...pairs, ...triples].filter((_, at) => at % 3 === 0)) {
    const expected = some.reduce((left, one) => found(left, one)!, all);
    const { result } = await logs.list(BUSY, { ...account, ...oldestFirst, filters: some });
    assert.deepEqual(idsOf(result), idsOf(expected), JSON.stringify(some));
  }
  const searches = ["GPT-5", "trace-", "v1/mess", "Cleo", 'say \\"ö', known[3]!.id.slice(-8), "%", "no such"];
  for (const search of searches) {
    const fold = (text: string) => text.toLowerCase();
    const expected = all.filter(({ id, model, provider, path, event_id, metadata }) =>
      [id, model ?? "", provider, path, event_id, metadata ? JSON.stringify(metadata) : ""]
        .some((text) => fold(text).includes(fold(search)))
    );
    const { result } = await logs.list(BUSY, {
      ...account,
      ...oldestFirst,
      search: search.replaceAll("\\", ""),
    });
    assert.deepEqual(idsOf(result), idsOf(expected), search);
  }
}
