import { fromCloudflare, type GatewaySettings, type Options, type RateLimit } from "../../src/index.ts";
import { plainSlug } from "../plain-slug.ts";
import type { ManagedGateway, ProviderConfig } from "./stored.ts";

/** What the program closes for all gateways of the API, which does not open it again. */
export type Closed = Partial<Record<"authentication" | "byok_only", true>>;

type Keys = NonNullable<GatewaySettings["keys"]>;

/**
 * What `createGateway` is told of a gateway of the API. Its own options outrank those that all have; of limits and
 * budgets both count, those of all first, so that no change of the API's gives theirs another count.
 *
 * @param keys its own
 * @param common what all of them have besides
 */
export function toSettings(
  gateway: ManagedGateway,
  keys: readonly ProviderConfig[],
  common: GatewaySettings,
): GatewaySettings {
  const { tokens, verify, ...others } = fromCloudflare(common) as GatewaySettings;
  const own = ownSettings(gateway);
  const authentication = common.authentication || gateway.authentication || false;
  return {
    ...others,
    ...own,
    ...(authentication && { ...(tokens && { tokens }), ...(verify && { verify }) }),
    authentication,
    keys: { ...others.keys, ...toKeys(keys) },
    cache: { ...others.cache, invalidateOnUpdate: gateway.cache_invalidate_on_update },
    rateLimit: [...limitsOf(others), ...limitsOf(own)],
    budgets: [...others.budgets ?? [], ...own.budgets ?? []],
    otel: [...others.otel ?? [], ...gateway.otel ?? []],
  };
}

/** What the API says of a gateway, in our own words; what it leaves out is not there. */
function ownSettings(gateway: ManagedGateway): GatewaySettings {
  const { rate_limiting_limit: limit, rate_limiting_interval: interval } = gateway;
  return fromCloudflare({
    cache_ttl: gateway.cache_ttl,
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
    log_management: gateway.log_management ?? null,
    log_management_strategy: gateway.log_management_strategy ?? null,
  });
}

function limitsOf({ rateLimit = [] }: GatewaySettings): readonly RateLimit[] {
  return [rateLimit].flat() as readonly RateLimit[];
}

/**
 * What of it the program has closed.
 *
 * @param common what all gateways of the API have besides
 * @param defaults options of all gateways
 */
export function closedBy(common: GatewaySettings, defaults: Options): Closed {
  const { authentication, byokOnly } = { ...defaults, ...fromCloudflare(common) } as GatewaySettings;
  return { ...(authentication && { authentication }), ...(byokOnly && { byok_only: byokOnly }) };
}

/** Keys by provider; the usual one is also there where no alias is named. */
function toKeys(configs: readonly ProviderConfig[]): Keys {
  const slugs = new Set(configs.map(({ provider_slug }) => plainSlug(provider_slug)));
  return Object.fromEntries([...slugs].map((slug) => {
    const own = configs.filter(({ provider_slug }) => plainSlug(provider_slug) === slug);
    const usual = own.filter(({ default_config, alias }) => default_config && alias !== "default");
    return [slug, [
      ...own.map(({ alias, secret }) => ({ alias, key: secret })),
      ...usual.map(({ secret }) => ({ alias: "default", key: secret })),
    ]];
  }));
}

/** What a gateway that is given in code is shown with. */
export interface Background {
  /** Options of all gateways. */
  readonly defaults: Options;
  /** When the program began. */
  readonly since: string;
}

/** A gateway that was given in code as it works, in Cloudflare's words, as far as it has them. */
export function fromSettings(
  id: string,
  settings: GatewaySettings,
  { defaults, since }: Background,
): ManagedGateway {
  const own = { ...defaults, ...fromCloudflare(settings) } as GatewaySettings;
  const limit = limitsOf(own).find(({ unit = "requests", per = [] }) =>
    unit === "requests" && per.length === 0
  );
  return {
    id,
    created_at: since,
    modified_at: since,
    authentication: own.authentication ?? false,
    cache_invalidate_on_update: own.cache?.invalidateOnUpdate ?? false,
    cache_ttl: own.cacheTtl ?? null,
    collect_logs: own.collectLog ?? true,
    rate_limiting_limit: limit?.limit ?? null,
    rate_limiting_interval: limit?.interval ?? null,
    rate_limiting_technique: limit?.technique ?? null,
    retry_max_attempts: own.maxAttempts ?? null,
    retry_delay: own.retryDelay ?? null,
    retry_backoff: own.backoff ?? null,
    byok_only: own.byokOnly ?? false,
    spend_limits: settings.budgets ? null : settings.spend_limits ?? null,
    log_management: own.retention?.entries ?? null,
    log_management_strategy: own.retention?.strategy ?? null,
    otel: own.otel ?? null,
  };
}
