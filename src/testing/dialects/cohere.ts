import type { Dialect, Event, Speech } from "../parts.ts";
import { errorWords } from "./errors.ts";
import { sse } from "./framing.ts";

const id = "faulty";
const named = (name: string, data: object = {}): Event => ({ name, data: { type: name, ...data } });
const content = (text: object) => ({ index: 0, delta: { message: { content: text } } });
const ending = ({ filtered, words }: Speech) => ({
  finish_reason: filtered ? "ERROR" : "COMPLETE",
  usage: { tokens: { input_tokens: 5, output_tokens: words.length } },
});

/** @see https://docs.cohere.com/v2/docs/streaming */
export const cohere: Dialect = {
  name: "cohere",
  path: /\/v2\/chat(\?|$)/,
  framing: sse,
  plain: (speech) => ({
    id,
    message: { role: "assistant", content: [{ type: "text", text: speech.words.join("") }] },
    ...ending(speech),
  }),
  events: (speech) => ({
    start: [
      named("message-start", { id, delta: { message: { role: "assistant", content: [] } } }),
      named("content-start", content({ type: "text", text: "" })),
    ],
    tokens: speech.words.map((text) => named("content-delta", content({ text }))),
    end: [named("content-end", { index: 0 }), named("message-end", { id, delta: ending(speech) })],
  }),
  error(kind) {
    const { status, message } = errorWords[kind];
    const event = named("message-end", { id, delta: { finish_reason: "ERROR", error: message } });
    return { status, body: { id, message }, event };
  },
};
