import * as v from "valibot";
import type { Counted } from "../public.ts";
import { plainObject } from "../validate.ts";
import { above0, whole } from "./schemas.ts";

/** How windows follow each other. */
export const technique: v.GenericSchema<unknown, "fixed" | "sliding"> = v.picklist(["fixed", "sliding"]);

/** Most USD of a budget: more could not be counted exactly. */
export const money: v.GenericSchema<unknown, number> = above0(1e6, "1e6");

const counted = v.custom<Counted>(
  (value) => typeof value === "string" && /^(credential|address|model|provider|metadata\..+)$/.test(value),
  'Expected one of credential, address, model, provider, or a name such as "metadata.user"',
);

const limitSchema = v.pipe(
  plainObject,
  v.strictObject({
    limit: whole(1),
    unit: v.optional(v.picklist(["requests", "tokens"])),
    interval: whole(1),
    technique: v.optional(technique),
    per: v.optional(v.array(counted)),
  }),
);

/** One limit, or several. */
export const limitsSchema: v.GenericSchema<unknown, object[]> = v.pipe(
  v.unknown(),
  v.transform((value) => Array.isArray(value) ? value : [value]),
  v.array(limitSchema),
);

/** What a budget is called. */
export const budgetName: v.GenericSchema<unknown, string> = v.pipe(
  v.string(),
  v.regex(/^[\w .-]{1,64}$/, "Expected a name of 1 to 64 letters, digits and ._-"),
);

/** Budgets whose names do not meet. */
export const budgetsSchema: v.GenericSchema<unknown, object[]> = v.pipe(
  v.array(
    v.pipe(
      plainObject,
      v.strictObject({
        name: v.optional(budgetName),
        limit: money,
        interval: whole(1),
        technique: v.optional(technique),
        per: v.optional(v.array(counted)),
        models: v.optional(v.array(v.string())),
        providers: v.optional(v.array(v.string())),
        metadata: v.optional(v.record(v.string(), v.array(v.string()))),
      }),
    ),
  ),
  v.check(
    (budgets) => {
      const names = budgets.map(({ name }, index) => name ?? String(index));
      return new Set(names).size === names.length;
    },
    "Expected a name of its own for each budget",
  ),
);
