import { sse } from "../framings/sse.ts";
import type { Dialect, Sign, Usage } from "./dialect.ts";
import { failed } from "./failed.ts";
import { count, type Json, member, says } from "./json.ts";
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
 * Cohere chat, version 2.
 *
 * @see https://docs.cohere.com/v2/docs/streaming
 */
export const cohere: Dialect = {
  name: "cohere",
  framings: { "text/event-stream": sse },
  read: overJson((data) => withUsage(signOf(data), usage(data))),
  goesOn: beginning(/^\{\s*"type"\s*:\s*"content-delta"/),
  tell: ({ message }) => ({
    type: "message-end",
    data: JSON.stringify({ type: "message-end", delta: { error: message, finish_reason: "ERROR" } }),
  }),
};

/** A plain answer has no type, and its reason at the top. */
function signOf(data: Json): Sign {
  return "type" in data ? lookUp(signs, data["type"], data) : ofReason(data);
}

const signs: Signs = {
  "message-start": () => quiet,
  "content-start": ofContent,
  "content-delta": ofContent,
  "content-end": () => quiet,
  "tool-call-end": () => quiet,
  "message-end": (data) => ofReason(member(data, "delta")),
};

function ofContent(data: Json): Sign {
  return spoken(member(member(member(data, "delta"), "message"), "content"), "type");
}

function ofReason({ error, finish_reason: reason }: Json): Sign {
  if (says(error)) return failed(error, reason);
  if (typeof reason !== "string") return content;
  return /^(ERROR|TIMEOUT)/.test(reason) ? failed(reason, reason) : finishedBy(reason);
}

/** Tokens that passed the model, not those on the bill. */
function usage(data: Json): Usage | undefined {
  const told = member(data["type"] === "message-end" ? member(data, "delta") : data, "usage");
  const tokens = member(told, "tokens");
  return usageOf({
    input: count(tokens, "input_tokens"),
    output: count(tokens, "output_tokens"),
    cacheRead: count(told, "cached_tokens"),
  });
}
