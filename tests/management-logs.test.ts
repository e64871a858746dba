import assert from "node:assert/strict";
import { test } from "node:test";
import { type GatewayError, type LogPatch, type LogStore, memoryLogs, type StatsRow } from "../src/index.ts";
import { arrayLogs, logRecord } from "./support/array-logs.ts";
import { account, least, managed, TOKEN } from "./support/managed.ts";

const inG = { ...account, gateway_id: "g" } as const;
const bytes = (text: string) => new TextEncoder().encode(text);

/** A managed gateway `g` over a log store; `h` is another gateway. */
const over = (logs: LogStore) => managed({ gateways: { g: {}, h: {} } }, { logs });

test("logs are listed in Cloudflare's words, those of their own gateway alone", async () => {
  const logs = arrayLogs(
    logRecord("1", { metadata: { user: "u", n: 1 }, step: 2, user_agent: "ua" }),
    logRecord("22", {
      model: null,
      cost: null,
      tokens_in: null,
      tokens_out: null,
      request_content_type: null,
      response_content_type: null,
    }),
    logRecord("333", { gateway: "h" }),
  );
  const { client } = over(logs);
  const { result, result_info } = await client.aiGateway.logs.list("g", account);
  assert.deepEqual(result_info, { page: 1, per_page: 20, count: 2, total_count: 2 });
  assert.deepEqual(result, [
    {
      id: "22",
      created_at: "2026-11-22T12:00:02.000Z",
      provider: "openai",
      model: "",
      path: "chat/completions",
      duration: 100,
      status_code: 200,
      success: true,
      cached: false,
      step: 0,
      tokens_in: null,
      tokens_out: null,
      custom_cost: false,
      event_id: "22",
      feedback: null,
      score: null,
    },
    {
      id: "1",
      created_at: "2026-11-22T12:00:01.000Z",
      provider: "openai",
      model: "gpt-5",
      path: "chat/completions",
      duration: 100,
      status_code: 200,
      success: true,
      cached: false,
      step: 2,
      tokens_in: 10,
      tokens_out: 20,
      cost: 0.5,
      custom_cost: false,
      metadata: `{"user":"u","n":1}`,
      request_content_type: "application/json",
      response_content_type: "application/json",
      event_id: "1",
      feedback: null,
      score: null,
      user_agent: "ua",
    },
  ]);
});

test("the client goes through all pages of logs, in any order", async () => {
  const logs = arrayLogs(...["c", "aa", "bbb", "dddd", "eeeee"].map((id) => logRecord(id, { provider: id })));
  const { client } = over(logs);
  const ids: string[] = [];
  const order = { order_by: "provider", order_by_direction: "asc" } as const;
  for await (const { id } of client.aiGateway.logs.list("g", { ...account, per_page: 2, ...order })) {
    ids.push(id);
  }
  assert.deepEqual(ids, ["aa", "bbb", "c", "dddd", "eeeee"]);
});

test("meta_info tells the least and the most of all that was found", async () => {
  const logs = arrayLogs(logRecord("1", { cost: 1 }), logRecord("22", { cost: 3, tokens_in: null }));
  const { client } = over(logs);
  const { result_info } = await client.aiGateway.logs.list("g", { ...account, meta_info: true, per_page: 1 });
  assert.deepEqual(result_info, {
    page: 1,
    per_page: 1,
    count: 1,
    total_count: 2,
    min_cost: 1,
    max_cost: 3,
    min_duration: 100,
    max_duration: 100,
    min_tokens_in: 10,
    max_tokens_in: 10,
    min_tokens_out: 20,
    max_tokens_out: 20,
  });
});

