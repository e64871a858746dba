import type { Gateway } from "../../src/index.ts";

/** A gateway behind which others take turns. */
export interface Swap {
  /** Hands each request to the gateway of now; one under way stays where it began. */
  readonly gateway: Gateway;
  /** Puts another in its place. */
  turn(next: Gateway): void;
}

/**
 * @param first serves until the first turn
 * @param settle settles when what earlier gateways had to write is written
 */
export function createSwap(first: Gateway, settle: () => Promise<void>): Swap {
  let current = first;
  return {
    gateway: {
      handle: (request, host) => current.handle(request, host),
      flush: async () => {
        await current.flush();
        await settle();
      },
      gateway: (id, account) => current.gateway(id, account),
      run: (steps, options) => current.run(steps, options),
      purgeCache: () => current.purgeCache(),
      getLog: (id) => current.getLog(id),
      patchLog: (id, change) => current.patchLog(id, change),
      getUrl: (provider) => current.getUrl(provider),
    },
    turn(next) {
      current = next;
    },
  };
}
