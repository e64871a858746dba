import * as v from "valibot";
import { Refusal, type RefusalCode } from "./refusal.ts";

/** Anything that becomes an `Output`. */
export type Schema<Output> = v.GenericSchema<unknown, Output>;

/** Most complaints of one answer. */
const MOST = 10;

/**
 * What a schema makes of a value.
 *
 * @param part of the request, such as `body`
 * @throws {Refusal} that names each offending field and what was expected of it, never its value
 */
export function check<Output>(
  schema: Schema<Output>,
  value: unknown,
  part: string,
  code: RefusalCode = "invalid",
): Output {
  const { success, output, issues } = v.safeParse(schema, value);
  if (success) return output;
  throw new Refusal(
    code,
    issues!.slice(0, MOST).map((issue) => {
      const path = (issue.path ?? []).map(({ key }) => String(key));
      return { message: `${path.join(".") || part}: ${expectation(issue)}`, path: [part, ...path] };
    }),
  );
}

function expectation({ kind, expected, received, message }: v.BaseIssue<unknown>): string {
  if (kind !== "schema" || !expected || !message.startsWith("Invalid ")) {
    return message.replace(/ but received .*/s, "").replace(/^Invalid [^:]*: /, "");
  }
  if (received === "undefined") return "Expected a value but found none";
  return expected === "never" ? "Expected no such field" : `Expected ${expected}`;
}

/** A whole number between two others. */
export const whole = (least: number, most: number = Number.MAX_SAFE_INTEGER): Schema<number> =>
  v.pipe(
    v.number(),
    v.integer("Expected a whole number"),
    v.minValue(least, `Expected at least ${least}`),
    v.maxValue(most, `Expected at most ${most}`),
  );

/** A number out of a query. */
export const numeral = (schema: Schema<number> = v.number()): Schema<number> =>
  v.pipe(
    v.string(),
    v.regex(/^-?\d+(\.\d+)?(e-?\d+)?$/i, "Expected a number"),
    v.transform((text) => Number(text)),
    schema as v.GenericSchema<number>,
  );

/** A boolean out of a query. */
export const flag: Schema<boolean> = v.pipe(
  v.string(),
  v.picklist(["true", "false"]),
  v.transform((text) => text === "true"),
  v.boolean(),
);

/** The first and the last moment that dates know are this far from the epoch, in ms. */
const FARTHEST = 8.64e15;

/** A date out of a query, as `2026-11-22T12:00:00.000Z`, with a moment before and one after it. */
export const moment: Schema<string> = v.pipe(
  v.string(),
  v.check((text) => Math.abs(Date.parse(text)) < FARTHEST, "Expected a date such as 2026-11-22T12:00:00Z"),
  v.transform((text) => new Date(text).toISOString()),
  v.string(),
);

/** Names that would not be members of an object like any other. */
export const isOrdinary = (name: string): boolean =>
  !["__proto__", "prototype", "constructor"].includes(name);
