import * as v from "valibot";
import { GatewayError } from "./errors.ts";

/**
 * What a schema makes of a value.
 *
 * @throws {GatewayError} `invalid`, naming the first offending field and what was expected of it, never its value
 */
export function validate<Output>(
  schema: v.GenericSchema<unknown, Output>,
  value: unknown,
  name = "",
): Output {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  throw new GatewayError("invalid", tell(result.issues[0], name));
}

/** Any object but an array, which valibot's own schemas take for one. */
export const plainObject: v.GenericSchema<unknown, object> = v.custom<object>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  "Expected Object",
);

function tell(issue: v.BaseIssue<unknown>, name: string): string {
  const path = (issue.path ?? []).reduce((path, { key }) => {
    if (typeof key === "number") return `${path}[${key}]`;
    return path ? `${path}.${String(key)}` : String(key);
  }, name);
  return path ? `${path}: ${expectation(issue)}` : expectation(issue);
}

/** What was expected, never what was found. */
export function expectation({ kind, type, expected, received, message }: v.BaseIssue<unknown>): string {
  if (kind !== "schema" || type === "custom" || !expected) return message;
  if (received === "undefined") return "Expected a value but found none";
  return expected === "never" ? "Expected no such field" : `Expected ${expected}`;
}
