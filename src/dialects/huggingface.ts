import { sse } from "../framings/sse.ts";
import type { Dialect, Sign, Usage } from "./dialect.ts";
import { count, type Json, member } from "./json.ts";
import { content, finish, overJson, quiet, unmarked, usageOf, withUsage } from "./signs.ts";

/**
 * Hugging Face text generation inference; the last token brings the whole text.
 *
 * @see https://huggingface.github.io/text-generation-inference/
 */
export const huggingface: Dialect = {
  name: "huggingface",
  framings: { "text/event-stream": sse },
  read: overJson((data) => withUsage(signOf(data), usage(data))),
  goesOn: unmarked(/"(?:generated_text|details|error)"\s*:\s*[^n\s]/),
  tell: ({ code, message }) => ({
    type: "message",
    data: JSON.stringify({ error: message, error_type: code === "overloaded" ? code : "generation" }),
  }),
};

function signOf(data: Json): Sign {
  if (typeof data["generated_text"] === "string") return finish;
  return member(data, "token")["text"] === "" ? quiet : content;
}

function usage(data: Json): Usage | undefined {
  const told = member(data, "details");
  return usageOf({ input: count(told, "input_length"), output: count(told, "generated_tokens") });
}
