/** Something that is gone at a time of its own. */
export interface Entry<Value> {
  readonly value: Value;
  /** By the shelf's clock, in ms. */
  readonly ends: number;
}

/** Entries by key, of which those go first that were used longest ago when there are too many. */
export interface Shelf<Value> {
  get(key: string): Entry<Value> | undefined;
  set(key: string, entry: Entry<Value>): void;
  delete(key: string): void;
}

/** An entry between the one that was used before it and the one that was used after it. */
interface Place<Value> {
  readonly key: string;
  entry: Entry<Value>;
  older: Place<Value> | undefined;
  newer: Place<Value> | undefined;
}

/**
 * A shelf that is empty. The order of use is a chain of its own: a `Map` knows it too, but to find its first entry it
 * walks over all that were deleted before.
 *
 * @param now the clock, in ms
 */
export function createShelf<Value>(mostEntries: number, mostBytes: number, now: () => number): Shelf<Value> {
  const places = new Map<string, Place<Value>>();
  let oldest: Place<Value> | undefined;
  let newest: Place<Value> | undefined;
  let bytes = 0;

  function append(place: Place<Value>): void {
    place.older = newest;
    place.newer = undefined;
    if (newest) newest.newer = place;
    else oldest = place;
    newest = place;
  }

  function unchain({ older, newer }: Place<Value>): void {
    if (older) older.newer = newer;
    else oldest = newer;
    if (newer) newer.older = older;
    else newest = older;
  }

  function use(place: Place<Value>): Place<Value> {
    unchain(place);
    append(place);
    return place;
  }

  function remove(key: string): void {
    const place = places.get(key);
    if (!place) return;
    places.delete(key);
    unchain(place);
    bytes -= sizeOf(place.entry.value);
  }

  return {
    get(key) {
      const place = places.get(key);
      if (!place) return undefined;
      if (now() >= place.entry.ends) return void remove(key);
      return use(place).entry;
    },
    set(key, entry) {
      const known = places.get(key);
      if (known) {
        bytes -= sizeOf(known.entry.value);
        use(known).entry = entry;
      } else {
        const place: Place<Value> = { key, entry, older: undefined, newer: undefined };
        places.set(key, place);
        append(place);
      }
      bytes += sizeOf(entry.value);
      while (oldest && (places.size > mostEntries || bytes > mostBytes)) remove(oldest.key);
    },
    delete: remove,
  };
}

function sizeOf(value: unknown): number {
  return value instanceof Uint8Array ? value.byteLength : 0;
}
