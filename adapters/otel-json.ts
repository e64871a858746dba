/** A value in OTLP JSON: 64-bit integers are text, as are numbers that JSON does not have. */
export type AnyValue =
  | { readonly stringValue: string }
  | { readonly boolValue: boolean }
  | { readonly intValue: string }
  | { readonly doubleValue: number | string }
  | { readonly arrayValue: { readonly values: readonly AnyValue[] } };

/** An attribute in OTLP JSON. */
export interface KeyValue {
  readonly key: string;
  readonly value: AnyValue;
}

/** An amount, whether or not it happens to be whole: what is once a double has to be one always. */
export interface Amount {
  readonly double: number | null;
}

/** What an attribute may be made from; one that is null or undefined is left out. */
export type Value = string | number | boolean | readonly string[] | Amount | null | undefined;

/** Longest text of an attribute, in characters: models and metadata are as long as clients like. */
const LONGEST = 1024;

/**
 * Attributes in OTLP JSON. Of several with one key the first is taken.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
export function attributes(entries: Iterable<readonly [key: string, value: Value]>): KeyValue[] {
  const values = new Map<string, AnyValue>();
  for (const [name, given] of entries) {
    const key = text(name);
    const value = anyValue(given);
    if (key !== "" && value && !values.has(key)) values.set(key, value);
  }
  return Array.from(values, ([key, value]) => ({ key, value }));
}

function anyValue(value: Value): AnyValue | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === "string") return { stringValue: text(value) };
  if (typeof value === "boolean") return { boolValue: value };
  if (typeof value === "number") {
    return Number.isSafeInteger(value) ? { intValue: String(value) } : double(value);
  }
  if ("double" in value) return value.double === null ? undefined : double(value.double);
  return { arrayValue: { values: value.map((one) => ({ stringValue: text(one) })) } };
}

function double(value: number): AnyValue {
  return { doubleValue: Number.isFinite(value) ? value : String(value) };
}

/** A text as protobuf takes it: half a surrogate pair would make a receiver refuse all that comes with it. */
export function text(value: string): string {
  const short = value.length > LONGEST ? value.slice(0, LONGEST) : value;
  return /[\ud800-\udfff]/.test(short) ? short.replace(/\p{Surrogate}/gu, "\ufffd") : short;
}

/** A time in ns as text, from one in ms since the epoch. */
export function nanos(ms: number): string {
  return `${Math.round(ms * 1000)}000`;
}
