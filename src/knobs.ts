import { wrong } from "./errors.ts";
import { noOptions, type Options } from "./options.ts";
import type { Fields } from "./types.ts";

/** What a knob takes. */
export type Kind =
  | { readonly kind: "whole"; readonly lowest: number; readonly highest: number }
  | { readonly kind: "word"; readonly words: readonly string[] }
  | { readonly kind: "flag" | "text" | "causes" };

/** What a value comes to. @throws {GatewayError} `invalid`, naming the field and what was expected of it */
export type Take = (value: unknown, name: string) => unknown;

/** One knob: the header that turns it, if any, and what it takes in JSON. */
export interface Knob {
  readonly header?: string;
  /** An older name of the header, which Cloudflare still honours. */
  readonly alias?: string;
  /** Takes the header as it is written; all others are numbers or words in any case. */
  readonly verbatim?: boolean;
  readonly takes: Kind | Take;
}

/** A knob that says as data what it takes. */
export type PlainKnob = Knob & { readonly takes: Kind };

/** Knobs by their names in `config` and in settings. */
export type Knobs = { readonly [Name in keyof Options]?: Knob };

/** Longest time that a timer can measure, in ms: about 25 days. */
export const LONGEST_TIMER: number = 2 ** 31 - 1;
/** Thirty days, in seconds. */
const LONGEST_TTL = 30 * 86_400;

const whole = (lowest: number, highest: number): Kind => ({ kind: "whole", lowest, highest });
const word = (...words: string[]): Kind => ({ kind: "word", words });
const flag: Kind = { kind: "flag" };
const text: Kind = { kind: "text" };
const time = whole(0, LONGEST_TIMER);

/** Every knob that needs nothing but itself. */
export const knobs: Readonly<Record<Exclude<keyof Options, "customCost">, PlainKnob>> = {
  connectTimeout: { takes: time },
  requestTimeout: { header: "cf-aig-request-timeout", takes: time },
  idleTimeout: { header: "waygate-idle-timeout", takes: time },
  totalTimeout: { header: "waygate-total-timeout", takes: time },
  commit: { header: "waygate-commit", takes: word("headers", "event", "complete") },
  fallbackOn: { takes: { kind: "causes" } },
  hedgeAfter: { takes: time },
  cacheTtl: { header: "cf-aig-cache-ttl", alias: "cf-cache-ttl", takes: whole(0, LONGEST_TTL) },
  skipCache: { header: "cf-aig-skip-cache", alias: "cf-skip-cache", takes: flag },
  cacheKey: { header: "cf-aig-cache-key", verbatim: true, takes: text },
  collectLog: { header: "cf-aig-collect-log", takes: flag },
  collectLogPayload: { header: "cf-aig-collect-log-payload", takes: flag },
  keyAlias: { header: "cf-aig-byok-alias", verbatim: true, takes: text },
  byokOnly: { header: "cf-aig-no-wholesale", takes: flag },
  maxAttempts: { header: "cf-aig-max-attempts", takes: whole(1, 5) },
  retryDelay: { header: "cf-aig-retry-delay", takes: whole(0, 5000) },
  backoff: { header: "cf-aig-backoff", takes: word("constant", "linear", "exponential") },
};

/** Options told in header fields. A value that cannot be read is ignored, as an absent one. */
export function readOptions(fields: Fields | undefined, all: Knobs = knobs): Options {
  if (!fields) return noOptions;
  const read: Record<string, unknown> = {};
  let found = false;
  for (const [name, { header = "", alias = "", verbatim, takes }] of Object.entries(all)) {
    const text = (fields[header] ?? fields[alias])?.trim();
    if (!text) continue;
    try {
      read[name] = take(
        takes,
        verbatim ? text : /^-?\d+$/.test(text) ? Number(text) : text.toLowerCase(),
        name,
      );
      found = true;
    } catch {
      // Ignored.
    }
  }
  return found ? read : noOptions;
}

/**
 * Options told in JSON; what else stands there is nobody's business.
 *
 * @throws {GatewayError} `invalid`, naming the field and what was expected of it
 */
export function readConfig(config: object, name: string, all: Knobs): Options {
  const told = Object.entries(config).filter(([knob, value]) =>
    Object.hasOwn(all, knob) && value !== undefined
  );
  return Object.fromEntries(
    told.map(([knob, value]) => [knob, take(all[knob as keyof Knobs]!.takes, value, `${name}.${knob}`)]),
  );
}

function take(takes: Knob["takes"], value: unknown, name: string): unknown {
  return typeof takes === "function" ? takes(value, name) : taking[takes.kind](value, name, takes as never);
}

/** How each kind of knob takes a value. */
const taking: {
  readonly [Name in Kind["kind"]]: (value: unknown, name: string, kind: Kind & { kind: Name }) => unknown;
} = {
  whole(value, name, { lowest, highest }) {
    if (!Number.isInteger(value)) throw wrong(name, "a whole number");
    return Math.min(Math.max(Number(value), lowest), highest);
  },
  word(value, name, { words }) {
    if (!words.includes(value as string)) throw wrong(name, `one of ${words.join(", ")}`);
    return value;
  },
  // Header fields say it as text.
  flag(value, name) {
    if (typeof value === "boolean") return value;
    if (value !== "true" && value !== "false") throw wrong(name, "true or false");
    return value === "true";
  },
  text(value, name) {
    if (typeof value !== "string") throw wrong(name, "a text");
    return value;
  },
  causes(value, name) {
    if (!Array.isArray(value)) throw wrong(name, "a list");
    const odd = value.findIndex((one) => !isCause(one));
    if (odd >= 0) throw wrong(`${name}[${odd}]`, causes);
    return value;
  },
};

const words = ["timeout", "network", "rate_limit", "content_filter", "context_length"];
/** What each of `fallbackOn` has to be. */
export const causes: string = `a status, a class such as "5xx", or one of ${words.join(", ")}`;

/** Whether a value is one of `fallbackOn`. */
export function isCause(value: unknown): boolean {
  if (typeof value === "string") return /^[1-5]xx$/.test(value) || words.includes(value);
  return Number.isInteger(value) && Number(value) >= 100 && Number(value) <= 599;
}
