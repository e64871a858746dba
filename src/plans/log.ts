import { GatewayError } from "../errors.ts";
import { createdAt, entryOf } from "../record.ts";
import type { Journal } from "../journal.ts";
import type { LogEntry, LogRecord, RequestNote } from "../logs.ts";
import { modelOf } from "../model.ts";
import { heed } from "../obey.ts";
import { lastSaid } from "../outcome.ts";
import type { Price } from "../public.ts";
import type { Context, Ending, Layer, Outcome, Plan, Step } from "../types.ts";

/** Who wants to know of requests, and what of them. */
export interface Ears {
  readonly journal: Journal | undefined;
  readonly price: Price;
  /** Changes what is logged; undefined for nothing of it. */
  readonly redact: ((entry: LogEntry) => LogEntry | undefined) | undefined;
  readonly onRequest: ((request: RequestNote) => void) | undefined;
  readonly onEnd: ((record: LogRecord) => Promise<void>) | undefined;
  readonly warn: (message: string) => void;
  /** Is given what is being told, which never rejects. */
  readonly follow: (telling: Promise<unknown>) => void;
}

/** Tells of every request when its last byte has passed. Nothing that goes wrong there reaches the client. */
export const log = (ears: Ears): Layer<Plan> => (next) => async (plan, context) => {
  ears.onRequest?.(announce(plan, context));
  for (const step of plan) await heed(context.signal, prepare(step)).catch((error) => pass(error, context));
  const outcome = await next(plan, context);
  const told = endOf(outcome).then((ending) => {
    const telling = tell({ plan, outcome, ending, context }, ears);
    ears.follow(telling);
    return telling.then(({ kept }) => kept);
  });
  context.waitUntil(told);
  return outcome;
};

function announce(plan: Plan, context: Context): RequestNote {
  const { id, account, gateway, eventId = id, metadata = null } = context;
  const [{ method }] = plan;
  const providers = plan.map(({ provider }) => provider);
  return {
    id,
    created_at: createdAt(context),
    account,
    gateway,
    method,
    event_id: eventId,
    metadata,
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

/** @returns what is still to wait for until it is kept; it never rejects */
async function tell(
  over: { plan: Plan; outcome: Outcome; ending: Ending | undefined; context: Context },
  { journal, price, redact, onEnd, warn }: Ears,
): Promise<{ readonly kept: Promise<void> | undefined }> {
  try {
    const entry = await entryOf(over, price);
    const heard = onEnd?.(entry.record);
    const wanted = over.plan[entry.record.step]?.options.collectLog ?? true;
    const said = wanted && journal ? (redact ? redact(entry) : entry) : undefined;
    const kept = said && journal!.write(said);
    await heard;
    return { kept };
  } catch {
    warn("waygate: a request could not be logged");
    return { kept: undefined };
  }
}
