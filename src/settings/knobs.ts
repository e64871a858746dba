import * as v from "valibot";
import { causes, isCause, type Kind, type Knob, knobs as plain } from "../knobs.ts";
import { type CustomCost, MOST_DOLLARS, type Options } from "../options.ts";
import { parse } from "../parse.ts";
import { validate } from "../validate.ts";

const dollars = v.pipe(
  v.number(),
  v.minValue(0, "Expected a number of at least 0"),
  v.maxValue(MOST_DOLLARS, `Expected at most ${MOST_DOLLARS}`),
);
const customCost: v.GenericSchema<unknown, CustomCost> = v.pipe(
  v.unknown(),
  v.transform((value) => typeof value === "string" ? parse(value) : value),
  v.union([
    v.strictObject({ total_cost: dollars }),
    v.strictObject({
      per_token_in: dollars,
      per_token_out: dollars,
      per_cache_read_token: v.optional(dollars),
      per_cache_write_token: v.optional(dollars),
    }),
  ], "Expected total_cost, or per_token_in and per_token_out"),
) as v.GenericSchema<unknown, CustomCost>;

/** Header fields say it as text. */
const flag: v.GenericSchema<unknown, boolean> = v.pipe(
  v.unknown(),
  v.transform((value) => value === "true" ? true : value === "false" ? false : value),
  v.boolean(),
);

/** Every knob a client may turn: name in `config` and in settings, header, and what it takes. */
export const knobs: { readonly [Name in keyof Required<Options>]: Knob } = {
  ...plain,
  customCost: {
    header: "cf-aig-custom-cost",
    verbatim: true,
    takes: (value, name) => validate(customCost, value, name),
  },
};

/** What `config` and a gateway's settings may say of {@linkcode Options}. */
export const optionEntries: v.ObjectEntries = {
  ...Object.fromEntries(
    Object.entries(plain).map(([name, { takes }]) => [name, v.optional(schemaOf(takes))]),
  ),
  customCost: v.optional(customCost),
};

function schemaOf(kind: Kind): v.GenericSchema {
  switch (kind.kind) {
    case "whole":
      return clamped(kind.lowest, kind.highest);
    case "word":
      return v.picklist(kind.words);
    case "flag":
      return flag;
    case "text":
      return v.string();
    case "causes":
      return v.array(v.custom(isCause, `Expected ${causes}`));
  }
}

function clamped(lowest: number, highest: number): v.GenericSchema {
  return v.pipe(
    v.number(),
    v.integer("Expected a whole number"),
    v.transform((value) => Math.min(Math.max(value, lowest), highest)),
  );
}
