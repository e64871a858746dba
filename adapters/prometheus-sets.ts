/** What clients choose of a request, and what is counted apart. */
export interface Chosen {
  readonly gateway: string;
  readonly provider: string;
  readonly model: string;
  /** Only where callers are asked for. */
  readonly caller?: string;
}

/** Stands for whatever there are too many of. */
export const OTHER = "other";
/** Longest value of a label, in characters. */
const LONGEST = 256;

/**
 * Lets so many sets of values through; of what is beyond, the model becomes `other` where gateway and provider are
 * known, otherwise all of it.
 */
export function boundSets(limit: number): (chosen: Chosen) => Chosen {
  const sets = new Set<string>();
  const pairs = new Set<string>();
  return (chosen) => {
    const { gateway, provider, model, caller } = shorten(chosen);
    const pair = JSON.stringify([gateway, provider]);
    const set = JSON.stringify([gateway, provider, model, caller]);
    if (sets.has(set) || sets.size < limit) {
      sets.add(set);
      pairs.add(pair);
      return { gateway, provider, model, ...(caller !== undefined && { caller }) };
    }
    const rest = { model: OTHER, ...(caller !== undefined && { caller: OTHER }) };
    return pairs.has(pair) ? { gateway, provider, ...rest } : { gateway: OTHER, provider: OTHER, ...rest };
  };
}

function shorten(chosen: Chosen): Chosen {
  const cut = Object.entries(chosen).map(([name, value]) => [name, value.slice(0, LONGEST)]);
  return Object.fromEntries(cut);
}
