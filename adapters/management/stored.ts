import type { OtelTarget, SpendLimits } from "../../src/index.ts";

/** A gateway id that was made by the API, in Cloudflare's words. */
export interface ManagedGateway {
  readonly id: string;
  readonly created_at: string;
  readonly modified_at: string;
  readonly cache_invalidate_on_update: boolean;
  /** Seconds. */
  readonly cache_ttl: number | null;
  readonly collect_logs: boolean;
  /** Seconds. */
  readonly rate_limiting_interval: number | null;
  readonly rate_limiting_limit: number | null;
  readonly rate_limiting_technique?: "fixed" | "sliding" | null;
  readonly authentication?: boolean;
  readonly byok_only?: boolean;
  readonly retry_backoff?: "constant" | "linear" | "exponential" | null;
  /** Ms. */
  readonly retry_delay?: number | null;
  readonly retry_max_attempts?: number | null;
  readonly spend_limits?: SpendLimits | null;
  /** Records. */
  readonly log_management?: number | null;
  readonly log_management_strategy?: "STOP_INSERTING" | "DELETE_OLDEST" | null;
  /** Collectors, whose header fields are secret. */
  readonly otel?: readonly OtelTarget[] | null;
}

/** A provider's key of a gateway id. */
export interface ProviderConfig {
  readonly id: string;
  readonly gateway_id: string;
  readonly provider_slug: string;
  readonly alias: string;
  /** Whether it is taken where a request names no alias. */
  readonly default_config: boolean;
  readonly modified_at: string;
  readonly secret: string;
}

/** A provider that was made by the API. */
export interface CustomProvider {
  readonly id: string;
  readonly created_at: string;
  readonly modified_at: string;
  readonly name: string;
  readonly slug: string;
  /** An https URL. */
  readonly base_url: string;
  /** Whether requests may go there. */
  readonly enable: boolean;
  readonly beta: boolean;
  readonly position?: number;
  readonly description?: string;
  readonly link?: string;
  readonly logo?: string;
  readonly curl_example?: string;
  readonly js_example?: string;
}

/** All that was set by the API. It has secrets in it. */
export interface StoredSettings {
  /** Counts the changes, from 0. */
  readonly version: number;
  readonly gateways: readonly ManagedGateway[];
  readonly keys: readonly ProviderConfig[];
  readonly providers: readonly CustomProvider[];
}

/** Where that is kept: plain JSON. */
export interface SettingsStore {
  /** @returns undefined where nothing was ever written */
  read(): Promise<StoredSettings | undefined>;
  /**
   * Keeps settings in place of those whose version is one less, in one step; of the first ones the version is 1.
   *
   * @returns false, and keeps nothing, where another version is there
   */
  write(settings: StoredSettings): Promise<boolean>;
}

/** Before anything was set. */
export const nothing: StoredSettings = { version: 0, gateways: [], keys: [], providers: [] };

/**
 * Settings in memory, for one program: they are gone when it ends.
 *
 * @param first what is there at the beginning
 */
export function memorySettings(first?: StoredSettings): SettingsStore {
  let kept = first;
  return {
    read: () => Promise.resolve(kept),
    write(settings) {
      if (settings.version !== (kept ?? nothing).version + 1) return Promise.resolve(false);
      kept = settings;
      return Promise.resolve(true);
    },
  };
}
