import { type Brevity, brief, briefly, briefMetadata, briefPath } from "./brief.ts";
import { costOf } from "./cost.ts";
import type { LogEntry, LoggedAttempt, LogRecord } from "./logs.ts";
import { knownModelOf } from "./model.ts";
import { lastSaid } from "./outcome.ts";
import type { Price } from "./public.ts";
import { metadataOf, plainSlug } from "./subject.ts";
import type { Answer, Attempt, Context, Ending, Failure, Outcome, Step } from "./types.ts";

/** A request that is over. */
export interface Over {
  readonly outcome: Outcome;
  /** How the answer ended, where somebody watched it. */
  readonly ending: Ending | undefined;
  readonly context: Context;
}

/** What is kept of a request that was let in. */
export const ample: Brevity = { path: 1024, metadata: 8192 };

/** A request that is over, as it is logged. Costs are those of the model as it was asked for, however long its name is. */
export async function entryOf({ outcome, ending, context }: Over, price: Price): Promise<LogEntry> {
  const said = lastSaid(outcome) ?? outcome;
  const { step } = said;
  const over = performance.now();
  const { attempts: made } = context.ledger;
  const attempts = await Promise.all(
    made.map((attempt) => tell(attempt, context, price)),
  );
  const own = said.kind === "answer" ? made.indexOf(said.attempt) : -1;
  const record: LogRecord = {
    ...describe(step, context, over),
    ...(said.kind === "answer" ? ofAnswer(said, ending, context) : ofFailure(said, ending)),
    model: briefly(await knownModelOf(step)),
    cost: said.kind === "answer" && said.cache === "HIT" ? 0 : attempts[own]?.cost ?? null,
    custom_cost: step.options.customCost !== undefined,
    ...(context.ledger.trace && { trace: context.ledger.trace }),
    waste: sum(attempts.filter((_, index) => index !== own)),
    attempts,
    feedback: null,
    score: null,
  };
  const sent = step.captured ? step.body.open() : null;
  return {
    record,
    request: sent instanceof Uint8Array ? sent : undefined,
    response: said.kind === "answer" ? heardOf(said) : undefined,
  };
}

function heardOf({ attempt: { heard }, mask }: Answer): Uint8Array | undefined {
  return heard && mask ? mask(heard) : heard;
}

/** What the client asked, and when. */
function describe(step: Step, context: Context, over: number) {
  const { id, account, gateway, ledger, userAgent, eventId } = context;
  return {
    id,
    created_at: createdAt(context),
    account: brief(account),
    gateway,
    provider: step.provider,
    path: briefPath(step.endpoint, ample),
    method: brief(step.method),
    duration: Math.round(over - context.began),
    step: step.index,
    metadata: briefMetadata(metadataOf(step, context), ample),
    event_id: brief(step.eventId ?? eventId ?? id),
    caller: briefly(ledger.caller),
    user_agent: briefly(userAgent),
    request_content_type: briefly(step.headers["content-type"]),
    request_size: sizeOf(step),
  };
}

/** When a request came, by the wall clock. */
export function createdAt({ began }: Context): string {
  return new Date(Date.now() - (performance.now() - began)).toISOString();
}

/** Bytes of a body, as far as it was declared or kept. */
function sizeOf({ body }: Step): number | null {
  const untouched = body.untouched();
  if (untouched !== undefined) return untouched;
  const sent = body.open();
  if (sent === null) return 0;
  return sent instanceof Uint8Array ? sent.byteLength : null;
}

function ofAnswer({ response, attempt, cache }: Answer, ending: Ending | undefined, { began }: Context) {
  const { usage, size, spoke, events, ms, reason } = attempt;
  const start = attempt.began - began;
  return {
    status_code: response.status,
    success: response.ok && (ending ?? "complete") === "complete",
    cached: cache === "HIT",
    tokens_in: usage?.input ?? null,
    tokens_out: usage?.output ?? null,
    tokens_cached: usage?.cacheRead ?? null,
    tokens_reasoning: usage?.reasoning ?? null,
    response_content_type: briefly(response.headers.get("content-type")),
    response_size: size ?? null,
    ttfb: ms === undefined ? null : Math.round(start + ms),
    ttft: spoke === undefined || events === undefined ? null : Math.round(start + spoke),
    finish_reason: briefly(reason),
    ending: ending ?? null,
    error: null,
  };
}

function ofFailure({ error }: Failure, ending: Ending | undefined) {
  return { ...unanswered, status_code: error.status, ending: ending ?? null, error: error.code };
}

/** What is told of a request that no provider has answered. */
export const unanswered = {
  success: false,
  cached: false,
  tokens_in: null,
  tokens_out: null,
  tokens_cached: null,
  tokens_reasoning: null,
  response_content_type: null,
  response_size: null,
  ttfb: null,
  ttft: null,
  finish_reason: null,
} as const;

/** An attempt of which nobody knows what it took costs nothing that is known, whatever the client says. */
async function tell(attempt: Attempt, context: Context, price: Price): Promise<LoggedAttempt> {
  const { usage, provider, asked } = attempt;
  const answered = usage !== undefined || attempt.ending === "complete";
  const call = {
    provider: plainSlug(provider),
    model: asked && await knownModelOf(asked),
    usage,
    custom: asked?.options.customCost,
  };
  return {
    step: attempt.step,
    provider: attempt.provider,
    ...(attempt.spanId !== undefined && { spanId: attempt.spanId }),
    result: attempt.result ?? null,
    began: Math.round(attempt.began - context.began),
    ms: attempt.ms ?? null,
    ending: attempt.ending ?? null,
    tokens_in: usage?.input ?? null,
    tokens_out: usage?.output ?? null,
    cost: answered ? await costOf(call, price) ?? null : null,
  };
}

/** Null where no cost is known. */
function sum(attempts: readonly LoggedAttempt[]): number | null {
  const costs = attempts.map(({ cost }) => cost).filter((cost) => cost !== null);
  return costs.length > 0 ? costs.reduce((total, cost) => total + cost, 0) : null;
}
