/** Records and questions for stores of logs, made by chance. */
import fc from "fast-check";
import process from "node:process";
import type { LogFilter, LogKey, LogQuery, LogRecord, StatsQuery } from "../../src/index.ts";

/** What chance begins with; `SEED=…` repeats a run. */
export const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);

/** The time from which records are. */
export const START = Date.parse("2026-11-22T12:00:00.000Z");

const NASTY = [
  "a",
  "A",
  "ab",
  "äB",
  "ÄB",
  "a%b",
  "a_b",
  "it's",
  'say "so"',
  "back\\slash",
  "a.b",
  "$.a",
  "$[0]",
  "{}",
  "null",
  "42",
  "0.1",
  "true",
  "line\nend",
  "\uffee",
  "\u{1f600}",
  "K\u212a",
  "'; DROP TABLE waygate_logs; --",
  "?1",
  "$1",
  ":a",
  "__proto__",
  "constructor",
];
const text = fc.constantFrom(...NASTY);
const name = fc.constantFrom("key", "value", "user", "", ...NASTY);
const maybe = <Value>(one: fc.Arbitrary<Value>) => fc.option(one, { freq: 4, nil: null });
/** So that sums are the same in whichever order they are added. */
const usd = fc.integer({ min: 0, max: 4096 }).map((parts) => parts / 1024);
const count = fc.integer({ min: 0, max: 20 });
const scalar = fc.oneof(
  { weight: 3, arbitrary: text },
  { weight: 3, arbitrary: fc.constantFrom(42, 7, 0.1, -1, 1e21, 0.30000000000000004, true, false, null) },
);
const metadata = fc.uniqueArray(fc.tuple(name, scalar), { maxLength: 5, selector: ([key]) => key })
  .map((entries): Readonly<Record<string, string | number | boolean | null>> => Object.fromEntries(entries));

const drawn: fc.Arbitrary<LogRecord> = fc.record({
  id: fc.uuid({ version: 7 }),
  created_at: fc.integer({ min: 0, max: 40 }).map((steps) => new Date(START + steps * 450_000).toISOString()),
  account: text,
  gateway: text,
  provider: text,
  model: maybe(text),
  path: text,
  method: fc.constant("POST"),
  duration: fc.oneof(count, fc.constantFrom(0.5, 12.25)),
  status_code: fc.constantFrom(200, 429, 500),
  success: fc.boolean(),
  cached: fc.boolean(),
  step: count,
  tokens_in: maybe(count),
  tokens_out: maybe(count),
  tokens_cached: maybe(count),
  tokens_reasoning: maybe(count),
  cost: maybe(usd),
  custom_cost: fc.boolean(),
  waste: maybe(usd),
  metadata: maybe(metadata),
  event_id: text,
  caller: maybe(text),
  user_agent: maybe(text),
  request_content_type: maybe(text),
  response_content_type: maybe(text),
  request_size: maybe(count),
  response_size: maybe(count),
  ttfb: maybe(count),
  ttft: maybe(count),
  finish_reason: maybe(text),
  ending: maybe(fc.constantFrom("complete", "truncated", "stalled")),
  error: maybe(fc.constantFrom("network", "timeout")),
  attempts: fc.array(
    fc.record({
      step: count,
      provider: text,
      result: maybe(fc.constantFrom<number | "network">(200, 500, "network")),
      began: count,
      ms: maybe(count),
      ending: fc.constant(null),
      tokens_in: maybe(count),
      tokens_out: maybe(count),
      cost: maybe(usd),
    }, { noNullPrototype: true }),
    { maxLength: 2 },
  ),
  feedback: maybe(fc.constantFrom(1, -1)),
  score: maybe(count),
}, { noNullPrototype: true });

