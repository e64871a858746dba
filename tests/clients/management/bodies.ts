import assert from "node:assert/strict";
import { BUSY, idsOf, inBusy, logged, oldestFirst } from "./busy.ts";
import { ADMIN, FIXED } from "./gateway.ts";
import { type Filter, ordered, type Told } from "./reference.ts";
import { account, refusal, type Stage } from "./stage.ts";
import { send, visits } from "./traffic.ts";

const lengthOf = (text: string) => new TextEncoder().encode(text).length;

/** One log after the other, their bodies, and their sums. */
export async function show(
  { client: { aiGateway: { logs } }, url }: Stage,
  known: readonly Told[],
): Promise<void> {
  assert.equal(known.filter(({ request }) => request !== undefined).length, 3);
  for (const one of known) {
    if (one.request === undefined) {
      assert.deepEqual(await refusal(logs.request(one.id, inBusy)), ["NotFoundError", 404, 7002]);
      assert.deepEqual(await refusal(logs.response(one.id, inBusy)), ["NotFoundError", 404, 7002]);
      continue;
    }
    const { request, response = "" } = one;
    assert.deepEqual(await logs.request(one.id, inBusy), JSON.parse(request));
    const isJson = one.response_content_type === "application/json";
    assert.deepEqual(await logs.response(one.id, inBusy), isJson ? JSON.parse(response) : response);
    const raw = await logs.response(one.id, inBusy).asResponse();
    assert.equal(await raw.text(), response);
    const shown = await logs.get(one.id, inBusy);
    assert.deepEqual([shown.request_head, shown.request_head_complete, shown.request_size], [
      request,
      true,
      lengthOf(request),
    ]);
    assert.deepEqual([shown.response_head, shown.response_size], [
      response,
      lengthOf(response),
    ]);
  }
  for (const [id, gateway_id] of [["none", BUSY], [known[0]!.id, FIXED], [known[0]!.id, "none"]] as const) {
    const asked = { ...account, gateway_id };
    for (const call of ["get", "request", "response"] as const) {
      assert.deepEqual(await refusal(logs[call](id, asked)), ["NotFoundError", 404, 7002]);
    }
  }
  const stats = await fetch(`${url}/client/v4/accounts/acct/ai-gateway/waygate/stats?gateway=${BUSY}`, {
    headers: { authorization: `Bearer ${ADMIN}` },
  });
  const [{ requests, errors, cached }] = (await stats.json()).result;
  const count = (is: (one: Told) => boolean) => known.filter(is).length;
  assert.deepEqual([requests, errors, cached], [
    known.length,
    count(({ success }) => !success),
    count(({ cached }) => cached),
  ]);
}

/** What may be deleted, and what may not. */
export async function remove({ client: { aiGateway }, url }: Stage, known: readonly Told[]): Promise<void> {
  const { logs } = aiGateway;
  const kept = await send(`${url}/v1/acct/${FIXED}`, visits[5]!);
  await logged(logs, FIXED, [kept]);
  const left = async () => idsOf((await logs.list(BUSY, { ...account, ...oldestFirst })).result);
  const all = ordered(known, "created_at", "asc");
  const never: readonly Filter[] = [
    { key: "dlp_action", operator: "neq", value: [null] },
    { key: "request_type", operator: "eq", value: ["x"] },
    { key: "wholesale", operator: "eq", value: [true] },
    { key: "cost", operator: "gt", value: [1000] },
  ];
  for (const filter of never) {
    assert.equal((await logs.delete(BUSY, { ...account, filters: [filter] })).success, true);
    assert.deepEqual(await left(), idsOf(all), JSON.stringify(filter));
  }
  const nonsense: Filter = { key: "cost", operator: "eq", value: ["much"] };
  assert.deepEqual(await refusal(logs.delete(BUSY, { ...account, filters: [nonsense] })), [
    "BadRequestError",
    400,
    7001,
  ]);

  const groq: Filter = { key: "provider", operator: "eq", value: ["groq"] };
  await logs.delete(BUSY, {
    ...account,
    filters: [groq],
    limit: 2,
    order_by: "created_at",
    order_by_direction: "asc",
  });
  const gone = idsOf(all.filter(({ provider }) => provider === "groq").slice(0, 2));
  assert.deepEqual(await left(), idsOf(all).filter((id) => !gone.includes(id)));
  await logs.delete(BUSY, { ...account, filters: [groq] });
  const others = all.filter(({ provider }) => provider !== "groq");
  const most = others.reduce((one, other) => (one.tokens_in ?? 0) > (other.tokens_in ?? 0) ? one : other);
  await logs.delete(BUSY, { ...account, limit: 1, order_by: "tokens_in", order_by_direction: "desc" });
  assert.deepEqual(await left(), idsOf(others.filter((one) => one !== most)));
  await logs.delete(BUSY, account);
  assert.deepEqual(await left(), []);
  assert.deepEqual(await refusal(logs.response(known[7]!.id, inBusy)), ["NotFoundError", 404, 7002]);
  assert.equal((await logs.get(kept.id, { ...account, gateway_id: FIXED })).model, "free");
}
