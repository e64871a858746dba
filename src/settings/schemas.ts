import * as v from "valibot";
import { plainObject } from "../validate.ts";

/** A function of whatever form. */
export const callable: v.GenericSchema<unknown, (...args: never[]) => unknown> = v.custom<
  (...args: never[]) => unknown
>(
  (value) => typeof value === "function",
  "Expected a function",
);

/** Lists of layers. */
export const layersSchema: v.GenericSchema<unknown, object> = v.pipe(
  plainObject,
  v.strictObject({
    plans: v.optional(v.array(callable)),
    steps: v.optional(v.array(callable)),
    attempts: v.optional(v.array(callable)),
  }),
);

/** A whole number that is not too small. */
export const whole = (least: number): v.GenericSchema<unknown, number> =>
  v.pipe(
    v.number(),
    v.check(
      (value) => Number.isSafeInteger(value) && value >= least,
      `Expected a whole number of at least ${least}`,
    ),
  );

/** A number above 0 that is not too large. */
export const above0 = (most: number, told: string): v.GenericSchema<unknown, number> =>
  v.pipe(
    v.number(),
    v.check((value) => value > 0 && value <= most, `Expected a number above 0 and up to ${told}`),
  );

/** A provider's name in URLs. */
export const slug: v.GenericSchema<string> = v.pipe(
  v.string(),
  v.regex(
    /^(?!custom-)[a-z0-9][a-z0-9._-]*$/,
    "Expected a lower-case slug such as my-provider, without custom-",
  ),
  v.check((value) => !(value in {}), "Expected another name"),
);

/** An absolute URL, whose slash at the end is left out. */
export const baseUrl: v.GenericSchema<unknown, string> = v.pipe(
  v.string(),
  v.check(isBase, "Expected an absolute http or https URL without credentials, query or fragment"),
  v.transform(withoutTrailingSlash),
);

function isBase(text: string): boolean {
  const shape = text.replace(/\{\w+\}/g, "x");
  if (!URL.canParse(shape)) return false;
  const { protocol, username, password, search, hash } = new URL(shape);
  return /^https?:$/.test(protocol) && !username && !password && !search && !hash;
}

/** A text without a slash at its end. */
export function withoutTrailingSlash(text: string): string {
  return text.endsWith("/") ? text.slice(0, -1) : text;
}