type ListParams = NonNullable<Parameters<ReturnType<typeof over>["client"]["aiGateway"]["logs"]["list"]>[1]>;
type Filter = NonNullable<ListParams["filters"]>[number];
const { MAX_VALUE } = Number;
const filters: readonly [told: Filter, asked: unknown][] = [
  [{ key: "id", operator: "eq", value: ["x", "y"] }, { key: "id", operator: "eq", value: ["x", "y"] }],
  [
    { key: "created_at", operator: "gt", value: ["2026-11-22T13:00:00+01:00"] },
    { key: "created_at", operator: "gt", value: ["2026-11-22T12:00:00.000Z"] },
  ],
  [
    { key: "request_content_type", operator: "contains", value: ["json"] },
    { key: "request_content_type", operator: "contains", value: ["json"] },
  ],
  [
    { key: "response_content_type", operator: "neq", value: ["text/html"] },
    { key: "response_content_type", operator: "neq", value: ["text/html"] },
  ],
  [{ key: "success", operator: "eq", value: [true] }, { key: "success", operator: "eq", value: [true] }],
  [{ key: "cached", operator: "neq", value: [false] }, { key: "cached", operator: "neq", value: [false] }],
  [
    { key: "provider", operator: "eq", value: ["open ai&=.[0]"] },
    { key: "provider", operator: "eq", value: ["open ai&=.[0]"] },
  ],
  [
    { key: "model", operator: "neq", value: [null, "m"] },
    [{ key: "model", operator: "contains", value: [""] }, { key: "model", operator: "neq", value: ["m"] }],
  ],
  [{ key: "cost", operator: "gt", value: [0.25] }, { key: "cost", operator: "gt", value: [0.25] }],
  [{ key: "tokens", operator: "lt", value: [5] }, { key: "tokens", operator: "lt", value: [5] }],
  [{ key: "tokens_in", operator: "eq", value: [5] }, { key: "tokens_in", operator: "eq", value: [5] }],
  [{ key: "tokens_out", operator: "eq", value: [5] }, { key: "tokens_out", operator: "eq", value: [5] }],
  [{ key: "duration", operator: "gt", value: [1e3] }, { key: "duration", operator: "gt", value: [1000] }],
  [
    { key: "feedback", operator: "neq", value: [null] },
    { key: "feedback", operator: "gt", value: [-MAX_VALUE] },
  ],
  [{ key: "event_id", operator: "eq", value: ["5"] }, { key: "event_id", operator: "eq", value: ["5"] }],
  [
    { key: "metadata.key", operator: "eq", value: ["user"] },
    { key: "metadata.key", operator: "eq", value: ["user"] },
  ],
  [
    { key: "metadata.value", operator: "eq", value: [5] },
    { key: "metadata.value", operator: "eq", value: ["5"] },
  ],
  [
    { key: "metadata.value", operator: "gt", value: [5] },
    { key: "metadata.value", operator: "gt", value: [5] },
  ],
  [
    { key: "authentication", operator: "eq", value: [true] },
    { key: "caller", operator: "contains", value: [""] },
  ],
  [
    { key: "user_agent", operator: "contains", value: ["curl"] },
    { key: "user_agent", operator: "contains", value: ["curl"] },
  ],
  [{ key: "request_type", operator: "neq", value: ["x"] }, []],
  [{ key: "dlp_action", operator: "neq", value: [null] }, undefined],
  [{ key: "wholesale", operator: "neq", value: [null] }, []],
  [{ key: "model_type", operator: "eq", value: ["x"] }, undefined],
  [{ key: "wholesale", operator: "eq", value: [false] }, []],
  [{ key: "wholesale", operator: "eq", value: [true] }, undefined],
  [{ key: "compatibilityMode", operator: "neq", value: [false] }, undefined],
  [{ key: "dlp_action", operator: "eq", value: ["BLOCK"] }, undefined],
];
for (const [told, asked] of filters) {
  test(`a filter of the client's is one of the store's: ${JSON.stringify(told)}`, async () => {
    const logs = arrayLogs();
    await over(logs).client.aiGateway.logs.list("g", { ...account, filters: [told] });
    const own = { key: "gateway", operator: "eq", value: ["g"] };
    assert.deepEqual(logs.asked[0]?.filters, asked === undefined ? undefined : [own, asked].flat());
  });
}

