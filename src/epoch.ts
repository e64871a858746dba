import { sha256 } from "./hash.ts";
import type { Store } from "./store.ts";

/** Longer than any answer is kept, in ms: a year. */
const LONG = 365 * 86_400_000;

/** The times of a gateway id: what was kept in an earlier one is never found again. */
export interface Epochs {
  /** Names the present one. */
  of(gateway: string): Promise<string>;
  /** Begins a new one, for all who share the store. */
  turn(gateway: string): Promise<void>;
}

/** @param own settings with which an epoch ends, too, when they are others; undefined for none */
export function createEpochs(store: Store, own?: object): Epochs {
  const revision = own && sha256(JSON.stringify(own));
  const beginnings = new Map<string, Promise<string>>();
  const key = (gateway: string) => `epoch:${gateway}`;

  /** One that was forgotten is another one: what was purged before must not come back. */
  async function turn(gateway: string): Promise<string> {
    const name = crypto.randomUUID();
    await store.set(key(gateway), name, LONG);
    return name;
  }

  /** Who asks at the same moment is told the same. */
  function begin(gateway: string): Promise<string> {
    const beginning = beginnings.get(gateway) ?? turn(gateway).finally(() => beginnings.delete(gateway));
    beginnings.set(gateway, beginning);
    return beginning;
  }

  return {
    async of(gateway) {
      const [turned, revised] = await Promise.all([store.get(key(gateway)), revision]);
      return `${turned ?? await begin(gateway)}:${revised?.slice(0, 16) ?? ""}`;
    },
    turn: async (gateway) => void await turn(gateway),
  };
}
