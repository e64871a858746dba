import { eventStream } from "../framings/event-stream.ts";
import { anthropic, anthropicUsage } from "./anthropic.ts";
import type { Dialect, Sign } from "./dialect.ts";
import { failed } from "./failed.ts";
import { isJson, member } from "./json.ts";
import { parse } from "../parse.ts";
import {
  finish,
  finishedBy,
  lookUp,
  malformed,
  overJson,
  quiet,
  type Signs,
  spoken,
  usageBesideCache,
  withUsage,
} from "./signs.ts";

/**
 * Amazon Bedrock's ConverseStream and InvokeModelWithResponseStream.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStreamOutput.html
 */
export const bedrock: Dialect = {
  name: "bedrock",
  framings: { "application/vnd.amazon.eventstream": eventStream },
  read(event) {
    const [, name] = /^(?:exception|error):(.*)$/.exec(event.type) ?? [];
    if (name === undefined) return readEvent(event);
    const said = parse(event.data ?? "");
    return failed(isJson(said) ? said : event.data, name);
  },
  goesOn: ({ type }) => type === "contentBlockDelta",
  tell: ({ code, message }) => ({
    type: `exception:${exceptions[code] ?? "modelStreamErrorException"}`,
    data: JSON.stringify({ message }),
  }),
};

/** Converse and InvokeModel, which never stream; the latter answers as the model does. */
export const bedrockPlain: Dialect = {
  ...bedrock,
  framings: {},
  read: overJson((data) =>
    withUsage(
      finishedBy(data["stopReason"] ?? data["stop_reason"]),
      usageBesideCache(member(data, "usage"), usage) ?? anthropicUsage(data),
    )
  ),
};

const exceptions: Readonly<Record<string, string>> = {
  overloaded: "serviceUnavailableException",
  rate_limited: "throttlingException",
};

const readEvent = overJson((data, type) =>
  withUsage(lookUp(signs, type, data), usageBesideCache(member(data, "usage"), usage))
);

const signs: Signs = {
  messageStart: () => quiet,
  contentBlockStart: () => quiet,
  contentBlockDelta: (data) => spoken(member(data, "delta")),
  contentBlockStop: () => quiet,
  messageStop: ({ stopReason }) => finishedBy(stopReason),
  metadata: () => quiet,
  chunk: ({ bytes }) => {
    const data = decode(bytes);
    return data === undefined ? malformed : ofModel(data);
  },
};

function decode(base64: unknown): string | undefined {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(String(base64)), (unit) => unit.charCodeAt(0)));
  } catch {
    return undefined;
  }
}

/** What an event of a model's own format means: Anthropic's are known, and of every model's the last. */
function ofModel(data: string): Sign {
  const sign = anthropic.read({ type: "message", data });
  const last = data.includes(METRICS) ? parse(data) : undefined;
  return isJson(last) && isJson(last[METRICS])
    ? withUsage(finish, usageBesideCache(member(last, METRICS), metrics) ?? sign.usage)
    : sign;
}

const METRICS = "amazon-bedrock-invocationMetrics";

/** The same counts under two spellings, of an invocation and of a conversation. */
const metrics = {
  input: "inputTokenCount",
  output: "outputTokenCount",
  cacheRead: "cacheReadInputTokenCount",
  cacheWrite: "cacheWriteInputTokenCount",
};
const usage = {
  input: "inputTokens",
  output: "outputTokens",
  cacheRead: "cacheReadInputTokens",
  cacheWrite: "cacheWriteInputTokens",
};