const several = [
  { key: "provider", operator: "eq", value: ["a", "b"] },
  { key: "cost", operator: "gt", value: [1] },
  { key: "metadata.user", operator: "contains", value: ["c"] },
] as const;
const writings: readonly string[] = [
  "filters.key=provider&filters.operator=eq&filters.value=a&filters.value=b&filters.key=cost&filters.operator=gt" +
  "&filters.value=1&filters.key=metadata.user&filters.operator=contains&filters.value=c",
  "filters.value=a&filters.value=b&filters.operator=eq&filters.key=provider&filters.operator=gt&filters.value=1" +
  "&filters.key=cost&filters.value=c&filters.key=metadata.user&filters.operator=contains",
  "filters[0][key]=provider&filters[1][key]=cost&filters[0][operator]=eq&filters[1][operator]=gt&filters[0][value][]=a" +
  "&filters[0][value][]=b&filters[1][value]=1&filters[2].key=metadata.user&filters[2].operator=contains" +
  "&filters[2].value[0]=c",
  "filters[][key]=provider&filters[][operator]=eq&filters[][value][]=a&filters[][value][]=b&filters[][key]=cost" +
  "&filters[][operator]=gt&filters[][value][]=1&filters[][key]=metadata.user&filters[][operator]=contains" +
  "&filters[][value][]=c",
  `filters=${encodeURIComponent(JSON.stringify(several))}`,
  several.map((filter) => `filters=${encodeURIComponent(JSON.stringify(filter))}`).join("&"),
];
for (const [index, query] of writings.entries()) {
  test(`several filters are read, however a client writes them (${index})`, async () => {
    const logs = arrayLogs();
    assert.equal((await over(logs).raw(`/gateways/g/logs?${query}`)).status, 200);
    assert.deepEqual(logs.asked[0]?.filters?.slice(1), several);
  });
}

const wrong: readonly [query: string, message: RegExp][] = [
  ["filters.key=nothing&filters.operator=eq&filters.value=1", /^filters\.0\.key: Expected a key of logs/],
  ["filters.key=cost&filters.operator=is&filters.value=1", /^filters\.0\.operator: Expected/],
  ["filters.key=cost&filters.operator=eq", /^filters\.0\.value: Expected at least one value$/],
  ["filters.operator=eq&filters.value=1", /^filters\.0\.key: Expected a value but found none$/],
  ["filters.key=cost&filters.operator=eq&filters.value=x", /^filters: cost: Expected a number$/],
  [
    "filters.key=cost&filters.operator=contains&filters.value=1",
    /^filters: cost: Expected eq, neq, lt or gt$/,
  ],
  [
    "filters.key=cost&filters.operator=lt&filters.value=1&filters.value=2",
    /^filters: cost: Expected one value$/,
  ],
  ["filters.key=cached&filters.operator=gt&filters.value=true", /^filters: cached: Expected eq or neq$/],
  ["filters.key=cached&filters.operator=eq&filters.value=constructor", /Expected true or false$/],
  ["filters.key=created_at&filters.operator=gt&filters.value=soon", /^filters: created_at: Expected a date$/],
  [
    "filters.key=model&filters.operator=eq&filters.value=",
    /^filters: model: Expected a value; what is unknown/,
  ],
  ["filters.key=dlp_action&filters.operator=eq&filters.value=", /^filters: dlp_action: Expected a value/],
  [
    "filters.key=wholesale&filters.operator=lt&filters.value=true",
    /^filters: wholesale: Expected eq or neq$/,
  ],
  [
    "filters.key=wholesale&filters.operator=eq&filters.value=x",
    /^filters: wholesale: Expected true or false$/,
  ],
  [
    "filters.key=authentication&filters.operator=eq&filters.value=false",
    /^filters: authentication: Expected eq/,
  ],
  ["filters=[", /^filters: Expected/],
  ["filters=[&filters.key=cached&filters.operator=eq&filters.value=true", /^filters: Expected/],
  ["filters.keys=cost", /^filters\.keys: Expected no such field$/],
  ["order_by=path", /^order_by: Expected/],
  ["min_cost=x", /^min_cost: Expected a number$/],
  ["start_date=soon", /^start_date: Expected a date/],
  ["page=1&page=2", /^page: Expected string$/],
];
for (const [query, message] of wrong) {
  test(`a query that makes no sense is refused, and deletes nothing: ${query}`, async () => {
    const logs = arrayLogs(logRecord("1"));
    const { refused } = over(logs);
    const headers = { authorization: `Bearer ${TOKEN}` };
    const told = await refused(`/gateways/g/logs?${query}`);
    assert.deepEqual([told.status, told.code, told.path?.[0]], [400, 7001, "query"]);
    assert.match(told.message, message);
    const { status } = await refused(`/gateways/g/logs?${query}`, { method: "DELETE", headers });
    assert.deepEqual([status, logs.entries.length], [400, 1]);
  });
}

