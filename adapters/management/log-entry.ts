import * as v from "valibot";
import type { LogRecord } from "../../src/index.ts";
import type { Schema } from "./check.ts";

/** Length of the beginning of a body that a detail shows, in bytes. */
const HEAD = 2048;

/** A record in Cloudflare's words; what nobody knows and need not be there is left out. */
export function toEntry(record: LogRecord): Readonly<Record<string, unknown>> {
  const { model, metadata, cost, request_content_type, response_content_type, user_agent } = record;
  return {
    id: record.id,
    created_at: record.created_at,
    provider: record.provider,
    model: model ?? "",
    path: record.path,
    duration: record.duration,
    status_code: record.status_code,
    success: record.success,
    cached: record.cached,
    step: record.step,
    tokens_in: record.tokens_in,
    tokens_out: record.tokens_out,
    ...(cost !== null && { cost }),
    custom_cost: record.custom_cost,
    ...(metadata && { metadata: JSON.stringify(metadata) }),
    ...(request_content_type !== null && { request_content_type }),
    ...(response_content_type !== null && { response_content_type }),
    event_id: record.event_id,
    feedback: record.feedback,
    score: record.score,
    ...(user_agent !== null && { user_agent }),
  };
}

/**
 * All that is known of a record. What Cloudflare has no word for stands under `waygate`.
 *
 * @param bodies as far as they were kept
 */
export function toDetail(
  record: LogRecord,
  bodies: { readonly request: Uint8Array | undefined; readonly response: Uint8Array | undefined },
): Readonly<Record<string, unknown>> {
  const { tokens_cached, tokens_reasoning, waste, ttfb, ttft, finish_reason, ending, error } = record;
  const { method, caller, attempts } = record;
  return {
    ...toEntry(record),
    ...beginning("request", bodies.request, record.request_size),
    ...beginning("response", bodies.response, record.response_size),
    waygate: {
      method,
      caller,
      ending,
      error,
      finish_reason,
      ttfb,
      ttft,
      tokens_cached,
      tokens_reasoning,
      waste,
      attempts,
    },
  };
}

function beginning(of: "request" | "response", body: Uint8Array | undefined, size: number | null): object {
  return {
    ...(body && { [`${of}_head`]: new TextDecoder().decode(body.subarray(0, HEAD)) }),
    ...(body && { [`${of}_head_complete`]: body.length <= HEAD && (size === null || body.length >= size) }),
    ...(size !== null && { [`${of}_size`]: size }),
  };
}

const text = v.optional(v.string());
const size = v.optional(v.number());
const count = v.nullable(v.number());
const entry = {
  id: v.string(),
  created_at: v.string(),
  provider: v.string(),
  model: v.string(),
  path: v.string(),
  duration: v.number(),
  status_code: v.number(),
  success: v.boolean(),
  cached: v.boolean(),
  step: v.number(),
  tokens_in: count,
  tokens_out: count,
  cost: size,
  custom_cost: v.boolean(),
  metadata: text,
  request_content_type: text,
  response_content_type: text,
  event_id: v.string(),
  feedback: count,
  score: count,
  user_agent: text,
};

/** A log as a list shows it. */
export const entrySchema: Schema<unknown> = v.strictObject(entry);

/** A log with all that is known of it. */
export const detailSchema: Schema<unknown> = v.strictObject({
  ...entry,
  request_head: text,
  request_head_complete: v.optional(v.boolean()),
  request_size: size,
  response_head: text,
  response_head_complete: v.optional(v.boolean()),
  response_size: size,
  waygate: v.record(v.string(), v.unknown()),
});
