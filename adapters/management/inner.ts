import {
  createGateway,
  forgetProvider,
  type Gateway,
  type GatewaySettings,
  knownProviders,
  memoryStore,
  type Settings,
} from "../../src/index.ts";
import { plainSlug } from "../plain-slug.ts";
import { toSettings } from "./gateway-settings.ts";
import { Refusal } from "./refusal.ts";
import { nothing, type StoredSettings } from "./stored.ts";

/** Makes the gateways that stand behind the API; they share one store, so that counts outlive each of them. */
export interface Inner {
  /** Of settings one of which may be broken, because somebody wrote them by hand: it takes no other down. */
  open(stored: StoredSettings): Gateway;
  /**
   * Of settings that are to follow others.
   *
   * @throws {Refusal} where what is new in them is wrong
   */
  openNext(next: StoredSettings, before: StoredSettings): Gateway;
  /** Forgets what was kept of providers' answers. */
  forget(slugs: readonly string[]): Promise<void>;
}

/**
 * @param common what every gateway of the API has besides its own
 * @throws {GatewayError} `invalid`, when a setting of the code is wrong
 */
export function createInner(settings: Settings, common: GatewaySettings): Inner {
  const { warn = console.warn } = settings;
  const shared = { ...settings, store: settings.store ?? memoryStore() };

  function openAll({ gateways, keys, providers }: StoredSettings): Gateway {
    const rows = providers.filter(({ enable }) => enable)
      .map(({ slug, base_url }) => [slug, { base: base_url }] as const);
    const reachable = new Set([
      ...knownProviders,
      ...Object.keys(settings.providers ?? {}),
      ...rows.map(([slug]) => slug),
    ]);
    const own = gateways.map((gateway) => {
      const its = keys.filter(({ gateway_id, provider_slug }) =>
        gateway_id === gateway.id && reachable.has(plainSlug(provider_slug))
      );
      return [gateway.id, toSettings(gateway, its, common)] as const;
    });
    return createGateway({
      ...shared,
      gateways: { ...Object.fromEntries(own), ...settings.gateways },
      providers: { ...Object.fromEntries(rows), ...settings.providers },
    });
  }

  function isSound(part: Partial<StoredSettings>, name: string): boolean {
    try {
      return Boolean(openAll({ ...nothing, ...part }));
    } catch (error) {
      warn(`${name} is left out: ${(error as Error).message}`);
      return false;
    }
  }

  function open(stored: StoredSettings): Gateway {
    try {
      return openAll(stored);
    } catch {
      const { keys } = stored;
      const gateways = stored.gateways.filter((one) =>
        isSound({ gateways: [one], keys }, `gateway ${one.id}`)
      );
      const providers = stored.providers.filter((one) =>
        isSound({ providers: [one] }, `provider ${one.slug}`)
      );
      return openAll({ ...stored, gateways, providers });
    }
  }

  function openNext(next: StoredSettings, before: StoredSettings): Gateway {
    const keys = next.keys.filter((one) => !before.keys.includes(one));
    const isNew = ({ id }: { readonly id: string }) => keys.some(({ gateway_id }) => gateway_id === id);
    const gateways = next.gateways.filter((one) => isNew(one) || !before.gateways.includes(one));
    const providers = next.providers.filter((one) => !before.providers.includes(one));
    try {
      openAll({ ...next, gateways, providers });
    } catch (error) {
      throw new Refusal("invalid", (error as Error).message);
    }
    return open(next);
  }

  async function forget(slugs: readonly string[]): Promise<void> {
    await Promise.all(slugs.map((slug) => forgetProvider(shared.store, slug)));
  }

  openAll(nothing);
  return { open, openNext, forget };
}