test("what clients said before there were filters is understood", async () => {
  const logs = arrayLogs();
  const { client } = over(logs);
  await client.aiGateway.logs.list("g", {
    ...account,
    cached: false,
    success: true,
    provider: "openai",
    model: "m",
    request_content_type: "a/b",
    response_content_type: "c/d",
    feedback: 0,
    start_date: "2026-11-22T12:00:00Z",
    end_date: "2026-11-22T13:00:00Z",
    min_cost: 0,
    max_total_tokens: 100,
    search: "hello",
    direction: "asc",
  });
  const { filters = [], ...others } = logs.asked[0]!;
  assert.deepEqual(others, { search: "hello", direction: "asc", limit: 20, offset: 0 });
  const eq = (key: string, value: unknown) => ({ key, operator: "eq", value: [value] });
  assert.deepEqual(filters, [
    eq("gateway", "g"),
    eq("cached", false),
    eq("success", true),
    eq("provider", "openai"),
    eq("model", "m"),
    eq("request_content_type", "a/b"),
    eq("response_content_type", "c/d"),
    eq("feedback", -1),
    { key: "created_at", operator: "gt", value: ["2026-11-22T11:59:59.999Z"] },
    { key: "created_at", operator: "lt", value: ["2026-11-22T13:00:00.001Z"] },
    { key: "cost", operator: "gt", value: [-Number.MIN_VALUE] },
    { key: "tokens", operator: "lt", value: [100 + 100 * Number.EPSILON] },
  ]);
});

test("bounds of older parameters are within", async () => {
  const logs = arrayLogs(logRecord("1", { duration: 10.1 }), logRecord("22", { duration: 30.7 }));
  const { client } = over(logs);
  const found = await client.aiGateway.logs.list("g", { ...account, min_duration: 10.1, max_duration: 30.7 });
  assert.equal(found.result.length, 2);
});

test("a log is shown with all that is known of it", async () => {
  const logs = arrayLogs();
  const request = bytes("x".repeat(3000));
  const record = logRecord("1", {
    caller: "token ci",
    waste: 0.1,
    request_size: 3000,
    response_size: 9,
    tokens_cached: 4,
  });
  logs.entries.push({ record, request, response: bytes(`{"a":"ü"}`.slice(0, 8)) });
  const { client } = over(logs);
  const shown = await client.aiGateway.logs.get("1", inG);
  assert.equal(shown.request_head, "x".repeat(2048));
  assert.deepEqual(
    [shown.request_head_complete, shown.request_size, shown.response_head_complete, shown.response_size],
    [false, 3000, true, 9],
  );
  const { waygate } = shown as unknown as { waygate: Record<string, unknown> };
  assert.deepEqual([waygate["caller"], waygate["waste"], waygate["tokens_cached"]], ["token ci", 0.1, 4]);
});

test("bodies are given as they were kept", async () => {
  const logs = arrayLogs();
  logs.entries.push({
    record: logRecord("1", { response_content_type: "text/html" }),
    request: bytes(`{"model":"m"}`),
    response: bytes("<script>"),
  }, { record: logRecord("22") });
  const { client, raw } = over(logs);
  assert.deepEqual(await client.aiGateway.logs.request("1", inG), { model: "m" });
  assert.equal(await client.aiGateway.logs.response("1", inG), "<script>");
  const { headers } = await raw("/gateways/g/logs/1/response");
  assert.deepEqual(
    [headers.get("content-security-policy"), headers.get("x-content-type-options")],
    ["sandbox", "nosniff"],
  );
  await assert.rejects(client.aiGateway.logs.request("22", inG), { status: 404 });
});

