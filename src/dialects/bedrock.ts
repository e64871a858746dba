import { eventStream } from "../framings/event-stream.ts";
import { anthropic } from "./anthropic.ts";
import type { Dialect, Sign, Usage } from "./dialect.ts";
import { failed } from "./failed.ts";
import { count, isJson, type Json, member, parse } from "./json.ts";
import {
  finish,
  lookUp,
  malformed,
  overJson,
  quiet,
  type Signs,
  spoken,
  sum,
  usageOf,
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
  tell: ({ code, message }) => ({
    type: `exception:${exceptions[code] ?? "modelStreamErrorException"}`,
    data: JSON.stringify({ message }),
  }),
};

const exceptions: Readonly<Record<string, string>> = {
  overloaded: "serviceUnavailableException",
  rate_limited: "throttlingException",
};

const readEvent = overJson((data, type) => withUsage(lookUp(signs, type, data), usage(data)));

const signs: Signs = {
  messageStart: () => quiet,
  contentBlockStart: () => quiet,
  contentBlockDelta: (data) => spoken(member(data, "delta")),
  contentBlockStop: () => quiet,
  messageStop: () => finish,
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
  return isJson(last) ? withUsage(finish, metrics(member(last, METRICS)) ?? sign.usage) : sign;
}

const METRICS = "amazon-bedrock-invocationMetrics";

function metrics(told: Json): Usage | undefined {
  const cacheRead = count(told, "cacheReadInputTokenCount");
  const cacheWrite = count(told, "cacheWriteInputTokenCount");
  return usageOf({
    input: sum(count(told, "inputTokenCount"), cacheRead, cacheWrite),
    output: count(told, "outputTokenCount"),
    cacheRead,
    cacheWrite,
  });
}

/** Tokens of the prompt come without the cached ones. */
function usage(data: Json): Usage | undefined {
  const told = member(data, "usage");
  const cacheRead = count(told, "cacheReadInputTokens");
  const cacheWrite = count(told, "cacheWriteInputTokens");
  return usageOf({
    input: sum(count(told, "inputTokens"), cacheRead, cacheWrite),
    output: count(told, "outputTokens"),
    cacheRead,
    cacheWrite,
  });
}
