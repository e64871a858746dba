import { sse } from "../framings/sse.ts";
import { parse } from "../parse.ts";
import type { Dialect, Sign, Usage } from "./dialect.ts";
import { failed } from "./failed.ts";
import { count, isJson, type Json, member } from "./json.ts";
import {
  content,
  finishedBy,
  ofChoices,
  overJson,
  spoken,
  sum,
  unmarked,
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
  read: overJson((data, type) =>
    type === "error" || data["object"] === "error" ? failed(data) : readChunk(data)
  ),
  // Of several choices each has to be counted.
  goesOn: unmarked(
    /"(?:usage|error|x_groq)"\s*:\s*[^n\s]|"finish_reason"\s*:\s*"|"index"\s*:\s*[1-9]|"object"\s*:\s*"error"/,
  ),
  isUsageAlone({ data = "" }) {
    if (!/"choices"\s*:\s*\[\s*\]|\\u/.test(data)) return false;
    const told = parse(data);
    return isJson(told) && Array.isArray(told["choices"]) && told["choices"].length === 0 &&
      isJson(told["usage"]);
  },
  tell: ({ code, message }) => ({
    type: "message",
    data: JSON.stringify({ error: { message, type: "api_error", param: null, code } }),
  }),
};

/** Embeddings, which never stream. */
export const openaiPlain: Dialect = { ...openai, framings: {} };

/** What a chunk means, with its usage, for which Groq has a place of its own. */
export function readChunk(data: Json): Sign {
  return withUsage(signOf(data), usageIn(data) ?? usageIn(member(data, "x_groq")));
}

/** A chunk without choices is usage alone, or a filter's report on the prompt; one of another form is content. */
function signOf({ choices }: Json): Sign {
  if (!Array.isArray(choices)) return content;
  return ofChoices(choices, signOfChoice);
}

/** Reasons to finish that are none: the provider gave up. */
const broken: readonly unknown[] = ["error", "insufficient_system_resource"];

/** What Azure's asynchronous filter says of a choice, also after its end. */
const annotations = ["content_filter_results", "content_filter_offsets"];

/** A role without a word is a start-up event; some write the text `null` where there is no reason to finish yet. */
function signOfChoice(choice: Json): Sign {
  const reason = choice["finish_reason"];
  if (broken.includes(reason)) return failed({ code: reason });
  if (typeof reason === "string" && reason && reason !== "null") return finishedBy(reason);
  return isJson(choice["delta"]) ? spoken(choice["delta"], "role") : spoken(choice, "index", ...annotations);
}

/** The member `usage`, in the words of chat completions. */
export function usageIn(data: Json): Usage | undefined {
  const told = member(data, "usage");
  const prompt = member(told, "prompt_tokens_details");
  const reasoning = count(member(told, "completion_tokens_details"), "reasoning_tokens");
  return usageOf({
    input: count(told, "prompt_tokens"),
    output: answerIn(told, reasoning),
    reasoning,
    cacheRead: count(prompt, "cached_tokens"),
    cacheWrite: count(prompt, "cache_write_tokens"),
  });
}

/** xAI leaves reasoning out of its answer's tokens, though not out of all tokens. */
function answerIn(told: Json, reasoning: number | undefined): number | undefined {
  const answer = count(told, "completion_tokens");
  const whole = sum(answer, reasoning);
  const beside = sum(whole, count(told, "prompt_tokens")) === count(told, "total_tokens");
  return beside ? whole : answer;
}
