import type { Dialect, Event, Speech } from "../parts.ts";
import { errorIn } from "./errors.ts";
import { sse } from "./framing.ts";

const detailsOf = ({ words }: Speech) => ({
  finish_reason: "eos_token",
  generated_tokens: words.length + 1,
  seed: null,
});

function token(index: number, text: string, speech?: Speech): Event {
  const data = {
    index,
    token: { id: index, text, logprob: -0.1, special: speech !== undefined },
    generated_text: speech ? speech.words.join("") : null,
    details: speech ? detailsOf(speech) : null,
  };
  return { data };
}

/**
 * Hugging Face's Text Generation Inference, which knows no filter. Elsewhere than at `/generate` it must be
 * asked for: its models have paths of every shape.
 *
 * @see https://huggingface.co/docs/text-generation-inference/conceptual/streaming
 */
export const tgi: Dialect = {
  name: "tgi",
  path: /\/generate(_stream)?(\?|$)/,
  framing: sse,
  streams: ({ path, asked }) => asked || path.includes("/generate_stream"),
  plain: (speech) => ({ generated_text: speech.words.join(""), details: detailsOf(speech) }),
  events: (speech) => ({
    start: [],
    tokens: speech.words.map((word, index) => token(index + 1, word)),
    end: [token(speech.words.length + 1, "</s>", speech)],
  }),
  error(kind) {
    const { status, message: error, word: error_type } = errorIn("tgi", kind);
    const body = { error, error_type };
    return { status, body, event: { data: body } };
  },
};
