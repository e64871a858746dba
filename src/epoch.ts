import { sha256 } from "./hash.ts";
import type { Provider } from "./public.ts";
import type { Store } from "./store.ts";
import { plainSlug } from "./subject.ts";

/** Longer than any answer is kept, in ms: a year. */
const LONG = 365 * 86_400_000;

/** The times of gateway ids and of providers: what was kept in an earlier one is never found again. */
export interface Epochs {
  /** Names the present one of a provider at a gateway id. */
  of(gateway: string, provider: string): Promise<string>;
  /** Begins a new one of a gateway id, for all who share the store. */
  turn(gateway: string): Promise<void>;
}

/** With what an epoch ends, too, when it is another. */
export interface EpochOptions {
  /** Settings of the gateway id. @default none */
  readonly own?: object | undefined;
  /** Rows of the settings, by slug: where they lead. */
  readonly providers?: Readonly<Record<string, Partial<Provider>>>;
}

const keyOf = (gateway: string): string => `epoch:${gateway}`;
/** A gateway id has no colon. */
const keyOfProvider = (slug: string): string => `epoch:provider:${slug}`;

/** One that was forgotten is another one: what was purged before must not come back. */
async function turn(store: Pick<Store, "set">, key: string): Promise<string> {
  const name = crypto.randomUUID();
  await store.set(key, name, LONG);
  return name;
}

/** Epochs whose names are kept in a store. */
export function createEpochs(store: Store, { own, providers = {} }: EpochOptions = {}): Epochs {
  const beginnings = new Map<string, Promise<string>>();
  const revisions = new Map<string, string>();

  /** Who asks at the same moment is told the same. */
  function begin(key: string): Promise<string> {
    const beginning = beginnings.get(key) ?? turn(store, key).finally(() => beginnings.delete(key));
    beginnings.set(key, beginning);
    return beginning;
  }

  async function find(key: string): Promise<string> {
    return String(await store.get(key) ?? await begin(key));
  }

  async function revise(slug: string, place: object | undefined): Promise<string> {
    const known = revisions.get(slug);
    if (known !== undefined) return known;
    const revision = own || place ? (await sha256(JSON.stringify([own, place]))).slice(0, 16) : "";
    revisions.set(slug, revision);
    return revision;
  }

  return {
    async of(gateway, provider) {
      const slug = plainSlug(provider);
      const place = Object.hasOwn(providers, slug) ? basesOf(providers[slug]!) : undefined;
      const times = await Promise.all([
        find(keyOf(gateway)),
        place && find(keyOfProvider(slug)),
        revise(slug, place),
      ]);
      return times.join(":");
    },
    turn: async (gateway) => void await turn(store, keyOf(gateway)),
  };
}

/**
 * Forgets every answer that was kept of a provider that the settings give a base, for all who share the store.
 *
 * @param store that of the settings, which need not be where answers are kept
 */
export async function forgetProvider(store: Pick<Store, "set">, slug: string): Promise<void> {
  await turn(store, keyOfProvider(plainSlug(slug)));
}

/** Where a row leads; undefined where it goes on to lead where the known one does. */
function basesOf({ base, spread = [] }: Partial<Provider>): readonly unknown[] | undefined {
  const bases = [base, ...spread.map(({ base }) => base)];
  return bases.some((base) => base !== undefined) ? bases : undefined;
}
