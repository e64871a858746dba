import * as v from "valibot";
import { optionEntries, type Options } from "../options.ts";
import { USUAL_METADATA } from "../metadata.ts";
import type { Budget, GatewaySettings, OtelTarget, RateLimit, StoredKey } from "../public.ts";
import { plainObject } from "../validate.ts";
import { breakerSchema, type CheckedBreaker } from "./breaker.ts";
import { cloudflareSchema, fromCloudflare } from "./cloudflare.ts";
import { keysSchema, tokensSchema } from "./credentials.ts";
import { budgetsSchema, limitsSchema } from "./limits.ts";
import { otelSchema } from "./otel.ts";
import { retentionSchema } from "./retention.ts";
import { callable, layersSchema, whole } from "./schemas.ts";

/** Settings of one gateway id that were checked. */
export interface CheckedGateway extends GatewaySettings {
  readonly keys: Readonly<Record<string, readonly StoredKey[]>>;
  readonly rateLimit: readonly RateLimit[];
  readonly budgets: readonly Budget[];
  readonly failClosed: boolean;
  readonly maxMetadata: number;
  readonly otel: readonly OtelTarget[];
  readonly breaker?: CheckedBreaker;
}

/** Most entries of metadata that a gateway id may let count: each is kept with every record. */
const MOST_METADATA = 64;

/** What a gateway id may say besides the knobs that requests may turn, too. */
const ownEntries = {
  authentication: v.optional(v.boolean()),
  tokens: v.optional(tokensSchema),
  verify: v.optional(callable),
  keys: v.optional(keysSchema, {}),
  cors: v.optional(v.strictObject({ origins: v.union([v.literal("*"), v.array(v.string())]) })),
  breaker: v.optional(breakerSchema),
  cache: v.optional(
    v.pipe(
      plainObject,
      v.strictObject({
        shared: v.optional(v.boolean()),
        coalesce: v.optional(v.boolean()),
        invalidateOnUpdate: v.optional(v.boolean()),
      }),
    ),
  ),
  rateLimit: v.optional(limitsSchema, []),
  budgets: v.optional(budgetsSchema, []),
  failClosed: v.optional(v.boolean(), false),
  askUsage: v.optional(v.boolean()),
  retention: v.optional(retentionSchema),
  layers: v.optional(layersSchema),
  maxMetadata: v.optional(
    v.pipe(whole(0), v.maxValue(MOST_METADATA, `Expected at most ${MOST_METADATA}`)),
    USUAL_METADATA,
  ),
  otel: v.optional(otelSchema, []),
};

/** The settings of one gateway id. */
export const gatewaySchema: v.GenericSchema<unknown, object> = v.pipe(
  cloudflareSchema,
  v.transform(fromCloudflare),
  v.strictObject({ ...optionEntries, ...ownEntries }),
  v.check(
    ({ authentication, tokens, verify }) => Boolean(authentication) || !(tokens || verify),
    "Expected authentication: true beside tokens or verify",
  ),
  v.check(
    ({ authentication, keys, rateLimit, budgets }) => {
      const counts = [...rateLimit, ...budgets] as { per?: readonly string[] }[];
      const invented = Object.keys(keys).length > 0 && !authentication;
      return !invented || !counts.some(({ per }) => per?.includes("credential"));
    },
    'Expected authentication: true beside keys and "credential", because clients could invent one for each call',
  ),
);

/** A gateway id that says nothing. */
export const silent: CheckedGateway = {
  keys: {},
  rateLimit: [],
  budgets: [],
  failClosed: false,
  maxMetadata: USUAL_METADATA,
  otel: [],
};

/** The knobs among a gateway's settings. */
export function knobsOf(settings: GatewaySettings): Options {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !Object.hasOwn(ownEntries, name)));
}
