import * as v from "valibot";
import { checkEndpoint, withoutSlash } from "../address.ts";
import { bytesBody, readBytes } from "../body.ts";
import { cut } from "../cut.ts";
import { GatewayError, wrong } from "../errors.ts";
import { checkField, checkValue, part, type Parted } from "../headers.ts";
import { readMetadata } from "../metadata.ts";
import { mergeOptions, optionEntries, type Options, readOptions } from "../options.ts";
import type { Site } from "../site.ts";
import type { UniversalStep } from "../public.ts";
import type { Digest, Fields, Plan, Step } from "../types.ts";
import { plainObject, validate } from "../validate.ts";
import { destinationOf, stepOf } from "./step.ts";

/** Most steps that one request may list. */
const MOST_STEPS = 1000;

/** Most that steps may take without their queries, in bytes: it is parsed at once. */
const SKELETON_LIMIT = 8 * 1024 * 1024;
/** Members of a step besides its query; what else stands there is nobody's business. */
const KEPT = ["provider", "endpoint", "headers", "authorization", "config", "eventId"];

const stepSchema = v.object({
  provider: v.string(),
  endpoint: v.string(),
  headers: v.nullish(plainObject),
  authorization: v.nullish(v.string()),
  query: v.unknown(),
  config: v.nullish(v.pipe(plainObject, v.object(optionEntries))),
  eventId: v.nullish(v.string()),
});
const listSchema = v.pipe(
  v.array(stepSchema),
  v.minLength(1, "Expected at least one step"),
  v.maxLength(MOST_STEPS, `Expected at most ${MOST_STEPS} steps`),
);

/** What the steps of a universal request have in common. */
export interface Common {
  readonly account: string;
  /** What speaks to the gateway in the request's own header. */
  readonly knobs: Fields | undefined;
  readonly sha256: Digest;
  readonly site: Site;
}

/** The universal endpoint: a JSON array of steps, or a single one; each `query` goes on byte for byte. */
export async function universal(request: Request, common: Common): Promise<Plan> {
  const json = await readBytes(request, common.site.bodyLimit);
  const parts = cut(json, "query", KEPT, MOST_STEPS + 1);
  if (!parts) throw wrong("body", "JSON");
  if (parts.skeleton.length > SKELETON_LIMIT) {
    throw new GatewayError(
      "too_large",
      `The limit for steps without their queries is ${SKELETON_LIMIT} bytes`,
    );
  }
  const steps = validateSteps(JSON.parse(parts.skeleton));
  return await plan(steps, parts.values.map((bytes) => bytes!), common);
}

/** The same plan from values in the same process, whose queries are printed as JSON. */
export async function planOf(value: unknown, common: Common): Promise<Plan> {
  const steps = validateSteps(value);
  const bodies = steps.map(({ query }, index) => new TextEncoder().encode(print(query, index)));
  return await plan(steps, bodies, common);
}

function print(query: unknown, index: number): string {
  try {
    const json = JSON.stringify(query);
    if (json !== undefined) return json;
  } catch {
    // A cycle or a bigint: not JSON, like what prints as nothing.
  }
  throw wrong(`[${index}].query`, "a JSON value");
}

function validateSteps(value: unknown): UniversalStep[] {
  const isList = Array.isArray(value);
  if (!isList && (typeof value !== "object" || value === null)) {
    throw wrong("body", "an array of steps");
  }
  return validate(listSchema, isList ? value : [value]) as UniversalStep[];
}

async function plan(
  steps: readonly UniversalStep[],
  bodies: readonly Uint8Array<ArrayBuffer>[],
  common: Common,
): Promise<Plan> {
  const { knobs: own, site: { guard }, sha256 } = common;
  const options = readOptions(own);
  const plan: Step[] = [];
  for (const [index, step] of steps.entries()) {
    const { forward, knobs } = part(readFields(step, index));
    const headers = guard ? await guard.strip(forward, step.endpoint, sha256) : forward;
    plan.push(buildStep(step, index, bodies[index]!, { forward: headers, knobs }, { ...common, options }));
  }
  return plan as [Step, ...Step[]];
}

function buildStep(
  { provider, endpoint, config, eventId }: UniversalStep,
  index: number,
  bytes: Uint8Array<ArrayBuffer>,
  { forward, knobs }: Parted,
  { account, options, site }: Common & { readonly options: Options },
): Step {
  const destination = destinationOf(provider, site, `[${index}].provider: `);
  const path = withoutSlash(endpoint);
  checkEndpoint(path, `[${index}].endpoint`);
  const ownEventId = eventId ? checkValue(eventId, `[${index}].eventId`) : knobs?.["cf-aig-event-id"];
  const call = {
    index,
    provider,
    endpoint: path,
    method: "POST",
    headers: { "content-type": "application/json", ...forward },
    body: bytesBody(bytes),
    options: mergeOptions(site.defaults, options, readOptions(knobs), config),
    watched: "streams",
    ...(knobs && { metadata: readMetadata(knobs["cf-aig-metadata"], site.maxMetadata) }),
    ...(ownEventId && { eventId: ownEventId }),
  } as const;
  return stepOf(call, destination, account, site);
}

/** Header fields out of JSON: names in any case, values that are no strings turned into one. */
function readFields({ headers, authorization }: UniversalStep, index: number): Map<string, string> {
  const fields = new Map<string, string>();
  for (const [name, value] of headers instanceof Headers ? headers : Object.entries(headers ?? {})) {
    if (value === null || value === undefined) continue;
    const text = typeof value === "object" ? JSON.stringify(value) : String(value);
    if (!/^[!#$%&'*+.^_`|~\w-]+$/.test(name)) {
      throw wrong(`[${index}].headers`, "header names but found one that is none");
    }
    const own = name.toLowerCase();
    fields.set(own, checkField(own, text, `[${index}].headers.${name}`));
  }
  if (authorization) fields.set("authorization", checkValue(authorization, `[${index}].authorization`));
  return fields;
}
