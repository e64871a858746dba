import type { Dialect, Speech } from "../parts.ts";
import { errorIn } from "./errors.ts";
import { array, sse } from "./framing.ts";

function chunk(speech: Speech, text: string, last: boolean): Record<string, unknown> {
  const finishReason = last && { finishReason: speech.filtered ? "SAFETY" : "STOP" };
  const tokens = speech.words.length;
  return {
    candidates: [{ content: { parts: [{ text }], role: "model" }, ...finishReason, index: 0 }],
    usageMetadata: { promptTokenCount: 5, candidatesTokenCount: tokens, totalTokenCount: 5 + tokens },
    modelVersion: speech.model,
    responseId: "faulty",
  };
}

/** Gemini with `alt=sse`. @see https://ai.google.dev/api/generate-content */
export const gemini: Dialect = {
  name: "gemini",
  path: /:(?:streamG|g)enerateContent(?=.*[?&]alt=sse)/,
  framing: sse,
  streams: ({ path }) => path.includes(":streamGenerateContent"),
  plain: (speech) => chunk(speech, speech.words.join(""), true),
  events: (speech) => ({
    start: [],
    tokens: speech.words.map((word) => ({ data: chunk(speech, word, false) })),
    end: [{ data: chunk(speech, "", true) }],
  }),
  error(kind) {
    const { status, message, word } = errorIn("gemini", kind);
    const body = { error: { code: status, message, status: word } };
    return { status, body, event: { data: body } };
  },
};

/** Gemini without `alt=sse`: a stream is one JSON array. */
export const geminiArray: Dialect = {
  ...gemini,
  name: "gemini-array",
  path: /:(?:streamG|g)enerateContent(?!.*[?&]alt=sse)/,
  framing: array,
};
