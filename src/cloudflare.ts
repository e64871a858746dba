/** Cloudflare's names of settings that have another one here. */
const names: Readonly<Record<string, string>> = {
  cache_ttl: "cacheTtl",
  retry_max_attempts: "maxAttempts",
  retry_delay: "retryDelay",
  retry_backoff: "backoff",
  byok_only: "byokOnly",
};

/** The settings of a gateway id in our own words, which outrank Cloudflare's; its null is no setting. */
export function fromCloudflare(settings: object): Record<string, unknown> {
  const {
    rate_limiting_limit: limit,
    rate_limiting_interval: interval,
    rate_limiting_technique: technique,
    cache_invalidate_on_update: invalidateOnUpdate,
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
  if (!limit || own["rateLimit"] !== undefined) return own;
  return { ...own, rateLimit: { limit, interval, ...(technique !== null && { technique }) } };
}
