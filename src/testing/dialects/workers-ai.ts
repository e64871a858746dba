import type { Dialect, Speech } from "../parts.ts";
import { errorIn } from "./errors.ts";
import { sse } from "./framing.ts";

const usageOf = ({ words }: Speech) => ({
  prompt_tokens: 5,
  completion_tokens: words.length,
  total_tokens: 5 + words.length,
});

/** Knows no finish reason. @see https://developers.cloudflare.com/workers-ai/ */
export const workersAi: Dialect = {
  name: "workers-ai",
  path: /\/@(cf|hf)\//,
  framing: sse,
  plain: (speech) => ({
    result: { response: speech.words.join(""), usage: usageOf(speech) },
    success: true,
    errors: [],
    messages: [],
  }),
  events: (speech) => ({
    start: [],
    tokens: speech.words.map((response) => ({ data: { response } })),
    end: [{ data: { response: "", usage: usageOf(speech) } }, { data: "[DONE]" }],
  }),
  error(kind) {
    const { status, message, word } = errorIn("workersAi", kind);
    const body = { result: {}, success: false, errors: [{ code: Number(word), message }], messages: [] };
    return { status, body, event: { data: body } };
  },
};