test("a log is judged, and only by what a verdict may say", async () => {
  const logs = arrayLogs(logRecord("1", { feedback: 1, metadata: { a: 1 } }));
  const { client } = over(logs);
  const verdict = { feedback: -1, score: 100, metadata: { user: "u", ok: true } };
  await client.aiGateway.logs.edit("1", { ...inG, ...verdict });
  const { feedback, score, metadata } = logs.entries[0]!.record;
  assert.deepEqual({ feedback, score, metadata }, verdict);
  await client.aiGateway.logs.edit("1", { ...inG, feedback: null });
  assert.deepEqual([logs.entries[0]!.record.feedback, logs.entries[0]!.record.score], [null, 100]);
  for (const wrong of [{ feedback: 2 }, { metadata: { a: 1, b: 1, c: 1, d: 1, e: 1, f: 1 } }]) {
    await assert.rejects(client.aiGateway.logs.edit("1", { ...inG, ...wrong }), { status: 400 });
  }
});

const six = Object.fromEntries(Array.from({ length: 6 }, (_, index) => [`k${index}`, index]));
const verdicts: readonly [verdict: unknown, wrong?: string][] = [
  [{ feedback: 1, score: 100, metadata: { user: "ann", n: 1, ok: true } }],
  [{ feedback: -1, score: -0.5 }],
  [{ feedback: null, score: null, metadata: null }],
  [{}],
  [{ feedback: 5 }, "feedback"],
  [{ feedback: 0 }, "feedback"],
  [{ feedback: "1" }, "feedback"],
  [{ score: "100" }, "score"],
  [{ metadata: { user: { name: "ann" } } }, "metadata.user"],
  [{ metadata: "ann" }, "metadata"],
  [{ metadata: six }, "metadata"],
  [{ verdict: 1 }, "verdict"],
];
for (const [verdict, wrong] of verdicts) {
  test(`the API and the binding take the same verdicts: ${JSON.stringify(verdict)}`, async () => {
    const logs = arrayLogs(logRecord("1"), logRecord("22"));
    const settings = { logs, gateways: { g: {} } };
    const { gateway, raw, refused } = managed(settings);
    const patch = { method: "PATCH", headers: { authorization: `Bearer ${TOKEN}` } };
    const byApi = { ...patch, body: JSON.stringify(verdict) };
    const byBinding = () => gateway.gateway("g").patchLog("22", verdict as LogPatch);
    if (wrong === undefined) {
      assert.equal((await raw("/gateways/g/logs/1", byApi)).status, 200);
      await byBinding();
      const [one, other] = logs.entries.map(({ record: { feedback, score, metadata } }) => ({
        feedback,
        score,
        metadata,
      }));
      assert.deepEqual(one, other);
      return;
    }
    const { status, message } = await refused("/gateways/g/logs/1", byApi);
    assert.equal(status, 400);
    await assert.rejects(byBinding(), (error: GatewayError) => {
      assert.equal(error.code, "invalid");
      assert.ok(error.message.startsWith(`${wrong}: Expected`) && message.startsWith(`${wrong}: Expected`));
      return true;
    });
    const untouched = [logRecord("1"), logRecord("22")];
    assert.deepEqual(logs.entries.map(({ record }) => record), untouched);
  });
}

test("a score is a number that can be kept", async () => {
  const { gateway, raw } = managed({ logs: arrayLogs(logRecord("1")), gateways: { g: {} } });
  await assert.rejects(gateway.patchLog("1", { score: Infinity }), { code: "invalid" });
  const headers = { authorization: `Bearer ${TOKEN}` };
  const { status } = await raw("/gateways/g/logs/1", { method: "PATCH", headers, body: '{"score":1e999}' });
  assert.equal(status, 400);
});

test("logs are deleted by filter, in order, up to a number, and never another gateway's", async () => {
  const records = ["1", "22", "333", "4444"].map((id) => logRecord(id, { cached: id.length % 2 === 0 }));
  const logs = arrayLogs(...records, logRecord("5", { gateway: "h" }));
  const { client } = over(logs);
  const left = () => logs.entries.map(({ record }) => record.id);
  const filters = [{ key: "cached" as const, operator: "eq" as const, value: [true] }];
  const oldest = { limit: 1, order_by: "created_at", order_by_direction: "asc" } as const;
  const answer = await client.aiGateway.logs.delete("g", { ...account, filters, ...oldest });
  assert.equal(answer.success, true);
  assert.deepEqual(left(), ["1", "333", "4444", "5"]);
  const never = [{ key: "dlp_action" as const, operator: "eq" as const, value: ["BLOCK"] }];
  await client.aiGateway.logs.delete("g", { ...account, filters: never });
  assert.equal(left().length, 4);
  await client.aiGateway.logs.delete("g", account);
  assert.deepEqual(left(), ["5"]);
});

