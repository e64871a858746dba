import * as v from "valibot";
import { plainSlug } from "../plain-slug.ts";
import type { Schema } from "./check.ts";
import type { Gateways } from "./gateways.ts";
import { paginate, type Paging, pagingEntries } from "./paging.ts";
import { changedConfig, newConfig, shownConfig } from "./provider-config-schema.ts";
import { Refusal } from "./refusal.ts";
import { type Route, route } from "./route.ts";
import type { ProviderConfig, StoredSettings } from "./stored.ts";
import type { Swap } from "./swap.ts";

/** Shortest secret of which the end is shown. */
const LONG = 16;

/**
 * Keeps providers' keys of gateways; none is ever shown.
 *
 * @param known slugs of the providers besides those of the API
 */
export function providerConfigRoutes(
  swap: Swap,
  gateways: Gateways,
  known: ReadonlySet<string>,
): readonly Route[] {
  function checkProvider(slug: string, { providers }: StoredSettings): void {
    if (known.has(slug) || providers.some((one) => one.slug === plainSlug(slug))) return;
    const message = "provider_slug: Expected the slug of a provider that is known here";
    throw new Refusal("invalid", [{ message, path: ["body", "provider_slug"] }]);
  }

  function find(parts: Readonly<Record<string, string>>, stored: StoredSettings): ProviderConfig {
    const { id } = gateways.findChangeable(parts["gateway"]!, stored);
    const found = stored.keys.find((one) => one.gateway_id === id && one.id === parts["config"]);
    if (!found) throw new Refusal("missing", "Provider config not found");
    return found;
  }

  return [
    route({
      method: "GET",
      path: "/gateways/{gateway}/provider_configs",
      summary: "Lists the keys that are kept for a gateway",
      query: v.strictObject(pagingEntries) as Schema<Paging>,
      result: v.array(shownConfig),
      async answer({ parts, query }) {
        const stored = await swap.stored();
        const { id } = gateways.find(parts["gateway"]!, stored);
        return paginate(stored.keys.filter(({ gateway_id }) => gateway_id === id).map(show), query);
      },
    }),
    route({
      method: "POST",
      path: "/gateways/{gateway}/provider_configs",
      summary: "Keeps a key",
      body: newConfig,
      result: shownConfig,
      async answer({ parts, body: { provider_slug, alias, default_config, secret } }) {
        const made: ProviderConfig = {
          id: crypto.randomUUID(),
          gateway_id: parts["gateway"]!,
          provider_slug,
          alias,
          default_config: default_config || alias === "default",
          modified_at: new Date().toISOString(),
          secret,
        };
        await swap.change((stored) => {
          gateways.findChangeable(made.gateway_id, stored);
          checkProvider(provider_slug, stored);
          checkRoom(made, stored);
          return { keys: [...stored.keys, made] };
        });
        return { result: show(made) };
      },
    }),
    route({
      method: "PUT",
      path: "/gateways/{gateway}/provider_configs/{config}",
      summary: "Replaces a key",
      body: changedConfig,
      result: shownConfig,
      async answer({ parts, body }) {
        let result: unknown;
        await swap.change((stored) => {
          const before = find(parts, stored);
          const after = { ...before, ...body, modified_at: new Date().toISOString() };
          result = show(after);
          return { keys: stored.keys.map((one) => one === before ? after : one) };
        });
        return { result };
      },
    }),
    route({
      method: "DELETE",
      path: "/gateways/{gateway}/provider_configs/{config}",
      summary: "Forgets a key",
      result: shownConfig,
      async answer({ parts }) {
        let result: unknown;
        await swap.change((stored) => {
          const gone = find(parts, stored);
          result = show(gone);
          return { keys: stored.keys.filter((one) => one !== gone) };
        });
        return { result };
      },
    }),
  ];
}

/** An alias means one key, and so does none. */
function checkRoom(
  { gateway_id, provider_slug, alias, default_config }: ProviderConfig,
  stored: StoredSettings,
) {
  const own = stored.keys.filter((one) =>
    one.gateway_id === gateway_id && plainSlug(one.provider_slug) === plainSlug(provider_slug)
  );
  const taken = (field: string, what: string) => {
    throw new Refusal("invalid", [{ message: `${field}: ${what}`, path: ["body", field] }]);
  };
  if (own.some((one) => one.alias === alias)) taken("alias", "A key of this alias exists");
  if (default_config && own.some((one) => one.default_config)) {
    taken("default_config", "Expected false: the provider has a default key");
  }
}

function show({ secret, ...config }: ProviderConfig): object {
  const { gateway_id, provider_slug, alias } = config;
  const end = secret.length >= LONG && !secret.includes("{") ? secret.trim().slice(-4) : "";
  return { ...config, secret_id: `${gateway_id}_${provider_slug}_${alias}`, secret_preview: `****${end}` };
}
