import * as v from "valibot";
import { dialects } from "./dialects/table.ts";
import { optionEntries, type Options } from "./options.ts";
import { isSecret } from "./keyring.ts";
import { fromCloudflare } from "./cloudflare.ts";
import type {
  BreakerSettings,
  Counted,
  GatewaySettings,
  RateLimit,
  Secret,
  Settings,
  StoredKey,
} from "./public.ts";
import { plainObject, validate } from "./validate.ts";

const callable = v.custom<(...args: never[]) => unknown>(
  (value) => typeof value === "function",
  "Expected a function",
);

const baseUrl = v.pipe(
  v.string(),
  v.check(isBase, "Expected an absolute http or https URL without credentials, query or fragment"),
  v.transform(withoutTrailingSlash),
);

const whole = (least: number): v.GenericSchema<unknown, number> =>
  v.pipe(
    v.number(),
    v.check(
      (value) => Number.isSafeInteger(value) && value >= least,
      `Expected a whole number of at least ${least}`,
    ),
  );

const shareSchema = v.pipe(
  plainObject,
  v.strictObject({
    base: v.optional(baseUrl),
    key: v.optional(
      v.pipe(v.string(), v.regex(/^[\x21-\x7e]+$/, "Expected a key of visible ASCII characters")),
    ),
    weight: v.optional(v.pipe(v.number(), v.check(isWeight, "Expected a number above 0 and up to 1e9"))),
  }),
);

const providerSchema = v.pipe(
  plainObject,
  v.strictObject({
    base: v.optional(baseUrl),
    locate: v.optional(callable),
    dialect: v.optional(v.picklist(Object.keys(dialects))),
    authorize: v.optional(callable),
    keyParameter: v.optional(v.string()),
    spread: v.optional(v.pipe(v.array(shareSchema), v.minLength(1, "Expected at least one base or key"))),
    maxConcurrent: v.optional(whole(1)),
  }),
);

const circuitSchema = v.strictObject({
  failureRatio: v.optional(
    v.pipe(v.number(), v.check(isShare, "Expected a number above 0 and up to 1")),
    0.5,
  ),
  minimum: v.optional(whole(1), 10),
  window: v.optional(whole(1), 60_000),
  cooldown: v.optional(whole(1), 30_000),
});
const breakerSchema = v.pipe(
  v.custom<boolean | object>(
    (value) => typeof value === "boolean" || v.is(plainObject, value),
    "Expected true, false or an object",
  ),
  v.transform((value) => value === true ? {} : value),
  v.lazy((value) => value === false ? v.literal(false) : circuitSchema),
);

const secret = v.pipe(
  v.string(),
  v.nonEmpty("Expected a token that is not empty"),
  v.regex(/^[^\s,]+$/, "Expected a token without white space and commas"),
);
const tokenSchema = v.pipe(
  plainObject,
  v.strictObject({
    name: v.optional(v.string()),
    token: v.optional(secret),
    sha256: v.optional(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/i, "Expected 64 hexadecimal digits"))),
    expires: v.optional(v.pipe(v.string(), v.check(isDate, "Expected a date such as 2027-01-31"))),
  }),
  v.check(
    ({ token, sha256 }) => (token === undefined) !== (sha256 === undefined),
    "Expected either a token or its sha256",
  ),
);

const slug = v.pipe(
  v.string(),
  v.regex(/^[a-z0-9][a-z0-9._-]*$/, "Expected a lower-case slug such as my-provider"),
);
const keySchema = v.custom<Secret>(isSecret, "Expected a key of visible ASCII characters, or an object");
const storedKeySchema = v.pipe(
  plainObject,
  v.strictObject({
    alias: v.optional(v.pipe(v.string(), v.nonEmpty("Expected a name"))),
    key: v.lazy((value) => typeof value === "function" ? callable : keySchema),
  }),
);
const keysSchema = v.pipe(
  v.unknown(),
  v.transform((value) => (Array.isArray(value) ? value : [value]).map(toStoredKey)),
  v.array(storedKeySchema),
  v.minLength(1, "Expected at least one key"),
);

const technique = v.picklist(["fixed", "sliding"]);
const counted = v.custom<Counted>(
  (value) => typeof value === "string" && /^(credential|address|model|provider|metadata\..+)$/.test(value),
  'Expected one of credential, address, model, provider, or a name such as "metadata.user"',
);
const limitSchema = v.pipe(
  plainObject,
  v.strictObject({
    limit: whole(1),
    interval: whole(1),
    technique: v.optional(technique),
    per: v.optional(v.array(counted)),
  }),
);

const cacheEntries = {
  shared: v.optional(v.boolean()),
  coalesce: v.optional(v.boolean()),
  invalidateOnUpdate: v.optional(v.boolean()),
};

