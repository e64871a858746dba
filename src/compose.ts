import type { Context, Layer, Stage } from "./types.ts";

/** Wraps a stage into layers; the list reads outermost first, as a request meets them. One that is not there is left out. */
export const compose =
  <Input>(...layers: readonly (Layer<Input> | false | undefined)[]): Layer<Input> =>
  (stage: Stage<Input>): Stage<Input> =>
    layers.reduceRight((next, layer) => layer ? layer(next) : next, stage);

/** A layer for inputs that ask for it; others pass by at the cost of the question. */
export const when = <Input>(
  asked: (input: Input, context: Context) => boolean,
  layer: Layer<Input>,
): Layer<Input> =>
(next) => {
  const layered = layer(next);
  return (input, context) => asked(input, context) ? layered(input, context) : next(input, context);
};
