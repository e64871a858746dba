import { wrong } from "../errors.ts";
import { type Knobs, readConfig } from "../knobs.ts";
import type { UniversalStep } from "../public.ts";

/** Most steps that one request may list. */
export const MOST_STEPS = 1000;

/**
 * The steps in a JSON value: a list of them, or one alone.
 *
 * @throws {GatewayError} `invalid`, naming the field and what was expected of it
 */
export function readSteps(value: unknown, knobs: Knobs): readonly UniversalStep[] {
  const isList = Array.isArray(value);
  if (!isList && (typeof value !== "object" || value === null)) throw wrong("body", "an array of steps");
  const steps: readonly unknown[] = isList ? value : [value];
  if (steps.length === 0) throw wrong("body", "at least one step");
  if (steps.length > MOST_STEPS) throw wrong("body", `at most ${MOST_STEPS} steps`);
  return steps.map((step, index) => readStep(step, `[${index}]`, knobs));
}

function readStep(step: unknown, name: string, knobs: Knobs): UniversalStep {
  const members = readObject(step, name);
  const { provider, endpoint, headers, authorization, config, eventId, query } = members;
  if (!("query" in members)) throw wrong(`${name}.query`, "a value but found none");
  return {
    provider: readText(provider, `${name}.provider`),
    endpoint: readText(endpoint, `${name}.endpoint`),
    query,
    ...(isThere(headers) && { headers: readObject(headers, `${name}.headers`) }),
    ...(authorization !== undefined && { authorization: readText(authorization, `${name}.authorization`) }),
    ...(isThere(config) &&
      { config: readConfig(readObject(config, `${name}.config`), `${name}.config`, knobs) }),
    ...(isThere(eventId) && { eventId: readText(eventId, `${name}.eventId`) }),
  };
}

function readText(value: unknown, name: string): string {
  if (typeof value === "string") return value;
  throw wrong(name, value === undefined ? "a value but found none" : "string");
}

function isThere(value: unknown): value is NonNullable<unknown> {
  return value !== undefined && value !== null;
}

function readObject(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw wrong(name, "an object");
}
