import { sha256 } from "./hash.ts";
import type { Token } from "./public.ts";
import type { Digest } from "./types.ts";

/** The tokens that open a gateway. */
export interface Tokens {
  /** What a text is called that is one of them and whose time is not over, by its name or its hash. */
  nameOf(text: string, sha256: Digest): Promise<string | undefined>;
}

/**
 * Keeps tokens as their SHA-256, so that how long a comparison takes says nothing of them.
 *
 * @param now the clock, in ms since the epoch
 */
export function createTokens(list: readonly (string | Token)[], now: () => number = Date.now): Tokens {
  const known = Promise.all(list.map(prepare)).then(shelve);
  return {
    async nameOf(text, sha256) {
      const hash = await sha256(text);
      let found: string | undefined;
      for (const { hash: own, name, ends } of (await known).get(hash.slice(0, DIGITS)) ?? []) {
        if (equal(hash, own) && now() < ends) found = name;
      }
      return found;
    },
  };
}

interface Known {
  readonly hash: string;
  readonly name: string;
  /** By the clock, in ms. */
  readonly ends: number;
}

/** Digits of a hash by which it is looked up; they say nothing of the token that somebody could use. */
const DIGITS = 8;

function shelve(all: readonly Known[]): ReadonlyMap<string, readonly Known[]> {
  const shelves = new Map<string, Known[]>();
  for (const known of all) {
    const digits = known.hash.slice(0, DIGITS);
    shelves.set(digits, [...shelves.get(digits) ?? [], known]);
  }
  return shelves;
}

async function prepare(entry: string | Token): Promise<Known> {
  const { token = "", expires, ...told }: Token = typeof entry === "string" ? { token: entry } : entry;
  const hash = told.sha256?.toLowerCase() ?? await sha256(token);
  const ends = expires === undefined ? Infinity : Date.parse(expires);
  return { hash, name: `token ${told.name ?? hash}`, ends };
}

/** Takes the same time wherever two hashes differ. */
function equal(one: string, other: string): boolean {
  let difference = one.length ^ other.length;
  for (let at = 0; at < one.length; at++) difference |= one.charCodeAt(at) ^ other.charCodeAt(at);
  return difference === 0;
}
