import type { GatewayError } from "./errors.ts";
import type { LogRecord } from "./logs.ts";
import type { Metadata } from "./metadata.ts";
import { createdAt } from "./record.ts";
import type { Context, Step } from "./types.ts";

/** A request that came to a gateway id, as far as its address and its head tell. */
export interface Asked {
  readonly method: string;
  /** Slug of its provider, if that is a known one. */
  readonly provider: string | undefined;
  /** Path below the provider. */
  readonly path: string;
  readonly contentType: string | undefined;
}

/** Longest text that is kept of a request that was refused, in characters: whoever sent it may be a stranger. */
const LONGEST = 256;
/** Longest metadata, as JSON. */
const LONGEST_METADATA = 1024;

/**
 * A request that was refused before it could be sent, as it is logged. What its client wrote is cut, so that nobody
 * fills a log with few requests.
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
    id,
    created_at: createdAt(context),
    account: cut(account),
    gateway,
    provider: step?.provider ?? asked.provider ?? "unknown",
    model: null,
    path: cut((step?.endpoint ?? asked.path).split("?", 1)[0]!),
    method: cut(asked.method),
    duration: Math.round(performance.now() - began),
    status_code: error.status,
    success: false,
    cached: false,
    step: 0,
    tokens_in: null,
    tokens_out: null,
    tokens_cached: null,
    tokens_reasoning: null,
    cost: null,
    custom_cost: false,
    waste: null,
    metadata: short(step?.metadata ?? context.metadata),
    event_id: cut(step?.eventId ?? eventId ?? id),
    caller: ledger.caller ?? null,
    user_agent: userAgent === undefined ? null : cut(userAgent),
    request_content_type: asked.contentType === undefined ? null : cut(asked.contentType),
    response_content_type: null,
    request_size: null,
    response_size: null,
    ttfb: null,
    ttft: null,
    finish_reason: null,
    ending: null,
    error: error.code,
    attempts: [],
    feedback: null,
    score: null,
    ...(ledger.trace && { trace: ledger.trace }),
  };
}

function cut(text: string): string {
  return text.slice(0, LONGEST);
}

function short(metadata: Metadata | undefined): Metadata | null {
  return metadata && JSON.stringify(metadata).length <= LONGEST_METADATA ? metadata : null;
}
