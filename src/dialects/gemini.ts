import { jsonArray } from "../framings/json-array.ts";
import { sse } from "../framings/sse.ts";
import type { Dialect, Sign, Usage } from "./dialect.ts";
import { count, isJson, type Json, member, says } from "./json.ts";
import { finishedBy, joined, ofChoices, overJson, quiet, spoken, sum, usageOf, withUsage } from "./signs.ts";

/**
 * Gemini's `streamGenerateContent`, as events with `alt=sse` and otherwise as a JSON array.
 *
 * @see https://ai.google.dev/api/generate-content
 */
export const gemini: Dialect = {
  name: "gemini",
  framings: { "text/event-stream": sse, "application/json": jsonArray },
  read: overJson((data) => withUsage(signOf(data), usage(data))),
  tell: ({ code, message }) => {
    const [number, status] = statuses[code] ?? [500, "INTERNAL"];
    return { type: "message", data: JSON.stringify({ error: { code: number, message, status } }) };
  },
};

/** Gemini's `generateContent`, which never streams. */
export const geminiPlain: Dialect = { ...gemini, framings: {} };

/** A prompt that is blocked gets no candidate. */
function signOf(data: Json): Sign {
  if (says(member(data, "promptFeedback")["blockReason"])) {
    return finishedBy(member(data, "promptFeedback")["blockReason"]);
  }
  const { candidates } = data;
  if (!Array.isArray(candidates)) return spoken(data, ...attendants);
  return ofChoices(candidates, signOfCandidate);
}

/** Members that come with candidates and say nothing of their own. */
const attendants = ["usageMetadata", "modelVersion", "responseId", "createTime", "promptFeedback"];

function signOfCandidate(candidate: Json): Sign {
  const reason = candidate["finishReason"];
  if (says(reason) && reason !== "FINISH_REASON_UNSPECIFIED") return finishedBy(reason);
  const { parts } = member(candidate, "content");
  return Array.isArray(parts) ? joined(parts.filter(isJson).map((part) => spoken(part, "thought"))) : quiet;
}

/** @see https://cloud.google.com/apis/design/errors */
const statuses: Readonly<Record<string, readonly [number, string]>> = {
  overloaded: [503, "UNAVAILABLE"],
  rate_limited: [429, "RESOURCE_EXHAUSTED"],
  timeout: [504, "DEADLINE_EXCEEDED"],
};

function usage(data: Json): Usage | undefined {
  const told = member(data, "usageMetadata");
  const answer = count(told, "candidatesTokenCount");
  const thoughts = count(told, "thoughtsTokenCount");
  return usageOf({
    input: sum(count(told, "promptTokenCount"), count(told, "toolUsePromptTokenCount")),
    output: answer === undefined ? thoughts : sum(answer, thoughts),
    reasoning: thoughts,
    cacheRead: count(told, "cachedContentTokenCount"),
  });
}
