import type { Dialect, Speech } from "../parts.ts";
import { errorIn } from "./errors.ts";
import { eventStream } from "./event-stream.ts";

const reason = ({ filtered }: Speech) => filtered ? "content_filtered" : "end_turn";
const figures = ({ words }: Speech) => ({
  usage: { inputTokens: 5, outputTokens: words.length, totalTokens: 5 + words.length },
  metrics: { latencyMs: 1 },
});

/** Bedrock's Converse. @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html */
export const bedrock: Dialect = {
  name: "bedrock",
  path: /\/converse(-stream)?(\?|$)/,
  framing: eventStream,
  streams: ({ path }) => path.includes("/converse-stream"),
  plain: (speech) => ({
    output: { message: { role: "assistant", content: [{ text: speech.words.join("") }] } },
    stopReason: reason(speech),
    ...figures(speech),
  }),
  events: (speech) => ({
    start: [{ name: "messageStart", data: { role: "assistant" } }],
    tokens: speech.words.map((text) => ({
      name: "contentBlockDelta",
      data: { contentBlockIndex: 0, delta: { text } },
    })),
    end: [
      { name: "contentBlockStop", data: { contentBlockIndex: 0 } },
      { name: "messageStop", data: { stopReason: reason(speech) } },
      { name: "metadata", data: figures(speech) },
    ],
  }),
  error(kind) {
    const { status, message, word } = errorIn("bedrock", kind);
    const name = word[0]!.toLowerCase() + word.slice(1);
    const body = { message };
    return { status, headers: { "x-amzn-errortype": word }, body, event: { name, data: body } };
  },
};
