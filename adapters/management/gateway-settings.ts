import type { GatewaySettings, RateLimit } from "../../src/index.ts";
import { plain } from "./plain.ts";
import type { ManagedGateway, ProviderConfig } from "./stored.ts";

type Keys = NonNullable<GatewaySettings["keys"]>;

/**
 * What `createGateway` is told of a gateway of the API.
 *
 * @param keys its own
 * @param common what all of them have besides
 */
export function toSettings(
  gateway: ManagedGateway,
  keys: readonly ProviderConfig[],
  common: GatewaySettings,
): GatewaySettings {
  const { tokens, verify, retention, ...others } = common;
  const { log_management = null, log_management_strategy = null } = gateway;
  const { authentication = false, rate_limiting_limit: limit, rate_limiting_interval: interval } = gateway;
  return {
    ...others,
    ...(authentication && { ...(tokens && { tokens }), ...(verify && { verify }) }),
    authentication,
    keys: { ...common.keys, ...toKeys(keys) },
    cache_ttl: gateway.cache_ttl,
    cache_invalidate_on_update: gateway.cache_invalidate_on_update,
    collect_logs: gateway.collect_logs,
    ...(limit && interval && {
      rate_limiting_limit: limit,
      rate_limiting_interval: interval,
      rate_limiting_technique: gateway.rate_limiting_technique ?? null,
    }),
    retry_max_attempts: gateway.retry_max_attempts ?? null,
    retry_delay: gateway.retry_delay ?? null,
    retry_backoff: gateway.retry_backoff ?? null,
    byok_only: gateway.byok_only || null,
    spend_limits: gateway.spend_limits ?? null,
    ...(log_management ?? log_management_strategy
      ? { log_management, log_management_strategy }
      : retention && { retention }),
    otel: [...common.otel ?? [], ...gateway.otel ?? []],
  };
}

/** Keys by provider; the usual one is also there where no alias is named. */
function toKeys(configs: readonly ProviderConfig[]): Keys {
  const slugs = new Set(configs.map(({ provider_slug }) => plain(provider_slug)));
  return Object.fromEntries([...slugs].map((slug) => {
    const own = configs.filter(({ provider_slug }) => plain(provider_slug) === slug);
    const usual = own.filter(({ default_config, alias }) => default_config && alias !== "default");
    return [slug, [
      ...own.map(({ alias, secret }) => ({ alias, key: secret })),
      ...usual.map(({ secret }) => ({ alias: "default", key: secret })),
    ]];
  }));
}

/**
 * A gateway that was given in code, in Cloudflare's words, as far as it has them.
 *
 * @param since when the program began
 */
export function fromSettings(id: string, settings: GatewaySettings, since: string): ManagedGateway {
  const limits = [settings.rateLimit ?? []].flat() as readonly RateLimit[];
  const limit = limits.find(({ unit = "requests", per = [] }) => unit === "requests" && per.length === 0);
  return {
    id,
    created_at: since,
    modified_at: since,
    authentication: settings.authentication ?? false,
    cache_invalidate_on_update: settings.cache?.invalidateOnUpdate ?? settings.cache_invalidate_on_update ??
      false,
    cache_ttl: settings.cacheTtl ?? settings.cache_ttl ?? null,
    collect_logs: settings.collect_logs ?? true,
    rate_limiting_limit: limit?.limit ?? settings.rate_limiting_limit ?? null,
    rate_limiting_interval: limit?.interval ?? settings.rate_limiting_interval ?? null,
    rate_limiting_technique: limit?.technique ?? settings.rate_limiting_technique ?? null,
    retry_max_attempts: settings.maxAttempts ?? settings.retry_max_attempts ?? null,
    retry_delay: settings.retryDelay ?? settings.retry_delay ?? null,
    retry_backoff: settings.backoff ?? settings.retry_backoff ?? null,
    byok_only: settings.byokOnly ?? settings.byok_only ?? false,
    spend_limits: settings.spend_limits ?? null,
    log_management: settings.retention?.entries ?? settings.log_management ?? null,
    log_management_strategy: settings.retention?.strategy ?? settings.log_management_strategy ?? null,
    otel: settings.otel ?? null,
  };
}
