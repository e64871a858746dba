import { within } from "./patience.ts";
import type { Secret, StoredKey } from "./public.ts";
import { plainSlug } from "./subject.ts";

/** Longest wait for who knows a key, in ms. */
const PATIENCE = 10_000;
/** What an alias is where nobody gives one. */
const USUAL = "default";

/** The keys that a gateway id keeps, by provider and alias. */
export interface Keyring {
  /** Whether it has any key for a provider, by whichever of its names. */
  has(provider: string): boolean;
  /** What its keys for a provider are called. */
  aliases(provider: string): readonly string[];
  /** The keys of an alias in the order in which to try them: the rested ones by turns, otherwise the next to be so first. */
  turns(provider: string, alias?: string): readonly Key[];
}

/** One key. */
export interface Key {
  /** Its place among those of its alias, where there are several. */
  readonly index: number | undefined;
  /** @throws when it cannot be had */
  secret(): Promise<string>;
  /** Leaves it alone for some ms from now on, as long as there is another. */
  rest(ms: number): void;
}

/** @param now the clock, in ms */
export function createKeyring(
  stored: Readonly<Record<string, readonly StoredKey[]>>,
  now: () => number = () => performance.now(),
): Keyring {
  const providers = new Map(
    Object.entries(stored).map(([slug, keys]) => [plainSlug(slug), createRings(keys, now)]),
  );
  return {
    has: (provider) => providers.has(plainSlug(provider)),
    aliases: (provider) => [...providers.get(plainSlug(provider))?.keys() ?? []],
    turns: (provider, alias = USUAL) => providers.get(plainSlug(provider))?.get(alias)?.() ?? [],
  };
}

function createRings(keys: readonly StoredKey[], now: () => number): Map<string, () => readonly Key[]> {
  const aliases = new Set(keys.map(({ alias = USUAL }) => alias));
  return new Map([...aliases].map((name) => {
    const group = keys.filter(({ alias = USUAL }) => alias === name);
    return [name, createTurns(group, now)];
  }));
}

function createTurns(group: readonly StoredKey[], now: () => number): () => readonly Key[] {
  let turn = 0;
  const until = group.map(() => 0);
  /** In which turn each was first in line. */
  const used = group.map(() => 0);
  const keys = group.map(({ key }, at): Key => ({
    index: group.length > 1 ? at : undefined,
    secret: () => tell(key),
    rest: (ms) => void (until[at] = ms > 0 ? now() + ms : 0),
  }));
  return () => {
    const order = [...group.keys()].sort((one, other) => used[one]! - used[other]!);
    const rested = order.filter((at) => until[at]! <= now());
    const resting = order.toSorted((one, other) => until[one]! - until[other]!);
    const line = rested.length > 0 ? rested : resting;
    used[line[0]!] = ++turn;
    return line.map((at) => keys[at]!);
  };
}

async function tell(key: StoredKey["key"]): Promise<string> {
  const secret = typeof key === "function" ? await within(PATIENCE, ask(key)) : key;
  if (!isSecret(secret)) throw new Error("Expected a key");
  return typeof secret === "string" ? secret.trim() : JSON.stringify(secret);
}

async function ask(key: () => Secret | Promise<Secret>): Promise<Secret> {
  return await key();
}

/** Whether it may open something: an object, JSON text, or visible characters that a header field may carry. */
export function isSecret(value: unknown): value is Secret {
  if (typeof value === "string") return /^\s*(\{[^]*\}|[\x21-\x7e]+)\s*$/.test(value);
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