/** Keys by which records are found; of metadata those that may be there. */
export const keys: readonly LogKey[] = [
  "id",
  "created_at",
  "gateway",
  "provider",
  "model",
  "path",
  "status_code",
  "success",
  "cached",
  "cost",
  "tokens",
  "tokens_in",
  "tokens_out",
  "duration",
  "feedback",
  "event_id",
  "caller",
  "user_agent",
  "request_content_type",
  "response_content_type",
  "ending",
  "metadata.key",
  "metadata.value",
];
/** Names of metadata that may be there. */
export const names: readonly LogKey[] = ["user", "", ...NASTY].map((name): LogKey => `metadata.${name}`);
/** All that a filter may ask. */
export const operators = ["eq", "neq", "contains", "lt", "gt"] as const;
/** All by which records may be ordered. */
export const orders = [
  "created_at",
  "provider",
  "model",
  "success",
  "cached",
  "cost",
  "duration",
  "tokens_in",
  "tokens_out",
  "feedback",
] as const;

const wanted = fc.oneof(
  scalar,
  usd,
  count,
  fc.constantFrom(200, 500, "complete", "2026-11-22T13", "2026-11-22T14:00:00Z", "2026-11-22T15:00:00+01:00"),
);
const filter: fc.Arbitrary<LogFilter> = fc.record({
  key: fc.constantFrom(...keys, ...names),
  operator: fc.constantFrom(...operators),
  value: fc.array(wanted, { maxLength: 3 }),
});

/** Values of every kind, as somebody may ask for them. */
export const values: readonly LogFilter["value"][] = [
  ...["A", "äb", "%", "_", "it's", '"', "\\", "\u{1f600}", "\uffee", "", "2026-11-22T14:00:00Z"].map((
    value,
  ) => [value]),
  ...[42, 0.1, 0, 1, -1, 200, 10, 2 ** 53, NaN, true, false, null].map((value) => [value]),
  ["2026-11-22T14"],
  ["complete", "stalled", null],
  [1, 5, "a", true],
  [false, true],
  ["a", 42, "äB", "\u{1f600}"],
  [],
];
/** A few of them. */
export const fewValues: readonly LogFilter["value"][] = [["A"], [42], ["42", true, "a"], [0.1, null], [
  "\uffee",
]];

/** Questions of any kind. */
export const query: fc.Arbitrary<LogQuery> = fc.record({
  filters: fc.array(filter, { maxLength: 3 }),
  search: fc.oneof(fc.constant(""), text),
  orderBy: fc.constantFrom(...orders),
  direction: fc.constantFrom("asc", "desc"),
}, { requiredKeys: [] });

/** Questions for sums. */
export const statsQuery: fc.Arbitrary<StatsQuery> = fc.record({
  filters: fc.array(filter, { maxLength: 1 }),
  bucket: fc.constantFrom(60_000, 3_600_000, 86_400_000),
  by: fc.uniqueArray(
    fc.oneof(
      fc.constantFrom("gateway", "provider", "model", "caller"),
      name.map((name): `metadata.${string}` => `metadata.${name}`),
    ),
    { maxLength: 3 },
  ),
  limit: fc.constantFrom(0, 1, 5, Infinity),
}, { requiredKeys: [] });

/** Some records, the same for a seed. */
export function records(count: number): readonly LogRecord[] {
  return fc.sample(drawn, { seed, numRuns: count });
}

let ids = 0;
/** One record, in no way special but for what is told. */
export function record(told: Partial<LogRecord> = {}): LogRecord {
  const id = `00000000-0000-7000-8000-${String(ids++).padStart(12, "0")}`;
  return {
    id,
    created_at: new Date(START).toISOString(),
    account: "a",
    gateway: "g",
    provider: "openai",
    model: null,
    path: "chat/completions",
    method: "POST",
    duration: 1,
    status_code: 200,
    success: true,
    cached: false,
    step: 0,
    tokens_in: null,
    tokens_out: null,
    tokens_cached: null,
    tokens_reasoning: null,
    cost: null,
    custom_cost: false,
    waste: null,
    metadata: null,
    event_id: id,
    caller: null,
    user_agent: null,
    request_content_type: null,
    response_content_type: null,
    request_size: null,
    response_size: null,
    ttfb: null,
    ttft: null,
    finish_reason: null,
    ending: null,
    error: null,
    attempts: [],
    feedback: null,
    score: null,
    ...told,
  };
}
