import * as v from "valibot";
import { isOrdinary, type Schema } from "./check.ts";
import { type Paging, pagingEntries } from "./paging.ts";
import type { CustomProvider } from "./stored.ts";

/** What somebody says of a provider who makes one. */
export type CustomFields = Omit<CustomProvider, "id" | "created_at" | "modified_at">;

/** What a list may be asked for. */
export interface CustomQuery extends Paging {
  readonly search: string;
  readonly enable?: string;
  readonly beta?: string;
}

const text = v.optional(v.string());
const name = v.pipe(v.string(), v.nonEmpty("Expected a name"));
const base = v.pipe(
  v.string(),
  v.url("Expected an https URL"),
  v.regex(/^https:\/\/[^@?#{}\s\\]+$/i, "Expected an https URL without credentials, query or fragment"),
);
const common = {
  position: v.optional(v.number()),
  description: text,
  link: text,
  logo: text,
  curl_example: text,
  js_example: text,
  headers: v.optional(v.union([v.literal(""), v.literal("{}")], "Expected none: waygate adds no headers")),
};

/** The body that makes a provider. */
export const newProvider: Schema<CustomFields> = v.strictObject({
  name,
  base_url: base,
  slug: v.string(),
  enable: v.optional(v.boolean(), false),
  beta: v.optional(v.boolean(), false),
  ...common,
}) as Schema<unknown> as Schema<CustomFields>;

/** The body that changes one. */
export const changedProvider: Schema<Partial<CustomFields>> = v.strictObject({
  name: v.optional(name),
  base_url: v.optional(base),
  slug: text,
  enable: v.optional(v.boolean()),
  beta: v.optional(v.boolean()),
  ...common,
}) as Schema<unknown> as Schema<Partial<CustomFields>>;

/** A slug, as it stands behind `custom-`. */
export const customSlug: Schema<string> = v.pipe(
  v.string(),
  v.regex(/^(?!custom-)[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/, "Expected a slug such as my-provider"),
  v.check(isOrdinary, "Expected another slug"),
);

/** A provider as it is shown. */
export const shownProvider: Schema<unknown> = v.strictObject({
  id: v.string(),
  created_at: v.string(),
  modified_at: v.string(),
  name: v.string(),
  slug: v.string(),
  base_url: v.string(),
  enable: v.boolean(),
  beta: v.boolean(),
  ...common,
});

/** The query of a list. */
export const customQuery: Schema<CustomQuery> = v.strictObject({
  ...pagingEntries,
  search: v.optional(v.string(), ""),
  enable: v.optional(v.picklist(["true", "false"])),
  beta: v.optional(v.picklist(["true", "false"])),
}) as Schema<unknown> as Schema<CustomQuery>;
