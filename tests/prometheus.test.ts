import assert from "node:assert/strict";
import { test } from "node:test";
import { prometheusMetrics, type PrometheusSettings } from "../adapters/prometheus.ts";
import type { LogRecord } from "../src/index.ts";
import { readExposition, type ReadSample } from "./support/exposition.ts";
import { attempt, record } from "./support/record.ts";

/** What is told of records, by what it is about. */
function counted(records: readonly LogRecord[], settings: PrometheusSettings = {}) {
  const metrics = prometheusMetrics(settings);
  records.forEach(metrics.onEnd);
  const samples = readExposition(metrics.text());
  return (name: string): [Record<string, string>, number][] =>
    samples.filter((sample: ReadSample) => sample.name === `waygate_${name}`).map((
      { labels, value },
    ) => [labels, value]);
}

const called = { gateway: "g", provider: "openai", model: "gpt-5" };

test("requests, tokens and money are counted by what they were", () => {
  const at = counted([
    record({ cost: 0.25, waste: 0.5 }),
    record({ cost: 0.125, waste: null }),
    record({ success: false, status_code: 503, tokens_in: null, tokens_out: null, cost: null }),
    record({ cached: true, cost: 0 }),
  ]);
  assert.deepEqual(at("requests_total"), [
    [{ ...called, status: "2xx", cached: "false" }, 2],
    [{ ...called, status: "5xx", cached: "false" }, 1],
    [{ ...called, status: "2xx", cached: "true" }, 1],
  ]);
  assert.deepEqual(at("tokens_total"), [
    [{ ...called, cached: "false", direction: "input" }, 200],
    [{ ...called, cached: "false", direction: "output" }, 40],
    [{ ...called, cached: "true", direction: "input" }, 100],
    [{ ...called, cached: "true", direction: "output" }, 20],
  ]);
  assert.deepEqual(at("cost_dollars_total"), [[called, 0.375]]);
  assert.deepEqual(at("waste_dollars_total"), [[called, 0.5]]);
});

test("times are counted in buckets, each with all that are no longer", () => {
  const at = counted([
    record({ duration: 100 }),
    record({ duration: 500, ttft: null }),
    record({ duration: 9000 }),
  ], {
    buckets: [0.1, 1, 5],
  });
  const timed = { ...called, cached: "false" };
  assert.deepEqual(at("request_duration_seconds_bucket"), [
    [{ ...timed, le: "0.1" }, 1],
    [{ ...timed, le: "1" }, 2],
    [{ ...timed, le: "5" }, 2],
    [{ ...timed, le: "+Inf" }, 3],
  ]);
  assert.deepEqual(at("request_duration_seconds_sum"), [[timed, 9.6]]);
  assert.deepEqual(at("request_duration_seconds_count"), [[timed, 3]]);
  assert.deepEqual(at("time_to_first_token_seconds_count"), [[timed, 2]]);
  assert.deepEqual(at("time_to_first_token_seconds_sum"), [[timed, 0.8]]);
});

for (
  const [outcome, changes] of [
    ["ok", {}],
    ["ok", { ending: null }],
    ["4xx", { result: 429, ending: null }],
    ["5xx", { result: 500, ending: "complete" }],
    ["truncated", { ending: "truncated" }],
    ["timeout", { result: "timeout", ending: null }],
    ["aborted", { result: null, ms: null, ending: null }],
  ] as const
) {
  test(`attempts are counted by what came of them: ${outcome}, ${JSON.stringify(changes)}`, () => {
    const at = counted([record({ attempts: [attempt({ provider: "groq", ...changes })] })]);
    assert.deepEqual(at("attempts_total"), [[{ provider: "groq", outcome }, 1]]);
  });
}

test("a label holds whatever a client writes", () => {
  const model = 'a"b\\c\nd}e,f="g" 1\\n';
  assert.equal(counted([record({ model })])("requests_total")[0]![0]["model"], model);
});

test("a label is cut when it is long", () => {
  const [[labels] = []] = counted([record({ model: "x".repeat(10_000) })])("requests_total");
  assert.equal(labels!["model"]!.length, 256);
});

test("a request without a model has an empty one", () => {
  assert.equal(counted([record({ model: null })])("requests_total")[0]![0]["model"], "");
});

test("models beyond the limit are other, and so is a gateway that nobody knows", () => {
  const models = ["a", "b", "c", "d", "a"].map((model) => record({ model }));
  const at = counted([...models, record({ gateway: "new", model: "a" })], { limit: 2 });
  assert.deepEqual(at("cost_dollars_total"), [
    [{ ...called, model: "a" }, 0.5],
    [{ ...called, model: "b" }, 0.25],
    [{ ...called, model: "other" }, 0.5],
    [{ gateway: "other", provider: "other", model: "other" }, 0.25],
  ]);
});

test("however much clients make up, the text stays as long as it was", () => {
  const metrics = prometheusMetrics({ limit: 5 });
  const flood = (from: number) => {
    for (let sent = from; sent < from + 1000; sent++) {
      const name = `n${sent}`;
      const attempts = [attempt({ provider: name })];
      metrics.onEnd(record({ gateway: name, provider: name, model: name, caller: name, attempts }));
    }
    return metrics.text().split("\n").length;
  };
  assert.equal(flood(0), flood(1000));
});

test("callers are told only where they are asked for", () => {
  const records = [record({ caller: "ann" }), record({ caller: null })];
  const named = ["ann", ""].map((caller) => [{ ...called, caller }, 0.25]);
  assert.deepEqual(counted(records)("cost_dollars_total"), [[called, 0.5]]);
  assert.deepEqual(counted(records, { callers: true })("cost_dollars_total"), named);
  const metrics = prometheusMetrics();
  records.forEach(metrics.onEnd);
  assert.equal(metrics.text().includes("ann"), false);
});

test("no id of a request is told", () => {
  const metrics = prometheusMetrics({ callers: true });
  metrics.onEnd(record());
  assert.equal(metrics.text().includes(record().id), false);
});

test("a counter never shrinks, whatever a client says that it costs", () => {
  const costs = [1, -5, NaN, Infinity].map((cost) => record({ cost }));
  assert.deepEqual(counted(costs)("cost_dollars_total"), [[called, 1]]);
});

test("a scrape is answered with text, and nothing else is", async () => {
  const metrics = prometheusMetrics();
  metrics.onEnd(record());
  const ask = (method: string) => metrics.handle(new Request("http://waygate.test/metrics", { method }));
  const scraped = ask("GET");
  assert.equal(scraped.status, 200);
  assert.equal(scraped.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  assert.equal(await scraped.text(), metrics.text());
  const head = ask("HEAD");
  assert.deepEqual([head.status, await head.text()], [200, ""]);
  const refused = ask("POST");
  assert.deepEqual([refused.status, refused.headers.get("allow")], [405, "GET, HEAD"]);
  await refused.text();
});

test("before the first request every metric is there, and empty", () => {
  const text = prometheusMetrics().text();
  assert.deepEqual(readExposition(text), []);
  assert.equal(text.match(/^# TYPE /gm)!.length, 7);
});

for (
  const settings of [{ limit: 0 }, { limit: 1.5 }, { buckets: [2, 1] }, { buckets: [1, 1] }, {
    buckets: [NaN],
  }]
) {
  test(`a setting that is wrong is refused: ${JSON.stringify(settings)}`, () => {
    assert.throws(
      () => prometheusMetrics(settings),
      /^TypeError: prometheusMetrics: (limit|buckets): Expected/,
    );
  });
}
