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

function tell(issue: v.BaseIssue<unknown>, name: string): string {
  const path = (issue.path ?? []).reduce((path, { key }) => {
    if (typeof key === "number") return `${path}[${key}]`;
    return path ? `${path}.${String(key)}` : String(key);
  }, name);
  return path ? `${path}: ${expectation(issue)}` : expectation(issue);
}

function expectation({ kind, type, expected, message }: v.BaseIssue<unknown>): string {
  if (kind !== "schema" || type === "custom" || !expected) return message;
  if (type === "object") return "Expected a value but found none";
  return expected === "never" ? "Expected no such field" : `Expected ${expected}`;
}
