import { createDirectory, type Directory } from "./providers/directory.ts";
import { type CheckedSettings, defaultsOf } from "./settings.ts";
import type { Cors, Options } from "./types.ts";

/** One gateway id: what its doors need to know. */
export interface Site {
  readonly directory: Directory;
  /** The gateway's own turn of the knobs. */
  readonly defaults: Options;
  /** Largest body that is read into memory, in bytes. */
  readonly bodyLimit: number;
  readonly locked: boolean;
  readonly cors: Cors | undefined;
}

/** The gateway ids that are open. */
export interface Sites {
  /** The site of a gateway id, if there is one. */
  find(id: string): Site | undefined;
  /** The id that code in the same process means when it names none: the only one, or `default`. */
  readonly usual: string;
}

export function createSites({ gateways, providers, bodyLimit }: CheckedSettings): Sites {
  const directory = createDirectory(providers);
  const open: Site = { directory, defaults: {}, bodyLimit, locked: false, cors: undefined };
  if (!gateways) {
    return { find: (id) => id.length > 0 && id.length <= 64 ? open : undefined, usual: "default" };
  }
  const sites = new Map(
    Object.entries(gateways).map(([id, own]) => [
      id,
      { ...open, defaults: defaultsOf(own), locked: own.authentication ?? false, cors: own.cors },
    ]),
  );
  const [first = "default"] = sites.keys();
  return { find: (id) => sites.get(id), usual: sites.size === 1 ? first : "default" };
}
