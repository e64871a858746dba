import type { GatewaySettings } from "../../src/index.ts";
import { fromSettings } from "./gateway-settings.ts";
import { maskTargets } from "./otel-schema.ts";
import { Refusal } from "./refusal.ts";
import type { ManagedGateway, StoredSettings } from "./stored.ts";

/** All gateway ids, whoever made them. */
export interface Gateways {
  /** Those that were given in code come first. */
  all(stored: StoredSettings): readonly ManagedGateway[];
  /** @throws {Refusal} where there is none of this id */
  find(id: string, stored: StoredSettings): ManagedGateway;
  /** @throws {Refusal} where there is none of this id, and where it was given in code */
  findChangeable(id: string, stored: StoredSettings): ManagedGateway;
}

/** @param fixed those that were given in code */
export function createGateways(fixed: Readonly<Record<string, GatewaySettings>>): Gateways {
  const since = new Date().toISOString();
  const given = new Map(Object.entries(fixed).map(([id, own]) => [id, fromSettings(id, own, since)]));

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

  return { all, find, findChangeable };
}

/** What a reader expects who knows Cloudflare's. */
export function show(gateway: ManagedGateway): object {
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
