import assert from "node:assert/strict";
import type { LogListParams } from "cloudflare/resources/ai-gateway/logs";
import { BUSY, idsOf } from "./busy.ts";
import { ordered, type Told } from "./reference.ts";
import { account, type Stage } from "./stage.ts";

const orders = ["created_at", "provider", "model", "model_type", "success", "cached"] as const;

/** Every order, page by page. */
export async function page(
  { client: { aiGateway: { logs } } }: Stage,
  known: readonly Told[],
): Promise<void> {
  for (const order_by of orders) {
    for (const order_by_direction of ["asc", "desc"] as const) {
      const ids: string[] = [];
      const query = { ...account, order_by, order_by_direction, per_page: 3 };
      for await (const { id } of logs.list(BUSY, query)) ids.push(id);
      assert.deepEqual(
        ids,
        idsOf(ordered(known, order_by, order_by_direction)),
        `${order_by} ${order_by_direction}`,
      );
    }
  }
  const latestFirst = await logs.list(BUSY, account);
  assert.deepEqual(idsOf(latestFirst.result), idsOf(ordered(known, "created_at", "desc")));
  const { result_info } = await logs.list(BUSY, { ...account, page: 2, per_page: 5, meta_info: true });
  const range = (name: "cost" | "duration" | "tokens_in" | "tokens_out") => {
    const values = known.map((one) => one[name]).filter((one) => one !== null);
    return { [`min_${name}`]: Math.min(...values), [`max_${name}`]: Math.max(...values) };
  };
  assert.deepEqual(result_info, {
    page: 2,
    per_page: 5,
    count: 5,
    total_count: known.length,
    ...range("cost"),
    ...range("duration"),
    ...range("tokens_in"),
    ...range("tokens_out"),
  });
  assert.deepEqual((await logs.list(BUSY, { ...account, page: 9 })).result, []);
}

/** Parameters that are older than filters. */
export async function older(
  { client: { aiGateway: { logs } } }: Stage,
  known: readonly Told[],
): Promise<void> {
  const all = ordered(known, "created_at", "asc");
  const middle = all[5]!.created_at;
  const total = (one: Told) => one.tokens_in === null ? null : one.tokens_in + (one.tokens_out ?? 0);
  const within = (value: number | null, least: number, most: number) =>
    value !== null && value >= least && value <= most;
  const cases: readonly [Partial<LogListParams>, (one: Told) => boolean][] = [
    [{ cached: true }, (one) => one.cached],
    [{ success: false }, (one) => !one.success],
    [{ provider: "groq" }, (one) => one.provider === "groq"],
    [{ model: "gpt-5" }, (one) => one.model === "gpt-5"],
    [{ model_type: "text" }, () => false],
    [{ request_content_type: "application/json" }, (one) => one.request_content_type !== null],
    [
      { response_content_type: "text/event-stream" },
      (one) => one.response_content_type === "text/event-stream",
    ],
    [{ feedback: 1 }, (one) => one.feedback === 1],
    [{ feedback: 0 }, (one) => one.feedback === -1],
    [{ start_date: middle }, (one) => one.created_at >= middle],
    [{ end_date: middle }, (one) => one.created_at <= middle],
    [{ min_cost: 0.25 }, (one) => within(one.cost, 0.25, Infinity)],
    [{ min_cost: 0, max_cost: 21 / 1024 }, (one) => within(one.cost, 0, 21 / 1024)],
    [{ min_tokens_in: 3, max_tokens_in: 7 }, (one) => within(one.tokens_in, 3, 7)],
    [{ min_tokens_out: 2, max_tokens_out: 9 }, (one) => within(one.tokens_out, 2, 9)],
    [{ min_total_tokens: 5, max_total_tokens: 10 }, (one) => within(total(one), 5, 10)],
    [{ min_duration: all[0]!.duration, max_duration: 1e6 }, (one) => one.duration >= all[0]!.duration],
    [{ success: true, provider: "openai", search: "o3" }, (one) => one.model === "o3"],
  ];
  for (const [query, expected] of cases) {
    const { result } = await logs.list(BUSY, { ...account, per_page: 50, direction: "asc", ...query });
    assert.deepEqual(idsOf(result), idsOf(all.filter(expected)), JSON.stringify(query));
  }
}
