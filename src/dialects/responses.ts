import { sse } from "../framings/sse.ts";
import type { Dialect, Sign, Usage } from "./dialect.ts";
import { failed } from "./failed.ts";
import { count, type Json, member } from "./json.ts";
import {
  beginning,
  content,
  finishedBy,
  lookUp,
  overJson,
  quiet,
  type Signs,
  spoken,
  usageOf,
  withUsage,
} from "./signs.ts";

/**
 * OpenAI responses.
 *
 * @see https://platform.openai.com/docs/api-reference/responses-streaming
 */
export const responses: Dialect = {
  name: "responses",
  framings: { "text/event-stream": sse },
  read: overJson((data) => withUsage(signOf(data), usage(data))),
  goesOn: beginning(/^\{\s*"type"\s*:\s*"response\.[a-z_.]+\.delta"/),
  tell: ({ code, message }) => ({
    type: "error",
    data: JSON.stringify({ type: "error", code, message, param: null, sequence_number: 0 }),
  }),
};

/** A plain answer is the response itself, of which some of the events carry a copy. */
function signOf(data: Json): Sign {
  return data["object"] === "response" ? ofResponse(data) : lookUp(signs, data["type"], data);
}

function ofResponse(response: Json): Sign {
  const { status, error } = response;
  if (status === "failed") return failed(error ?? status);
  if (status === "incomplete") return finishedBy(whyIncomplete(response));
  return status === "completed" ? finishedBy(status) : content;
}

function whyIncomplete(response: Json): unknown {
  return member(response, "incomplete_details")["reason"] ?? "incomplete";
}

const signs: Signs = {
  "keepalive": () => quiet,
  "response.queued": () => quiet,
  "response.created": () => quiet,
  "response.in_progress": () => quiet,
  "response.output_item.added": (data) => opens(member(data, "item")) ? quiet : content,
  "response.content_part.added": (data) => spoken(member(data, "part"), "type"),
  "response.reasoning_summary_part.added": (data) => spoken(member(data, "part"), "type"),
  "response.completed": () => finishedBy("completed"),
  "response.incomplete": (data) => finishedBy(whyIncomplete(member(data, "response"))),
  "response.failed": (data) => failed(member(data, "response")["error"] ?? "failed"),
  "error": (data) => failed(data),
};

/** Items whose content is still to come. */
function opens({ type }: Json): boolean {
  return type === "message" || type === "reasoning";
}

function usage(data: Json): Usage | undefined {
  const told = member("response" in data ? member(data, "response") : data, "usage");
  const details = member(told, "input_tokens_details");
  return usageOf({
    input: count(told, "input_tokens"),
    output: count(told, "output_tokens"),
    reasoning: count(member(told, "output_tokens_details"), "reasoning_tokens"),
    cacheRead: count(details, "cached_tokens"),
    cacheWrite: count(details, "cache_write_tokens"),
  });
}
