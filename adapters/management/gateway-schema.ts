import * as v from "valibot";
import { isOrdinary, type Schema, whole } from "./check.ts";
import { otelSchema } from "./otel-schema.ts";
import type { ManagedGateway } from "./stored.ts";

/** What somebody says of a gateway who makes or changes it. */
export type GatewayFields = Omit<ManagedGateway, "id" | "created_at" | "modified_at">;

/** Something of Cloudflare's that waygate has not: it may only be told to stay away. */
const absent = (what: string, ...nothings: readonly v.GenericSchema[]): Schema<unknown> =>
  v.optional(v.union([...nothings], `Expected none: waygate has no ${what}`)) as Schema<unknown>;

const picked = v.strictObject({ mode: v.literal("filter"), values: v.array(v.string()) });
const rule = v.strictObject({
  id: v.optional(v.pipe(v.string(), v.regex(/^[\w .-]{1,64}$/, "Expected 1 to 64 letters, digits and ._-"))),
  enabled: v.optional(v.boolean(), true),
  limit: v.pipe(
    v.number(),
    v.gtValue(0, "Expected more than 0"),
    v.maxValue(1e6, "Expected at most 1000000"),
  ),
  limitType: v.literal("cost"),
  window: whole(1),
  technique: v.optional(v.picklist(["fixed", "sliding"]), "fixed"),
  model: v.optional(picked),
  provider: v.optional(picked),
  metadata: v.optional(
    v.record(v.string(), v.variant("mode", [picked, v.strictObject({ mode: v.literal("partition") })])),
  ),
});
const spendLimits = v.strictObject({
  enabled: v.optional(v.boolean(), true),
  rules: v.optional(v.pipe(v.array(rule), v.maxLength(20, "Expected at most 20 rules")), []),
});

const required = {
  cache_invalidate_on_update: v.boolean(),
  cache_ttl: v.nullable(whole(0, 30 * 86_400)),
  collect_logs: v.boolean(),
  rate_limiting_interval: v.nullable(whole(0)),
  rate_limiting_limit: v.nullable(whole(0)),
};
const optional = {
  authentication: v.optional(v.boolean()),
  byok_only: v.optional(v.boolean()),
  rate_limiting_technique: v.nullish(v.picklist(["fixed", "sliding"])),
  retry_backoff: v.nullish(v.picklist(["constant", "linear", "exponential"])),
  retry_delay: v.nullish(whole(0, 5000)),
  retry_max_attempts: v.nullish(whole(1, 5)),
  spend_limits: v.nullish(spendLimits),
  log_management: v.nullish(whole(1)),
  log_management_strategy: v.nullish(v.picklist(["STOP_INSERTING", "DELETE_OLDEST"])),
  otel: v.nullish(otelSchema),
  dlp: absent("DLP", v.looseObject({ enabled: v.literal(false) })),
  guardrails: absent(
    "guardrails",
    v.null(),
    v.strictObject({ prompt: v.strictObject({}), response: v.strictObject({}) }),
  ),
  log_classification: absent("classification of logs", v.literal(false)),
  logpush: absent("Logpush", v.literal(false)),
  logpush_public_key: absent("Logpush", v.null(), v.literal("")),
  store_id: absent("Secrets Store", v.null(), v.literal("")),
  stripe: absent("billing", v.null()),
  workers_ai_billing_mode: absent("unified billing", v.literal("postpaid")),
  zdr: absent("contracts with providers", v.literal(false)),
};

/** Half a limit is none. */
const limited = v.forward(
  v.check<Partial<GatewayFields>, string>(
    ({ rate_limiting_limit: limit, rate_limiting_interval: interval }) => !limit || Boolean(interval),
    "Expected the seconds of a window, because there is a limit",
  ),
  ["rate_limiting_interval"],
);

/** A name that a path may carry and an object may have. */
export const gatewayId: Schema<string> = v.pipe(
  v.string(),
  v.regex(/^[\w~-][\w.~-]{0,63}$/, "Expected an id of 1 to 64 letters, digits and ._~-"),
  v.check(isOrdinary, "Expected another id"),
);

/** The body that makes a gateway. */
export const newGateway: Schema<GatewayFields & { readonly id: string }> = v.pipe(
  v.strictObject({ id: gatewayId, ...required, ...optional }),
  limited as v.GenericValidation,
) as Schema<GatewayFields & { readonly id: string }>;

/** The body that changes one. */
export const changedGateway: Schema<GatewayFields> = v.pipe(
  v.strictObject({ ...required, ...optional }),
  limited as v.GenericValidation,
) as Schema<GatewayFields>;

/** A gateway as it is shown. */
export const shownGateway: Schema<unknown> = v.looseObject({
  id: v.string(),
  created_at: v.string(),
  modified_at: v.string(),
  is_default: v.boolean(),
  ...required,
  ...optional,
});
