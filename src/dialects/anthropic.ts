import { sse } from "../framings/sse.ts";
import type { Dialect, Usage } from "./dialect.ts";
import { failed } from "./failed.ts";
import { count, isJson, type Json, member } from "./json.ts";
import {
  added,
  beginning,
  content,
  end,
  finishedBy,
  lookUp,
  overJson,
  quiet,
  type Signs,
  spoken,
  usageBesideCache,
  withUsage,
} from "./signs.ts";

/**
 * Anthropic messages.
 *
 * @see https://docs.anthropic.com/en/docs/build-with-claude/streaming
 */
export const anthropic: Dialect = {
  name: "anthropic",
  framings: { "text/event-stream": sse },
  read: overJson((data) => withUsage(lookUp(signs, data["type"], data), anthropicUsage(data))),
  goesOn: beginning(/^\{\s*"type"\s*:\s*"content_block_delta"/),
  tell: ({ code, message }) => ({
    type: "error",
    data: JSON.stringify({ type: "error", error: { type: types[code] ?? "api_error", message } }),
  }),
};

const signs: Signs = {
  ping: () => quiet,
  message_start: () => quiet,
  content_block_start: (data) => opens(member(data, "content_block")) ? quiet : content,
  content_block_delta: (data) => spoken(member(data, "delta"), "type"),
  content_block_stop: () => quiet,
  message_delta: (data) =>
    typeof member(data, "delta")["stop_reason"] === "string"
      ? finishedBy(member(data, "delta")["stop_reason"])
      : content,
  message: ({ stop_reason: reason }) => typeof reason === "string" ? finishedBy(reason) : content,
  message_stop: () => end,
  error: (data) => failed(data),
};

/** A block whose content is still to come, unlike a tool's result, which comes whole. */
function opens({ type, text, thinking }: Json): boolean {
  if (type === "text") return text === "";
  if (type === "thinking") return thinking === "";
  return typeof type === "string" && type.endsWith("tool_use");
}

/** Names of errors where they have one. @see https://docs.anthropic.com/en/api/errors */
const types: Readonly<Record<string, string>> = {
  overloaded: "overloaded_error",
  rate_limited: "rate_limit_error",
  quota: "billing_error",
  timeout: "timeout_error",
};

/** The prompt's tokens come at the start, without the cached ones; the answer's at the end, or all at once. */
export function anthropicUsage(data: Json): Usage | undefined {
  const told = member(data["type"] === "message_start" ? member(data, "message") : data, "usage");
  return added([told, ...compactions(told)].map(countsIn));
}

/**
 * Calls that have summed up the conversation; the totals leave them out.
 *
 * @see https://docs.anthropic.com/en/docs/build-with-claude/compaction
 */
function compactions({ iterations }: Json): readonly Json[] {
  return Array.isArray(iterations)
    ? iterations.filter(isJson).filter(({ type }) => type === "compaction")
    : [];
}

function countsIn(told: Json): Usage | undefined {
  const usage = usageBesideCache(told, {
    input: "input_tokens",
    output: "output_tokens",
    cacheRead: "cache_read_input_tokens",
    cacheWrite: "cache_creation_input_tokens",
  });
  const reasoning = count(member(told, "output_tokens_details"), "thinking_tokens");
  return reasoning === undefined ? usage : { ...usage, reasoning };
}
