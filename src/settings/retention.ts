import * as v from "valibot";
import type { GatewayRetention } from "../logs.ts";
import { plainObject } from "../validate.ts";
import { whole } from "./schemas.ts";

/** What happens to a record when there are too many. */
export const strategy: v.GenericSchema<unknown, NonNullable<GatewayRetention["strategy"]>> = v.picklist([
  "STOP_INSERTING",
  "DELETE_OLDEST",
]);

/** How much is kept of the requests of a gateway id. */
export const retentionSchema: v.GenericSchema<unknown, object> = v.pipe(
  plainObject,
  v.strictObject({ entries: v.optional(whole(1)), strategy: v.optional(strategy) }),
);
