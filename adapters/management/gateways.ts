import type { GatewaySettings, Settings } from "../../src/index.ts";
import { type Closed, closedBy, fromSettings } from "./gateway-settings.ts";
import { maskTargets } from "./otel-schema.ts";
import { Refusal } from "./refusal.ts";
import type { ManagedGateway, StoredSettings } from "./stored.ts";

/** All gateway ids, whoever made them. */
export interface Gateways {
  /** What all that the API makes have, whatever it says. */
  readonly closed: Closed;
  /** Those that were given in code come first. */
  all(stored: StoredSettings): readonly ManagedGateway[];
  /** @throws {Refusal} where there is none of this id */
  find(id: string, stored: StoredSettings): ManagedGateway;
  /** @throws {Refusal} where there is none of this id, and where it was given in code */
  findChangeable(id: string, stored: StoredSettings): ManagedGateway;
  /** What a reader expects who knows Cloudflare's. */
  show(gateway: ManagedGateway): object;
}

/**
 * @param settings those of the code, and the gateways that are given there
 * @param common what every gateway of the API has besides its own
 */
export function createGateways(
  { gateways: fixed = {}, defaults = {} }: Pick<Settings, "gateways" | "defaults">,
  common: GatewaySettings,
): Gateways {
  const closed = closedBy(common, defaults);
  const background = { defaults, since: new Date().toISOString() };
  const given = new Map(Object.entries(fixed).map(([id, own]) => [id, fromSettings(id, own, background)]));

  function all({ gateways }: StoredSettings): readonly ManagedGateway[] {
    return [...given.values(), ...gateways.filter(({ id }) => !given.has(id))];
  }

  function find(id: string, stored: StoredSettings): ManagedGateway {
    const found = all(stored).find((gateway) => gateway.id === id);
    if (!found) throw new Refusal("missing", "Gateway not found");
    return found;
  }

  function findChangeable(id: string, stored: StoredSettings): ManagedGateway {
    const found = find(id, stored);
    if (given.has(id)) throw new Refusal("read_only", "This gateway is given in code, and read-only here");
    return found;
  }

  return {
    closed,
    all,
    find,
    findChangeable,
    show: (gateway) => complete(given.has(gateway.id) ? gateway : { ...gateway, ...closed }),
  };
}

function complete(gateway: ManagedGateway): object {
  return {
    authentication: false,
    byok_only: false,
    rate_limiting_technique: "fixed",
    retry_backoff: null,
    retry_delay: null,
    retry_max_attempts: null,
    spend_limits: null,
    guardrails: null,
    log_classification: false,
    log_management: null,
    log_management_strategy: null,
    logpush: false,
    logpush_public_key: null,
    otel: null,
    store_id: null,
    stripe: null,
    workers_ai_billing_mode: "postpaid",
    zdr: false,
    ...gateway,
    ...(gateway.otel && { otel: maskTargets(gateway.otel) }),
    is_default: gateway.id === "default",
  };
}
