import { GatewayError } from "./errors.ts";
import { whyAborted } from "./outcome.ts";
import type { Layer, Step } from "./types.ts";

/** A layer that waits for things of its own: what it throws because the client left, or the time is up, is a failure. */
export const interruptible = (layer: Layer<Step>): Layer<Step> => (next) => {
  const stage = layer(next);
  return async (step, context) => {
    try {
      return await stage(step, context);
    } catch (error) {
      if (!context.signal.aborted) throw error;
      return { kind: "failure", step, error: new GatewayError(whyAborted(context.signal)) };
    }
  };
};
