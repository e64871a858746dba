import type { Gateway } from "../../src/index.ts";
import type { Inner } from "./inner.ts";
import { reasonOf } from "./reason.ts";
import { Refusal } from "./refusal.ts";
import { nothing, type SettingsStore, type StoredSettings } from "./stored.ts";

/** How often a change is tried again that others came before. */
const TRIES = 100;
/** How long nobody asks again for settings that could not be read, in ms. */
const PAUSE = 1000;

/** A gateway that is replaced by another whenever its settings change. */
export interface Swap {
  /** The one of now. It never rejects: where settings cannot be read, it is that of the code alone. */
  gateway(): Promise<Gateway>;
  /** The settings of now. */
  stored(): Promise<StoredSettings>;
  /**
   * Changes them, as soon as a gateway could be made of them.
   *
   * @param edit may be called again, where somebody else was faster
   * @throws what `edit` throws, and a {@linkcode Refusal} where no gateway can be made of it
   */
  change(edit: (stored: StoredSettings) => Partial<StoredSettings>): Promise<void>;
}

/** How a swap reads. */
export interface SwapOptions {
  /** How old settings may be that others may have changed, in ms. */
  readonly refresh: number;
  readonly warn: (message: string) => void;
}

/** Swaps what `inner` makes of the settings in a store. */
export function createSwap(inner: Inner, store: SettingsStore, { refresh, warn }: SwapOptions): Swap {
  const bare = inner.open(nothing);
  let current: { readonly gateway: Gateway; readonly version: number } | undefined;
  /** When somebody has to read again, by the monotonic clock, in ms. */
  let due = -Infinity;

  function adopt(version: number, open: () => Gateway): void {
    if (current === undefined || version > current.version) current = { gateway: open(), version };
  }

  /** Each request reads for itself: on Workers, none may wait for what another has begun. */
  async function load(): Promise<StoredSettings> {
    const stored = await store.read() ?? nothing;
    adopt(stored.version, () => inner.open(stored));
    return stored;
  }

  return {
    stored: load,
    async gateway() {
      const now = performance.now();
      if (now >= due) {
        // Without any settings yet, others that come meanwhile have to read, too.
        if (current) due = now + refresh;
        try {
          await load();
          due = now + refresh;
        } catch (error) {
          due = now + PAUSE;
          warn(`the settings of gateways cannot be read: ${reasonOf(error)}`);
        }
      }
      return current?.gateway ?? bare;
    },
    async change(edit) {
      for (let tries = 0; tries < TRIES; tries++) {
        const stored = await load();
        const next = { ...stored, ...edit(stored), version: stored.version + 1 };
        const gateway = inner.openNext(next, stored);
        if (await store.write(next)) return adopt(next.version, () => gateway);
      }
      throw new Refusal("unavailable", "Others change the settings all the time; try again");
    },
  };
}
