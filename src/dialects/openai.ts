import { sse } from "../sse.ts";
import type { Dialect, Sign, Usage } from "./dialect.ts";
import {
  content,
  count,
  failed,
  finish,
  isJson,
  type Json,
  member,
  overJson,
  quiet,
  usageOf,
  withUsage,
} from "./signs.ts";

/**
 * OpenAI chat completions and completions, and everybody who speaks like them.
 *
 * @see https://platform.openai.com/docs/api-reference/chat-streaming
 */
export const openai: Dialect = {
  name: "openai",
  framings: { "text/event-stream": sse },
  read: overJson((data, type) => {
    if (isJson(data["error"]) || typeof data["error"] === "string") return failed(data["error"]);
    if (type === "error") return failed(data);
    return withUsage(signOf(data), usage(data));
  }),
  tell: ({ code, message }) => ({
    type: "message",
    data: JSON.stringify({ error: { message, type: "api_error", param: null, code } }),
  }),
};

/** A chunk without choices is usage alone, or a filter's report on the prompt; one of another form is content. */
function signOf({ choices }: Json): Sign {
  if (!Array.isArray(choices)) return content;
  const signs = choices.filter(isJson).map(signOfChoice);
  return signs.find(({ kind }) => kind === "finish") ?? signs.find(({ kind }) => kind === "content") ?? quiet;
}

/** A role without a word is a start-up event. */
function signOfChoice(choice: Json): Sign {
  if (typeof choice["finish_reason"] === "string") return finish;
  if (!isJson(choice["delta"])) return choice["text"] === "" ? quiet : content;
  const { role: _role, ...rest } = choice["delta"];
  return Object.values(rest).some(says) ? content : quiet;
}

function says(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== "" && value !== null && value !== undefined;
}

function usage(data: Json): Usage | undefined {
  const told = member(data, "usage");
  return usageOf({
    input: count(told, "prompt_tokens"),
    output: count(told, "completion_tokens"),
    cacheRead: count(member(told, "prompt_tokens_details"), "cached_tokens"),
  });
}
