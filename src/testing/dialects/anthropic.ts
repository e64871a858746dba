import type { Dialect, Event, Speech } from "../parts.ts";
import { errorIn } from "./errors.ts";
import { sse } from "./framing.ts";

const named = (name: string, data: object = {}): Event => ({ name, data: { type: name, ...data } });
const reason = ({ filtered }: Speech) => filtered ? "refusal" : "end_turn";
const message = (
  { model }: Speech,
  content: readonly unknown[],
  stop_reason: string | null,
  output_tokens: number,
) => ({
  id: "msg_faulty",
  type: "message",
  role: "assistant",
  model,
  content,
  stop_reason,
  stop_sequence: null,
  usage: { input_tokens: 5, output_tokens },
});

/** @see https://docs.anthropic.com/en/api/messages-streaming */
export const anthropic: Dialect = {
  name: "anthropic",
  path: /\/messages(\?|$)/,
  framing: sse,
  ping: named("ping"),
  plain: (speech) =>
    message(speech, [{ type: "text", text: speech.words.join("") }], reason(speech), speech.words.length),
  events: (speech) => ({
    start: [
      named("message_start", { message: message(speech, [], null, 1) }),
      named("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
      named("ping"),
    ],
    tokens: speech.words.map((text) =>
      named("content_block_delta", { index: 0, delta: { type: "text_delta", text } })
    ),
    end: [
      named("content_block_stop", { index: 0 }),
      named("message_delta", {
        delta: { stop_reason: reason(speech), stop_sequence: null },
        usage: { output_tokens: speech.words.length },
      }),
      named("message_stop"),
    ],
  }),
  error(kind) {
    const { status, message, word: type } = errorIn("anthropic", kind);
    const body = { type: "error", error: { type, message }, request_id: "req_faulty" };
    return { status, body, event: { name: "error", data: body } };
  },
};
