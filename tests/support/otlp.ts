/** Fails with where and why, unless a value is what the messages of OTLP have there. */
type Check = (value: unknown, at: string) => void;

/** A span, once it was checked. */
export interface ReadSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly flags: number;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly ReadAttribute[];
  readonly status: { readonly code?: number };
}

/** An attribute, once it was checked. */
export interface ReadAttribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** A point of a metric, once it was checked. */
export interface ReadPoint {
  readonly attributes: readonly ReadAttribute[];
  readonly startTimeUnixNano: string;
  readonly timeUnixNano: string;
  readonly asInt?: string;
  readonly asDouble?: number;
  readonly count?: string;
  readonly sum?: number;
  readonly min?: number;
  readonly max?: number;
  readonly bucketCounts?: readonly string[];
  readonly explicitBounds?: readonly number[];
}

/** A metric, once it was checked. */
export interface ReadMetric {
  readonly name: string;
  readonly unit: string;
  readonly points: readonly ReadPoint[];
}

/** Fails with where, and why. */
export function fail(at: string, expected: string, value: unknown): never {
  throw new Error(`${at}: expected ${expected}, not ${JSON.stringify(value)}`);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A message of these fields and no others; of each group of `oneofs` at most one is set. */
const message =
  (fields: () => Readonly<Record<string, Check>>, ...oneofs: readonly string[][]): Check => (value, at) => {
    if (!isObject(value)) fail(at, "a message", value);
    for (const [name, one] of Object.entries(value)) {
      const check = fields()[name];
      if (!check) fail(`${at}.${name}`, "no such field", one);
      check(one, `${at}.${name}`);
    }
    for (const group of oneofs) {
      if (group.filter((name) => name in value).length > 1) fail(at, `one of ${group}`, value);
    }
  };

/** The same, of which some fields must be there. */
const having = (names: readonly string[], check: Check): Check => (value, at) => {
  check(value, at);
  for (const name of names) if (!(name in (value as object))) fail(`${at}.${name}`, "a value", undefined);
};

const list = (check: Check): Check => (value, at) => {
  if (!Array.isArray(value)) fail(at, "a list", value);
  value.forEach((one, index) => check(one, `${at}[${index}]`));
};

const all = (...checks: readonly Check[]): Check => (value, at) =>
  checks.forEach((check) => check(value, at));

const text: Check = (value, at) => {
  if (typeof value !== "string" || /\p{Surrogate}/u.test(value)) fail(at, "text that is UTF-8", value);
};
const filled: Check = (value, at) => {
  text(value, at);
  if (value === "") fail(at, "a text that is not empty", value);
};
const bool: Check = (value, at) => {
  if (typeof value !== "boolean") fail(at, "true or false", value);
};
const double: Check = (value, at) => {
  if (typeof value === "string" && /^(NaN|-?Infinity)$/.test(value)) return;
  if (typeof value !== "number" || !Number.isFinite(value)) fail(at, "a number", value);
};
const uint32: Check = (value, at) => {
  if (!Number.isInteger(value) || Number(value) < 0 || Number(value) > 0xffffffff) {
    fail(at, "a uint32", value);
  }
};
const integer = (least: bigint, most: bigint): Check => (value, at) => {
  if (typeof value !== "string" || !/^(0|-?[1-9]\d*)$/.test(value)) {
    fail(at, "64 bits as decimal text", value);
  }
  if (BigInt(value) < least || BigInt(value) > most) fail(at, "64 bits", value);
};
const int64 = integer(-(2n ** 63n), 2n ** 63n - 1n);
const fixed64 = integer(0n, 2n ** 64n - 1n);
const enumeration = (...values: readonly number[]): Check => (value, at) => {
  if (typeof value !== "number" || !values.includes(value)) fail(at, `one of ${values}`, value);
};
const id = (bytes: number): Check => (value, at) => {
  const digits = typeof value === "string" && new RegExp(`^[0-9a-f]{${bytes * 2}}$`, "i").test(value);
  if (!digits || /^0*$/.test(String(value))) {
    fail(at, `${bytes} bytes in hexadecimal digits, not all 0`, value);
  }
};

const anyValue: Check = message(
  () => ({
    stringValue: text,
    boolValue: bool,
    intValue: int64,
    doubleValue: double,
    arrayValue: message(() => ({ values: list(anyValue) })),
    kvlistValue: message(() => ({ values: attributes })),
  }),
  ["stringValue", "boolValue", "intValue", "doubleValue", "arrayValue", "kvlistValue"],
);
const distinct: Check = (value, at) => {
  const keys = (value as { key: string }[]).map(({ key }) => key);
  if (new Set(keys).size < keys.length) fail(at, "each key once", keys);
};
const attributes: Check = all(
  list(having(["key", "value"], message(() => ({ key: filled, value: anyValue })))),
  distinct,
);
const resource = message(() => ({ attributes, droppedAttributesCount: uint32 }));
const scope = message(() => ({ name: text, version: text, attributes, droppedAttributesCount: uint32 }));
const time = { startTimeUnixNano: fixed64, timeUnixNano: fixed64 };
const ordered = (first: string, second: string): Check => (value, at) => {
  const times = value as Record<string, string>;
  if (BigInt(times[first]!) > BigInt(times[second]!)) fail(at, `${first} not after ${second}`, value);
};

const span = all(
  having(
    ["traceId", "spanId", "name", "kind", "startTimeUnixNano", "endTimeUnixNano"],
    message(() => ({
      traceId: id(16),
      spanId: id(8),
      traceState: text,
      parentSpanId: id(8),
      flags: uint32,
      name: filled,
      kind: enumeration(1, 2, 3, 4, 5),
      startTimeUnixNano: fixed64,
      endTimeUnixNano: fixed64,
      attributes,
      droppedAttributesCount: uint32,
      status: message(() => ({ message: text, code: enumeration(0, 1, 2) })),
    })),
  ),
  ordered("startTimeUnixNano", "endTimeUnixNano"),
);

const numberPoint = all(
  having(
    ["startTimeUnixNano", "timeUnixNano"],
    message(
      () => ({ attributes, ...time, asDouble: double, asInt: int64, flags: uint32 }),
      ["asDouble", "asInt"],
    ),
  ),
  ordered("startTimeUnixNano", "timeUnixNano"),
  (value, at) => {
    const { asInt, asDouble } = value as ReadPoint;
    if (!(Number(asInt ?? asDouble) >= 0)) fail(at, "a sum that only grows", value);
  },
);

const histogramPoint = all(
  having(
    ["startTimeUnixNano", "timeUnixNano", "count"],
    message(() => ({
      attributes,
      ...time,
      count: fixed64,
      sum: double,
      bucketCounts: list(fixed64),
      explicitBounds: list(double),
      flags: uint32,
      min: double,
      max: double,
    })),
  ),
  ordered("startTimeUnixNano", "timeUnixNano"),
  (value, at) => {
    const { count, bucketCounts = [], explicitBounds = [] } = value as ReadPoint;
    if (bucketCounts.length !== explicitBounds.length + 1) fail(at, "a bucket more than bounds", value);
    const sum = bucketCounts.reduce((sum, one) => sum + BigInt(one), 0n);
    if (sum !== BigInt(count!)) fail(at, "buckets that add up", value);
    if (explicitBounds.some((bound, place) => bound <= (explicitBounds[place - 1] ?? -Infinity))) {
      fail(at, "bounds that rise", value);
    }
  },
);

/** No two points of a metric speak of the same. */
const apart: Check = (value, at) => {
  const sets = (value as ReadPoint[]).map(({ attributes }) => JSON.stringify(attributes));
  if (new Set(sets).size < sets.length) fail(at, "a point for each set of attributes", sets);
};

const metric = having(
  ["name"],
  message(
    () => ({
      name: (value, at) => {
        if (!/^[a-z][a-z0-9_.\/-]{0,254}$/i.test(String(value))) fail(at, "the name of an instrument", value);
      },
      description: text,
      unit: text,
      sum: having(
        ["dataPoints", "aggregationTemporality"],
        message(() => ({
          dataPoints: all(list(numberPoint), apart),
          aggregationTemporality: enumeration(1, 2),
          isMonotonic: bool,
        })),
      ),
      histogram: having(
        ["dataPoints", "aggregationTemporality"],
        message(() => ({
          dataPoints: all(list(histogramPoint), apart),
          aggregationTemporality: enumeration(1, 2),
        })),
      ),
    }),
    ["sum", "histogram"],
  ),
);

/** One level of what both requests are made of. */
const nested = (kind: "Spans" | "Metrics", name: string, check: Check): Check =>
  message(() => ({
    [`resource${kind}`]: list(message(() => ({
      resource,
      [`scope${kind}`]: list(message(() => ({ scope, [name]: list(check), schemaUrl: text }))),
      schemaUrl: text,
    }))),
  }));

const requests: Readonly<Record<string, Check>> = {
  traces: nested("Spans", "spans", span),
  metrics: nested("Metrics", "metrics", metric),
};

/**
 * Checks a request of OTLP JSON against the messages of OTLP, as strictly as they may be written: no unknown field, no
 * 64-bit integer as a number, no name of an enum's value.
 *
 * @throws {Error} which says where what is wrong
 * @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
export function checkOtlp(signal: "traces" | "metrics", json: string): void {
  requests[signal]!(JSON.parse(json), signal);
}
