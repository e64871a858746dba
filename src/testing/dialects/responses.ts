import type { Dialect, Event, Speech } from "../parts.ts";
import { sse } from "./framing.ts";
import { openaiError } from "./openai.ts";

const item_id = "msg_faulty";
const place = { item_id, output_index: 0, content_index: 0 };
const part = (text: string) => ({ type: "output_text", text, annotations: [] });
const item = (status: string, content: readonly unknown[]) => ({
  id: item_id,
  type: "message",
  status,
  role: "assistant",
  content,
});
const named = (name: string, data: object): Event => ({ name, data: { type: name, ...data } });

function response({ model, words, filtered }: Speech, running: boolean): Record<string, unknown> {
  const status = running ? "in_progress" : filtered ? "incomplete" : "completed";
  return {
    id: "resp_faulty",
    object: "response",
    created_at: 0,
    status,
    error: null,
    incomplete_details: !running && filtered ? { reason: "content_filter" } : null,
    model,
    output: running ? [] : [item(status, [part(words.join(""))])],
    usage: running ? null : { input_tokens: 5, output_tokens: words.length, total_tokens: 5 + words.length },
  };
}

/** @see https://platform.openai.com/docs/api-reference/responses-streaming */
export const responses: Dialect = {
  name: "responses",
  path: /\/responses(\?|$)/,
  framing: {
    ...sse,
    frame({ data, ...event }, index) {
      const numbered = typeof data === "object" ? { ...data, sequence_number: index } : data;
      return sse.frame({ ...event, data: numbered }, index);
    },
  },
  plain: (speech) => response(speech, false),
  events(speech) {
    const text = speech.words.join("");
    const last = speech.filtered ? "response.incomplete" : "response.completed";
    return {
      start: [
        named("response.created", { response: response(speech, true) }),
        named("response.in_progress", { response: response(speech, true) }),
        named("response.output_item.added", { output_index: 0, item: item("in_progress", []) }),
        named("response.content_part.added", { ...place, part: part("") }),
      ],
      tokens: speech.words.map((delta) => named("response.output_text.delta", { ...place, delta })),
      end: [
        named("response.output_text.done", { ...place, text }),
        named("response.content_part.done", { ...place, part: part(text) }),
        named("response.output_item.done", { output_index: 0, item: item("completed", [part(text)]) }),
        named(last, { response: response(speech, false) }),
      ],
    };
  },
  error(kind) {
    const { status, body } = openaiError(kind);
    const { message, type, code } = body.error;
    return { status, body, event: named("error", { code: code ?? type, message, param: null }) };
  },
};
