import { type Brevity, brief, briefly, briefMetadata, briefPath } from "./brief.ts";
import type { GatewayError } from "./errors.ts";
import type { LogRecord } from "./logs.ts";
import { createdAt, unanswered } from "./record.ts";
import type { Context, Step } from "./types.ts";

/** A request that came to a gateway id, as far as its address and its head tell. */
export interface Asked {
  /** Whether it comes from the same program. @default false */
  readonly inside?: boolean;
  readonly method: string;
  /** Slug of its provider, if that is a known one. */
  readonly provider: string | undefined;
  /** Path below the provider. */
  readonly path: string;
  readonly contentType: string | undefined;
}

/** What is kept of a request that was refused: whoever sent it may be a stranger. */
const scant: Brevity = { path: 256, metadata: 1024 };

/**
 * A request that was refused before it could be sent, as it is logged.
 *
 * @param step the first it would have been sent by, where it came so far
 */
export function refusalOf(
  error: GatewayError,
  asked: Asked,
  step: Step | undefined,
  context: Context,
): LogRecord {
  const { id, account, gateway, ledger, userAgent, began, eventId } = context;
  return {
    ...unanswered,
    id,
    created_at: createdAt(context),
    account: brief(account),
    gateway,
    provider: step?.provider ?? asked.provider ?? "unknown",
    model: null,
    path: briefPath(step?.endpoint ?? asked.path, scant),
    method: brief(asked.method),
    duration: Math.round(performance.now() - began),
    status_code: error.status,
    step: 0,
    cost: null,
    custom_cost: false,
    waste: null,
    metadata: briefMetadata(step?.metadata ?? context.metadata, scant),
    event_id: brief(step?.eventId ?? eventId ?? id),
    caller: briefly(ledger.caller),
    user_agent: briefly(userAgent),
    request_content_type: briefly(asked.contentType),
    request_size: null,
    ending: null,
    error: error.code,
    attempts: [],
    feedback: null,
    score: null,
    ...(ledger.trace && { trace: ledger.trace }),
  };
}
