import type { Dialect } from "../parts.ts";
import { errorWords } from "./errors.ts";
import { sse } from "./framing.ts";

/** A prediction streams only to who accepts events, at its `urls.stream`. @see https://replicate.com/docs/topics/predictions/streaming */
export const replicate: Dialect = {
  name: "replicate",
  path: /\/predictions(\/|\?|$)/,
  framing: sse,
  streams: ({ accepted }) => accepted,
  plain: ({ model, words, filtered }) => ({
    id: "faulty",
    model,
    input: {},
    output: filtered ? null : words,
    logs: "",
    error: filtered ? "The output was refused by the content filter." : null,
    status: filtered ? "failed" : "succeeded",
    created_at: "1970-01-01T00:00:00Z",
    urls: {},
  }),
  events: ({ words, filtered }) => ({
    start: [],
    tokens: words.map((data) => ({ name: "output", data })),
    end: [{ name: "done", data: filtered ? { reason: "error" } : {} }],
  }),
  error(kind) {
    const { status, message } = errorWords[kind];
    const body = { title: kind, detail: message, status };
    return { status, body, event: { name: "error", data: { detail: message } } };
  },
};
