import { brief, briefMetadata } from "../brief.ts";
import { GatewayError } from "../errors.ts";
import { type Ears, report } from "../ears.ts";
import { ample, createdAt, entryOf } from "../record.ts";
import type { RequestNote } from "../logs.ts";
import { modelOf } from "../model.ts";
import { heed } from "../obey.ts";
import { lastSaid } from "../outcome.ts";
import type { Context, Ending, Layer, Outcome, Plan, Step } from "../types.ts";

/** Tells of every request when its last byte has passed. Nothing that goes wrong there reaches the client. */
export const log = (ears: Ears): Layer<Plan> => (next) => async (plan, context) => {
  let over: (told?: Promise<void>) => void;
  // Said before there is anything to wait for: Workers end with a client that leaves before the answer's head.
  context.waitUntil(new Promise<void>((resolve) => over = resolve));
  try {
    ears.onRequest?.(announce(plan, context));
    for (const step of plan) await heed(context.signal, prepare(step)).catch((error) => pass(error, context));
    const outcome = await next(plan, context);
    const wanted = () => (lastSaid(outcome) ?? outcome).step.options.collectLog ?? true;
    over!(
      endOf(outcome).then((ending) => {
        const entry = entryOf({ outcome, ending, context }, ears.price);
        return report({ entry, wanted }, ears);
      }),
    );
    return outcome;
  } catch (error) {
    over!();
    throw error;
  }
};

function announce(plan: Plan, context: Context): RequestNote {
  const { id, account, gateway, eventId = id, metadata } = context;
  const [{ method }] = plan;
  const providers = plan.map(({ provider }) => provider);
  return {
    id,
    created_at: createdAt(context),
    account: brief(account),
    gateway,
    method,
    event_id: brief(eventId),
    metadata: briefMetadata(metadata, ample),
    providers,
  };
}

/** Whose body cannot be read will hear so from who has to send it. */
function pass(error: unknown, { signal }: Context): void {
  if (!signal.aborted && error instanceof GatewayError) throw error;
}

/** What a log needs of a body has to be kept before it is sent. */
async function prepare(step: Step): Promise<void> {
  if (step.captured) await step.body.keep();
  await modelOf(step);
}

async function endOf(outcome: Outcome): Promise<Ending | undefined> {
  const said = lastSaid(outcome) ?? outcome;
  return said.kind === "answer" ? await said.ended : undefined;
}
