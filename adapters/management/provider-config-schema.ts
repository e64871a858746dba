import * as v from "valibot";
import { isOrdinary, type Schema } from "./check.ts";

/** What somebody says of a key who brings one. */
export interface NewConfig {
  /** A provider as URLs name it. */
  readonly provider_slug: string;
  readonly alias: string;
  readonly default_config: boolean;
  readonly secret: string;
}

const absent = (message: string) => v.optional(v.null(message));
const secret = v.pipe(
  v.string(),
  v.regex(/^\s*(\{[^]*\}|[\x21-\x7e]+)\s*$/, "Expected a key of visible ASCII characters, or JSON"),
);
const slug = v.pipe(
  v.string(),
  v.regex(/^[a-z0-9][a-z0-9._-]*$/, "Expected a slug such as openai"),
  v.check(isOrdinary, "Expected another slug"),
);
/** The body that brings a key. */
export const newConfig: Schema<NewConfig> = v.strictObject({
  provider_slug: slug,
  alias: v.pipe(v.string(), v.nonEmpty("Expected a name")),
  default_config: v.boolean(),
  secret,
  secret_id: absent("Expected none: waygate has no Secrets Store; send the secret"),
  rate_limit: absent("Expected none: waygate limits no single key"),
  rate_limit_period: absent("Expected none: waygate limits no single key"),
}) as Schema<unknown> as Schema<NewConfig>;

/** The body that replaces one. */
export const changedConfig: Schema<{ readonly secret: string }> = v.strictObject({ secret });

/** A key as it is shown: not at all. */
export const shownConfig: Schema<unknown> = v.strictObject({
  id: v.string(),
  alias: v.string(),
  default_config: v.boolean(),
  gateway_id: v.string(),
  modified_at: v.string(),
  provider_slug: v.string(),
  secret_id: v.string(),
  secret_preview: v.string(),
});
