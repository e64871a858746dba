import * as v from "valibot";
import { isSecret } from "../keyring.ts";
import type { Secret, StoredKey, Token } from "../public.ts";
import { plainObject } from "../validate.ts";
import { callable, slug } from "./schemas.ts";

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
    expires: v.optional(
      v.pipe(
        v.string(),
        v.check(
          isDate,
          "Expected a date such as 2027-01-31, or a time with its zone such as 2027-01-31T12:00:00Z",
        ),
      ),
    ),
  }),
  v.check(
    ({ token, sha256 }) => (token === undefined) !== (sha256 === undefined),
    "Expected either a token or its sha256",
  ),
);

/** Tokens that open a gateway. */
export const tokensSchema: v.GenericSchema<unknown, (string | Token)[]> = v.pipe(
  v.array(
    v.lazy((value) => typeof value === "string" ? secret : tokenSchema) as v.GenericSchema<
      unknown,
      string | Token
    >,
  ),
  v.check(haveOwnNames, "Expected a name of its own for each token"),
);

const keySchema = v.custom<Secret>(isSecret, "Expected a key of visible ASCII characters, or an object");
const storedKeySchema = v.pipe(
  v.custom<object>(
    (value) => v.is(plainObject, value),
    "Expected a key, an object with a key, or a list of these",
  ),
  v.strictObject({
    alias: v.optional(v.pipe(v.string(), v.nonEmpty("Expected a name"))),
    key: v.lazy((value) => typeof value === "function" ? callable : keySchema),
  }),
);

/** Providers' keys by slug, one or several of each. */
export const keysSchema: v.GenericSchema<unknown, Record<string, readonly StoredKey[]>> = v.pipe(
  plainObject,
  v.record(
    slug,
    v.pipe(
      v.unknown(),
      v.transform((value) => (Array.isArray(value) ? value : [value]).map(toStoredKey)),
      v.array(storedKeySchema),
      v.minLength(1, "Expected at least one key"),
    ),
  ),
) as v.GenericSchema<unknown, Record<string, readonly StoredKey[]>>;

function toStoredKey(value: unknown): unknown {
  return typeof value === "string" ? { key: value } : value;
}

/** A bare date is its beginning in UTC, the same everywhere; so a time has to name its zone. */
function isDate(text: string): boolean {
  const shape = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.exec(text);
  if (!shape || Number.isNaN(Date.parse(text))) return false;
  return new Date(shape[1]!).toISOString().startsWith(shape[1]!);
}

/** Whose names are the same would share counts and kept answers. */
function haveOwnNames(tokens: (string | Token)[]): boolean {
  const names = tokens.map((token) => typeof token === "string" ? undefined : token.name).filter(Boolean);
  return new Set(names).size === names.length;
}
