import type { Layer, Stage } from "./types.ts";

/** Wraps a stage into layers; the list reads outermost first, as a request meets them. */
export const compose =
  <Input>(...layers: readonly Layer<Input>[]): Layer<Input> => (stage: Stage<Input>): Stage<Input> =>
    layers.reduceRight((next, layer) => layer(next), stage);
