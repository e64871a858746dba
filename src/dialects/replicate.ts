import { sse } from "../framings/sse.ts";
import type { Dialect, Sign, StreamEvent, Usage } from "./dialect.ts";
import { failed } from "./failed.ts";
import { count, type Json, member } from "./json.ts";
import { content, finish, lookUp, overJson, quiet, type Signs, usageOf, withUsage } from "./signs.ts";

/**
 * Replicate: a stream's data are plain text, a plain answer is a prediction.
 *
 * @see https://replicate.com/docs/topics/predictions/streaming
 */
export const replicate: Dialect = {
  name: "replicate",
  framings: { "text/event-stream": sse },
  read: (event) => lookUp(signs, event.type, event),
  tell: ({ message }) => ({ type: "error", data: message }),
};

const signs: Signs<StreamEvent> = {
  output: ({ data }) => data ? content : quiet,
  logs: () => quiet,
  error: ({ data = "" }) => failed(data),
  done: overJson(({ reason }) => typeof reason === "string" ? failed(reason) : finish),
  message: overJson((data) => withUsage(ofPrediction(data), usage(data))),
};

function ofPrediction({ status }: Json): Sign {
  return status === "failed" || status === "canceled" ? failed(status) : content;
}

function usage(data: Json): Usage | undefined {
  const told = member(data, "metrics");
  return usageOf({ input: count(told, "input_token_count"), output: count(told, "output_token_count") });
}