test("a log of another gateway is not there", async () => {
  const logs = arrayLogs(logRecord("1", { gateway: "h" }));
  logs.entries[0] = { ...logs.entries[0]!, request: bytes("secret") };
  const { refused } = over(logs);
  const headers = { authorization: `Bearer ${TOKEN}` };
  for (const path of ["", "/request", "/response"]) {
    assert.deepEqual((await refused(`/gateways/g/logs/1${path}`)).code, 7002);
  }
  const patch = { method: "PATCH", headers, body: `{"score":1}` };
  assert.deepEqual((await refused("/gateways/g/logs/1", patch)).code, 7002);
  assert.equal(logs.entries[0]!.record.score, null);
});

test("the logs of a deleted gateway are deleted with it", async () => {
  const logs = arrayLogs(logRecord("1", { gateway: "x" }), logRecord("22", { gateway: "g" }));
  const { client } = over(logs);
  const least = { cache_invalidate_on_update: false, cache_ttl: 0, collect_logs: true };
  const none = { rate_limiting_interval: 0, rate_limiting_limit: 0 };
  await client.aiGateway.create({ ...account, id: "x", ...least, ...none });
  await client.aiGateway.delete("x", account);
  assert.deepEqual(logs.entries.map(({ record }) => record.id), ["22"]);
});

test("without a log store there is none to read", async () => {
  const { refused } = managed({ gateways: { g: {} } });
  for (const path of ["/gateways/g/logs", "/gateways/g/logs/1", "/waygate/stats"]) {
    const { status, message } = await refused(path);
    assert.deepEqual([status, message], [404, "Nothing is logged here"]);
  }
});

test("stats are asked for by time, gateway, group and filter", async () => {
  const logs = arrayLogs();
  const { raw, refused } = over(logs);
  const query = "gateway=g&bucket=60000&by=model&by=provider,metadata.user&start_date=2026-11-22T12:00:00Z" +
    "&end_date=2026-11-23&filters.key=cached&filters.operator=eq&filters.value=false";
  const answer = await (await raw(`/waygate/stats?${query}`)).json();
  assert.deepEqual(answer, { success: true, result: [], errors: [], messages: [] });
  assert.deepEqual(logs.stated, [{
    filters: [
      { key: "gateway", operator: "eq", value: ["g"] },
      { key: "created_at", operator: "gt", value: ["2026-11-22T11:59:59.999Z"] },
      { key: "created_at", operator: "lt", value: ["2026-11-23T00:00:00.000Z"] },
      { key: "cached", operator: "eq", value: [false] },
    ],
    by: ["model", "provider", "metadata.user"],
    bucket: 60_000,
    limit: 10_001,
  }]);
  assert.equal((await refused("/waygate/stats?by=path")).status, 400);
  assert.equal((await refused("/waygate/stats?bucket=5")).status, 400);
});

test("dates that have no neighbours are refused", async () => {
  const { raw } = over(arrayLogs());
  const paths = ["/waygate/stats", "/gateways/g/logs"];
  for (const date of ["start_date=-271821-04-20T00:00:00.000Z", "end_date=%2B275760-09-13T00:00:00.000Z"]) {
    for (const path of paths) {
      const refusal = await raw(`${path}?${date}`);
      assert.equal(refusal.status, 400, `${path}?${date}`);
      assert.match((await refusal.json()).errors[0].message, /_date: Expected a date such as/);
    }
  }
  const latest = "start_date=-271821-04-20T00:00:00.001Z&end_date=%2B275760-09-12T23:59:59.999Z";
  for (const path of paths) assert.equal((await raw(`${path}?${latest}`)).status, 200);
});

