import * as v from "valibot";
import type { FallbackCause, Fields, Options } from "./types.ts";

/** One knob: the header that turns it, if any, and what it takes in JSON. */
interface Knob<Value> {
  readonly header?: string;
  readonly schema: v.GenericSchema<unknown, Value>;
}

/** Longest time that a timer can measure, in ms: about 25 days. */
const LONGEST_TIMER = 2 ** 31 - 1;
const clamped = (lowest: number, highest: number): v.GenericSchema<unknown, number> =>
  v.pipe(v.number(), v.integer(), v.transform((value) => Math.min(Math.max(value, lowest), highest)));

const time = clamped(0, LONGEST_TIMER);
const words = ["timeout", "network", "rate_limit", "content_filter", "context_length"];
const cause = v.custom<FallbackCause>(
  (value) => Number.isInteger(value) ? Number(value) >= 100 && Number(value) <= 599 : isClassOrWord(value),
  `Expected a status, a class such as "5xx", or one of ${words.join(", ")}`,
);
const isClassOrWord = (value: unknown): boolean =>
  typeof value === "string" && (/^[1-5]xx$/.test(value) || words.includes(value));

/** Every knob a client may turn: name in `config` and in settings, header, and what it takes. */
const knobs: { readonly [Name in keyof Required<Options>]: Knob<NonNullable<Options[Name]>> } = {
  connectTimeout: { schema: time },
  requestTimeout: { header: "cf-aig-request-timeout", schema: time },
  idleTimeout: { header: "waygate-idle-timeout", schema: time },
  totalTimeout: { header: "waygate-total-timeout", schema: time },
  commit: { header: "waygate-commit", schema: v.picklist(["headers", "event", "complete"]) },
  fallbackOn: { schema: v.array(cause) },
  hedgeAfter: { schema: time },
  maxAttempts: { header: "cf-aig-max-attempts", schema: clamped(1, 5) },
  retryDelay: { header: "cf-aig-retry-delay", schema: clamped(0, 5000) },
  backoff: { header: "cf-aig-backoff", schema: v.picklist(["constant", "linear", "exponential"]) },
};

/** What `config` and a gateway's settings may say of {@linkcode Options}. */
export const optionEntries: v.ObjectEntries = Object.fromEntries(
  Object.entries(knobs).map(([name, { schema }]) => [name, v.optional(schema)]),
);

const none: Options = Object.freeze({});

/** Options told in header fields. A value that cannot be read is ignored, as an absent one. */
export function readOptions(fields: Fields): Options {
  const read: Record<string, unknown> = {};
  let found = false;
  for (const [name, { header, schema }] of Object.entries(knobs)) {
    const text = header && fields[header]?.trim();
    if (!text) continue;
    const value = v.safeParse(schema, /^-?\d+$/.test(text) ? Number(text) : text);
    if (!value.success) continue;
    read[name] = value.output;
    found = true;
  }
  return found ? read : none;
}

/** Later options outrank earlier ones; none of them needs to say anything. */
export function mergeOptions(...sources: readonly (Options | undefined)[]): Options {
  const telling = sources.filter((options) => options && Object.keys(options).length > 0);
  return telling.length > 1 ? Object.assign({}, ...telling) : telling[0] ?? none;
}

/** Whether options ask for something that cannot be had without looking at the answer. */
export function watches({ commit, maxAttempts = 1, idleTimeout, totalTimeout }: Options): boolean {
  return commit !== undefined || maxAttempts > 1 || idleTimeout !== undefined || totalTimeout !== undefined;
}
