import { GatewayError } from "../errors.ts";
import { modelOf } from "../model.ts";
import { heed } from "../obey.ts";
import type { Context, Layer, Plan, Step } from "../types.ts";

/** Reads what a log tells of bodies: afterwards, a body that was sent as a stream is gone. */
export const prepare = (): Layer<Plan> => (next) => async (plan, context) => {
  for (const step of plan) await heed(context.signal, read(step)).catch((error) => pass(error, context));
  return await next(plan, context);
};

async function read(step: Step): Promise<void> {
  if (step.captured) await step.body.keep();
  await modelOf(step);
}

/** Whose body cannot be read will hear so from who has to send it. */
function pass(error: unknown, { signal }: Context): void {
  if (!signal.aborted && error instanceof GatewayError) throw error;
}
