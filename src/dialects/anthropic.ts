import { sse } from "../sse.ts";
import type { Dialect, Sign, Usage } from "./dialect.ts";
import {
  content,
  count,
  end,
  failed,
  finish,
  type Json,
  member,
  overJson,
  quiet,
  usageOf,
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
  read: overJson((data) => withUsage(signs[String(data["type"])]?.(data) ?? content, usage(data))),
  tell: ({ code, message }) => ({
    type: "error",
    data: JSON.stringify({ type: "error", error: { type: typeOf(code), message } }),
  }),
};

const signs: Readonly<Record<string, (data: Json) => Sign>> = {
  ping: () => quiet,
  message_start: () => quiet,
  content_block_start: (data) => opens(member(data, "content_block")) ? quiet : content,
  message_delta: (data) => typeof member(data, "delta")["stop_reason"] === "string" ? finish : content,
  message_stop: () => end,
  error: (data) => failed(data["error"]),
};

/** A block whose content is still to come, unlike a tool's result, which comes whole. */
function opens({ type, text, thinking }: Json): boolean {
  return (type === "text" && text === "") || (type === "thinking" && thinking === "") || type === "tool_use";
}

function typeOf(code: string): string {
  return { overloaded: "overloaded_error", rate_limited: "rate_limit_error" }[code] ?? "api_error";
}

/** The prompt's tokens come at the start, without the cached ones; the answer's at the end, or all at once. */
function usage(data: Json): Usage | undefined {
  const { message = data } = data;
  const told = member(message as Json, "usage");
  const cacheRead = count(told, "cache_read_input_tokens");
  const cacheWrite = count(told, "cache_creation_input_tokens");
  const fresh = count(told, "input_tokens");
  return usageOf({
    input: fresh === undefined ? undefined : fresh + (cacheRead ?? 0) + (cacheWrite ?? 0),
    output: count(told, "output_tokens"),
    cacheRead,
    cacheWrite,
  });
}
