import * as v from "valibot";
import { checkEndpoint, withoutSlash } from "../address.ts";
import { bytesBody, readBytes } from "../body.ts";
import { cutMember } from "../cut.ts";
import { GatewayError } from "../errors.ts";
import { part } from "../headers.ts";
import { mergeOptions, optionEntries, readOptions } from "../options.ts";
import type { Site } from "../site.ts";
import type { Fields, Options, Plan, Step, UniversalStep } from "../types.ts";
import { validate } from "../validate.ts";

/** Most steps that one request may list. */
const MOST_STEPS = 1000;

const stepSchema = v.object({
  provider: v.string(),
  endpoint: v.string(),
  headers: v.optional(v.record(v.string(), v.unknown())),
  authorization: v.optional(v.string()),
  query: v.unknown(),
  config: v.optional(v.object(optionEntries)),
  eventId: v.optional(v.string()),
});
const listSchema = v.pipe(
  v.array(stepSchema),
  v.minLength(1, "Expected at least one step"),
  v.maxLength(MOST_STEPS, `Expected at most ${MOST_STEPS} steps`),
);

/** What the steps of a universal request have in common. */
interface Common {
  readonly account: string;
  /** Options of the request itself. */
  readonly options: Options;
  readonly site: Site;
}

/** The universal endpoint: a JSON array of steps, or a single one; each `query` goes on byte for byte. */
export async function universal(request: Request, knobs: Fields, account: string, site: Site): Promise<Plan> {
  const json = await readBytes(request, site.bodyLimit);
  const steps = validateSteps(parse(json));
  const bodies = cutMember(json, "query");
  return plan(steps, bodies.map((bytes) => bytes!), { account, options: readOptions(knobs), site });
}

/** The same plan from values in the same process, whose queries are printed as JSON. */
export function planOf(value: unknown, knobs: Fields, account: string, site: Site): Plan {
  const steps = validateSteps(value);
  const bodies = steps.map(({ query }, index) => new TextEncoder().encode(print(query, index)));
  return plan(steps, bodies, { account, options: readOptions(knobs), site });
}

function parse(json: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(json));
  } catch (cause) {
    throw new GatewayError("invalid", "body: Expected JSON", { cause });
  }
}

function print(query: unknown, index: number): string {
  try {
    const json = JSON.stringify(query);
    if (json !== undefined) return json;
  } catch {
    // A cycle or a bigint: not JSON, like what prints as nothing.
  }
  throw new GatewayError("invalid", `[${index}].query: Expected a JSON value`);
}

function validateSteps(value: unknown): UniversalStep[] {
  const isList = Array.isArray(value);
  if (!isList && (typeof value !== "object" || value === null)) {
    throw new GatewayError("invalid", "body: Expected an array of steps");
  }
  return validate(listSchema, isList ? value : [value]) as UniversalStep[];
}

function plan(
  steps: readonly UniversalStep[],
  bodies: readonly Uint8Array<ArrayBuffer>[],
  common: Common,
): Plan {
  return steps.map((step, index) => buildStep(step, index, bodies[index]!, common)) as [Step, ...Step[]];
}

function buildStep(
  { provider, endpoint, headers, authorization, config, eventId }: UniversalStep,
  index: number,
  bytes: Uint8Array<ArrayBuffer>,
  { account, options, site }: Common,
): Step {
  const resolve = site.directory.get(provider);
  if (!resolve) {
    throw new GatewayError("unknown_provider", undefined, {
      description: `Invalid provider at [${index}].provider`,
    });
  }
  const path = withoutSlash(endpoint);
  checkEndpoint(path, `[${index}].endpoint`);
  const { forward, knobs } = part(readFields({ ...headers, ...(authorization && { authorization }) }, index));
  const fields = { "content-type": "application/json", ...forward };
  return {
    index,
    provider,
    endpoint: path,
    url: resolve(path, { account, headers: fields }),
    method: "POST",
    headers: fields,
    body: bytesBody(bytes),
    options: mergeOptions(site.defaults, options, readOptions(knobs), config),
    ...(eventId ?? knobs["cf-aig-event-id"] ? { eventId: eventId ?? knobs["cf-aig-event-id"] } : {}),
  };
}

/** Header fields out of JSON: names in any case, values that are no strings turned into one. */
function readFields(headers: Readonly<Record<string, unknown>>, index: number): Map<string, string> {
  const fields = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) {
    if (value === null || value === undefined) continue;
    const text = typeof value === "object" ? JSON.stringify(value) : String(value);
    if (!/^[!#$%&'*+.^_`|~\w-]+$/.test(name)) {
      throw new GatewayError(
        "invalid",
        `[${index}].headers: Expected header names but found one that is none`,
      );
    }
    // deno-lint-ignore no-control-regex -- control characters are what is looked for
    if (/[\u0000-\u0008\u000a-\u001f\u007f]|[^\u0000-\u00ff]/.test(text)) {
      throw new GatewayError(
        "invalid",
        `[${index}].headers.${name}: Expected a header value without line breaks`,
      );
    }
    fields.set(name.toLowerCase(), text.trim());
  }
  return fields;
}
