import * as v from "valibot";
import type { Budget, SpendRule } from "../public.ts";
import { plainObject } from "../validate.ts";
import { budgetName, money, technique } from "./limits.ts";
import { strategy } from "./retention.ts";
import { whole } from "./schemas.ts";

const filter = v.strictObject({ mode: v.literal("filter"), values: v.array(v.string()) });
const partition = v.strictObject({ mode: v.literal("partition") });
const ruleSchema = v.strictObject({
  id: v.optional(budgetName),
  enabled: v.optional(v.boolean()),
  limit: money,
  limitType: v.literal("cost"),
  window: whole(1),
  technique,
  model: v.optional(filter),
  provider: v.optional(filter),
  metadata: v.optional(v.record(v.string(), v.variant("mode", [filter, partition]))),
});

/** Settings in Cloudflare's words, as far as they have no equal in ours that is checked later. */
export const cloudflareSchema: v.GenericSchema<unknown, object> = v.pipe(
  plainObject,
  v.looseObject({
    cache_invalidate_on_update: v.nullish(v.boolean()),
    rate_limiting_limit: v.nullish(whole(0)),
    rate_limiting_interval: v.nullish(whole(0)),
    rate_limiting_technique: v.nullish(technique),
    log_management: v.nullish(whole(1)),
    log_management_strategy: v.nullish(strategy),
    spend_limits: v.nullish(
      v.strictObject({
        enabled: v.boolean(),
        rules: v.pipe(v.array(ruleSchema), v.maxLength(20, "Expected at most 20 rules")),
      }),
    ),
  }),
);

/** Cloudflare's names of settings that have another one here. */
const names: Readonly<Record<string, string>> = {
  cache_ttl: "cacheTtl",
  retry_max_attempts: "maxAttempts",
  retry_delay: "retryDelay",
  retry_backoff: "backoff",
  byok_only: "byokOnly",
  collect_logs: "collectLog",
};

/** The settings of a gateway id in our own words, which outrank Cloudflare's; its null is no setting. */
export function fromCloudflare(settings: object): Record<string, unknown> {
  const {
    rate_limiting_limit: limit,
    rate_limiting_interval: interval,
    rate_limiting_technique: technique,
    cache_invalidate_on_update: invalidateOnUpdate,
    spend_limits: spending,
    log_management: entries,
    log_management_strategy: strategy,
    otel,
    ...others
  } = settings as Record<string, unknown>;
  const own: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(others)) {
    const known = names[name];
    if (known === undefined) own[name] = value;
    else if (value !== null && others[known] === undefined) own[known] = value;
  }
  const cache = own["cache"];
  if (invalidateOnUpdate && (cache === undefined || typeof cache === "object")) {
    own["cache"] = { invalidateOnUpdate, ...cache };
  }
  if (limit && own["rateLimit"] === undefined) {
    own["rateLimit"] = { limit, interval, ...(technique !== null && { technique }) };
  }
  if (own["retention"] === undefined && (entries || strategy)) {
    own["retention"] = { ...(entries !== null && { entries }), ...(strategy !== null && { strategy }) };
  }
  if (otel !== null) own["otel"] = otel;
  const { enabled, rules = [] } = (spending ?? {}) as { enabled?: boolean; rules?: readonly SpendRule[] };
  if (enabled && own["budgets"] === undefined) {
    own["budgets"] = rules.filter(({ enabled = true }) => enabled).map(toBudget);
  }
  return own;
}

function toBudget({ id, limit, window, technique, model, provider, metadata = {} }: SpendRule): Budget {
  const filters: Record<string, readonly string[]> = {};
  const per: `metadata.${string}`[] = [];
  for (const [key, rule] of Object.entries(metadata)) {
    if (rule.mode === "filter") filters[key] = rule.values;
    else per.push(`metadata.${key}`);
  }
  return {
    ...(id !== undefined && { name: id }),
    limit,
    interval: window,
    technique,
    per,
    ...(model && { models: model.values }),
    ...(provider && { providers: provider.values }),
    metadata: filters,
  };
}