test("stats of more than 10,000 rows are refused", async () => {
  const counts = [10_000, 10_001];
  const stats = () => Promise.resolve(Array.from({ length: counts.shift()! }, () => ({}) as StatsRow));
  const { raw } = over({ ...arrayLogs(), stats });
  const path = "/waygate/stats?by=metadata.request_id";
  assert.equal((await (await raw(path)).json()).result.length, 10_000);
  const refusal = await raw(path);
  assert.equal(refusal.status, 400);
  assert.match((await refusal.json()).errors[0].message, /More than 10000 rows/);
});

const finds: readonly [filter: Filter, ids: string][] = [
  [{ key: "feedback", operator: "neq", value: [null] }, "1"],
  [{ key: "authentication", operator: "eq", value: [true] }, "22"],
  [{ key: "model", operator: "neq", value: [null] }, "1,333"],
  [{ key: "cost", operator: "gt", value: [1] }, "333"],
  [{ key: "metadata.value", operator: "eq", value: [42] }, "1"],
  [{ key: "metadata.value", operator: "gt", value: [41] }, "1"],
  [{ key: "created_at", operator: "gt", value: ["2026-11-22T13:00:01.5+01:00"] }, "22,333"],
  [{ key: "request_type", operator: "neq", value: ["x"] }, "1,22,333"],
  [{ key: "wholesale", operator: "eq", value: [true] }, ""],
];

test("a real store finds what filters mean, and adds it up", async () => {
  const logs = memoryLogs();
  const records = [
    logRecord("1", { feedback: 1, metadata: { n: 42 } }),
    logRecord("22", { model: null, caller: "token ci" }),
    logRecord("333", { cost: 2 }),
    logRecord("4444", { gateway: "h" }),
  ];
  await logs.append(records.map((record) => ({ record })));
  const { client, raw } = over(logs);
  for (const [filter, ids] of finds) {
    const order = { order_by_direction: "asc" } as const;
    const { result } = await client.aiGateway.logs.list("g", { ...account, ...order, filters: [filter] });
    assert.equal(result.map(({ id }) => id).join(), ids, JSON.stringify(filter));
  }
  const { result } = await (await raw("/waygate/stats?gateway=g&by=model")).json();
  assert.deepEqual(
    result.map(({ group, requests, cost }: Record<string, unknown>) => [group, requests, cost]),
    [[{ model: null }, 1, 0.5], [{ model: "gpt-5" }, 2, 2.5]],
  );
});

test("what a managed gateway answers is in its logs, and leaves when it is told to", async () => {
  const usage = { prompt_tokens: 3, completion_tokens: 2 };
  const { client, gateway } = managed(
    {},
    { logs: memoryLogs() },
    [() => Response.json({ choices: [], usage })],
  );
  await client.aiGateway.create({ ...account, ...least, id: "g" });
  const url = `http://waygate.test/v1/a/g/openai/chat/completions`;
  const init = { method: "POST", body: JSON.stringify({ model: "gpt-5" }) };
  const response = await gateway.handle(new Request(url, init));
  const id = response.headers.get("cf-aig-log-id")!;
  await response.text();
  await gateway.flush();
  const [log] = (await client.aiGateway.logs.list("g", account)).result;
  assert.deepEqual([log!.id, log!.model, log!.tokens_in, log!.tokens_out, log!.status_code], [
    id,
    "gpt-5",
    3,
    2,
    200,
  ]);
  await client.aiGateway.logs.delete("g", account);
  assert.deepEqual((await client.aiGateway.logs.list("g", account)).result, []);
});

test("a log that still waits for its store may be judged, and goes with all of its gateway", async () => {
  const logs = memoryLogs();
  const { client, gateway } = managed({}, { logs });
  await client.aiGateway.create({ ...account, id: "new", ...least });
  const request = () => new Request("http://waygate.test/v1/a/new/openai/models");
  const response = await gateway.handle(request());
  await response.text();
  const id = response.headers.get("cf-aig-log-id")!;
  await client.aiGateway.logs.edit(id, { ...account, gateway_id: "new", feedback: 1 });
  assert.equal((await logs.get(id))?.feedback, 1);
  await (await gateway.handle(request())).text();
  await client.aiGateway.logs.delete("new", account);
  await gateway.flush();
  assert.equal((await logs.list({})).total, 0);
  await (await gateway.handle(request())).text();
  await client.aiGateway.delete("new", account);
  await gateway.flush();
  assert.equal((await logs.list({})).total, 0);
});
