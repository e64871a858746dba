import * as v from "valibot";
import { dialects } from "../dialects/table.ts";
import { plainObject } from "../validate.ts";
import { above0, baseUrl, callable, whole } from "./schemas.ts";

const shareSchema = v.pipe(
  plainObject,
  v.strictObject({
    base: v.optional(baseUrl),
    key: v.optional(
      v.pipe(v.string(), v.regex(/^[\x21-\x7e]+$/, "Expected a key of visible ASCII characters")),
    ),
    weight: v.optional(above0(1e9, "1e9")),
  }),
);

/** A row of the provider table, as far as a user says it. */
export const providerSchema: v.GenericSchema<unknown, object> = v.pipe(
  plainObject,
  v.strictObject({
    base: v.optional(baseUrl),
    locate: v.optional(callable),
    dialect: v.optional(v.picklist(Object.keys(dialects))),
    authorize: v.optional(callable),
    keyParameter: v.optional(v.string()),
    usageOnRequest: v.optional(v.union([v.boolean(), callable])),
    spread: v.optional(v.pipe(v.array(shareSchema), v.minLength(1, "Expected at least one base or key"))),
    maxConcurrent: v.optional(whole(1)),
  }),
);
