import { brief, briefMetadata } from "../brief.ts";
import { type Ears, report } from "../ears.ts";
import { ample, createdAt, entryOf } from "../record.ts";
import type { RequestNote } from "../logs.ts";
import { lastSaid } from "../outcome.ts";
import type { Context, Ending, Layer, Outcome, Plan } from "../types.ts";

/** Tells of every request when its last byte has passed. Nothing that goes wrong there reaches the client. */
export const log = (ears: Ears): Layer<Plan> => (next) => async (plan, context) => {
  let over: (told?: Promise<void>) => void;
  // Said before there is anything to wait for: Workers end with a client that leaves before the answer's head.
  context.waitUntil(new Promise<void>((resolve) => over = resolve));
  try {
    ears.onRequest?.(announce(plan, context));
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

async function endOf(outcome: Outcome): Promise<Ending | undefined> {
  const said = lastSaid(outcome) ?? outcome;
  return said.kind === "answer" ? await said.ended : undefined;
}