/** Settings in Cloudflare's words, as far as they have no equal in ours that is checked later. */
const cloudflareSchema: v.GenericSchema<unknown, object> = v.pipe(
  plainObject,
  v.looseObject({
    cache_invalidate_on_update: v.nullish(v.boolean()),
    rate_limiting_limit: v.nullish(whole(0)),
    rate_limiting_interval: v.nullish(whole(1)),
    rate_limiting_technique: v.nullish(technique),
  }),
);

const gatewaySchema = v.pipe(
  cloudflareSchema,
  v.transform(fromCloudflare),
  v.strictObject({
    ...optionEntries,
    authentication: v.optional(v.boolean()),
    tokens: v.optional(
      v.array(v.lazy((value) => typeof value === "string" ? secret : tokenSchema)),
    ),
    verify: v.optional(callable),
    keys: v.optional(v.pipe(plainObject, v.record(slug, keysSchema)), {}),
    cors: v.optional(v.strictObject({ origins: v.union([v.literal("*"), v.array(v.string())]) })),
    breaker: v.optional(breakerSchema),
    cache: v.optional(v.pipe(plainObject, v.strictObject(cacheEntries))),
    rateLimit: v.optional(
      v.pipe(
        v.unknown(),
        v.transform((value) => Array.isArray(value) ? value : [value]),
        v.array(limitSchema),
      ),
      [],
    ),
  }),
  v.check(
    ({ authentication, tokens, verify }) => authentication || !(tokens || verify),
    "Expected authentication: true beside tokens or verify",
  ),
);

const storeSchema = v.custom<object>(
  (value) =>
    ["get", "set", "delete", "add"].every((name) =>
      v.is(callable, (value as Record<string, unknown> | null)?.[name])
    ),
  "Expected an object with get, set, delete and add",
);

const gatewayId = v.pipe(
  v.string(),
  v.regex(/^[\w.~-]{1,64}$/, "Expected an id of 1 to 64 letters, digits and ._~-"),
);
const path = v.pipe(v.string(), v.regex(/^(\/[\w.~-]+)*\/?$/, "Expected a path such as /ai"));

const settingsSchema = v.pipe(
  plainObject,
  v.strictObject({
    gateways: v.optional(v.pipe(plainObject, v.record(gatewayId, gatewaySchema))),
    defaults: v.optional(v.pipe(plainObject, v.strictObject(optionEntries)), {}),
    providers: v.optional(v.pipe(plainObject, v.record(slug, providerSchema))),
    basePath: v.optional(v.pipe(path, v.transform(withoutTrailingSlash)), ""),
    origin: v.optional(baseUrl, "http://127.0.0.1:8787"),
    bodyLimit: v.optional(whole(0), 100 * 1024 * 1024),
    breaker: v.optional(breakerSchema, false),
    store: v.optional(storeSchema),
    fetch: v.optional(callable),
  }),
);

/** A breaker's settings that were checked and completed; false where there is none. */
export type CheckedBreaker = Required<BreakerSettings> | false;

/** Settings of one gateway id that were checked. */
export interface CheckedGateway extends GatewaySettings {
  readonly keys: Readonly<Record<string, readonly StoredKey[]>>;
  readonly rateLimit: readonly RateLimit[];
  readonly breaker?: CheckedBreaker;
}

/** Settings that were checked and completed. */
export interface CheckedSettings extends Settings {
  readonly gateways?: Readonly<Record<string, CheckedGateway>>;
  readonly defaults: Options;
  readonly breaker: CheckedBreaker;
  readonly basePath: string;
  readonly origin: string;
  readonly bodyLimit: number;
}

/** @throws {GatewayError} `invalid`, naming the field and what was expected */
export function checkSettings(settings: Settings): CheckedSettings {
  return validate(settingsSchema, settings, "settings") as unknown as CheckedSettings;
}

/** The knobs among a gateway's settings. */
export function defaultsOf(
  {
    authentication: _a,
    tokens: _t,
    verify: _v,
    cors: _c,
    breaker: _b,
    rateLimit: _r,
    cache: _h,
    keys: _k,
    ...options
  }: GatewaySettings,
): Options {
  return options;
}

function toStoredKey(value: unknown): unknown {
  return typeof value === "string" ? { key: value } : value;
}

function isWeight(weight: number): boolean {
  return weight > 0 && weight <= 1e9;
}

function isShare(number: number): boolean {
  return number > 0 && number <= 1;
}

function isDate(text: string): boolean {
  return !Number.isNaN(Date.parse(text));
}

function isBase(text: string): boolean {
  const shape = text.replace(/\{\w+\}/g, "x");
  if (!URL.canParse(shape)) return false;
  const { protocol, username, password, search, hash } = new URL(shape);
  return /^https?:$/.test(protocol) && !username && !password && !search && !hash;
}

function withoutTrailingSlash(text: string): string {
  return text.endsWith("/") ? text.slice(0, -1) : text;
}
