import type { Layer, Stage } from "./types.ts";

/** Wraps a stage into layers; the list reads outermost first, as a request meets them. One that is `false` is none. */
export const compose =
  <Input>(...layers: readonly (Layer<Input> | false)[]): Layer<Input> =>
  (stage: Stage<Input>): Stage<Input> =>
    layers.reduceRight((next, layer) => layer ? layer(next) : next, stage);
