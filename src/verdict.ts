import * as v from "valibot";
import { plainObject, validate } from "./validate.ts";

/**
 * Checks what somebody says of a request that was logged.
 *
 * @param most entries of metadata that it may have
 * @throws {GatewayError} `invalid`
 */
export function checkVerdict(change: unknown, most: number): void {
  const schema = v.strictObject({
    feedback: v.nullish(v.picklist([1, -1])),
    score: v.nullish(v.pipe(v.number(), v.finite("Expected a finite number"))),
    metadata: v.nullish(v.pipe(
      plainObject,
      v.record(v.string(), v.nullable(v.union([v.string(), v.number(), v.boolean()]))),
      v.maxEntries(most, `Expected at most ${most} entries`),
    )),
  });
  validate(schema, change);
}
