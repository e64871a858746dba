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
  const key = (gateway: string) => `epoch:${gateway}`;
  return {
    async of(gateway) {
      const [turned, revised] = await Promise.all([store.get(key(gateway)), revision]);
      return `${turned ?? ""}:${revised?.slice(0, 16) ?? ""}`;
    },
    turn: (gateway) => store.set(key(gateway), crypto.randomUUID(), LONG),
  };
}
