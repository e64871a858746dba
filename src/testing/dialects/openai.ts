import type { Dialect, ErrorKind, Speech } from "../parts.ts";
import { errorWords } from "./errors.ts";
import { sse } from "./framing.ts";

const id = "chatcmpl-faulty";
const usageOf = ({ words }: Speech) => ({
  prompt_tokens: 5,
  completion_tokens: words.length,
  total_tokens: 5 + words.length,
});
const reason = ({ filtered }: Speech) => filtered ? "content_filter" : "stop";

/** An error object, which the Responses API shares. */
export function openaiError(kind: ErrorKind): { status: number; body: { error: Record<string, unknown> } } {
  const { status, message, openai: [type, code] } = errorWords[kind];
  return { status, body: { error: { message, type, param: null, code } } };
}

/** @see https://platform.openai.com/docs/api-reference/chat */
export const openai: Dialect = {
  name: "openai",
  path: /\/chat\/completions(\?|$)/,
  framing: sse,
  plain: (speech) => ({
    id,
    object: "chat.completion",
    created: 0,
    model: speech.model,
    choices: [{
      index: 0,
      message: { role: "assistant", content: speech.words.join(""), refusal: null },
      logprobs: null,
      finish_reason: reason(speech),
    }],
    usage: usageOf(speech),
  }),
  events(speech) {
    const event = (choices: readonly unknown[], usage: unknown) => ({
      data: {
        id,
        object: "chat.completion.chunk",
        created: 0,
        model: speech.model,
        choices,
        ...(speech.usage && { usage }),
      },
    });
    const chunk = (delta: unknown, finish_reason: string | null = null) =>
      event([{ index: 0, delta, logprobs: null, finish_reason }], null);
    return {
      start: [chunk({ role: "assistant", content: "" })],
      tokens: speech.words.map((content) => chunk({ content })),
      end: [
        chunk({}, reason(speech)),
        ...(speech.usage ? [event([], usageOf(speech))] : []),
        { data: "[DONE]" },
      ],
    };
  },
  error(kind) {
    const { status, body } = openaiError(kind);
    return { status, body, event: { data: body } };
  },
};
