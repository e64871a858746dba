import * as v from "valibot";
import { plainObject } from "../validate.ts";
import type { BreakerSettings } from "../public.ts";
import { above0, whole } from "./schemas.ts";

/** A breaker's settings that were checked and completed; false where there is none. */
export type CheckedBreaker = Required<BreakerSettings> | false;

const circuitSchema = v.strictObject({
  failureRatio: v.optional(above0(1, "1"), 0.5),
  minimum: v.optional(whole(1), 10),
  window: v.optional(whole(1), 60_000),
  cooldown: v.optional(whole(1), 30_000),
});

/** A breaker, all of whose settings have defaults. */
export const breakerSchema: v.GenericSchema<unknown, CheckedBreaker> = v.pipe(
  v.custom<boolean | object>(
    (value) => typeof value === "boolean" || v.is(plainObject, value),
    "Expected true, false or an object",
  ),
  v.transform((value) => value === true ? {} : value),
  v.lazy((value) => value === false ? v.literal(false) : circuitSchema),
);
