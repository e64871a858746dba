import { sse } from "../framings/sse.ts";
import type { Dialect, Sign } from "./dialect.ts";
import { failed } from "./failed.ts";
import { type Json, member, says } from "./json.ts";
import { readChunk, usageIn } from "./openai.ts";
import { content, finishedBy, overJson, quiet, unmarked, withUsage } from "./signs.ts";

/**
 * Cloudflare Workers AI; newer models speak OpenAI's words.
 *
 * @see https://developers.cloudflare.com/workers-ai/platform/errors/
 */
export const workersAi: Dialect = {
  name: "workers-ai",
  framings: { "text/event-stream": sse },
  read: overJson((data) => {
    if (says(data["errors"])) return failed(data["errors"]);
    if (data["success"] === false) return failed("");
    if ("choices" in data) return readChunk(data);
    return withUsage(signOf(data), usageIn(data) ?? usageIn(member(data, "result")));
  }),
  goesOn: unmarked(/"(?:usage|errors?|success|result|choices|finish_reason)"/),
  tell: ({ code, message }) => {
    const errors = [{ code: numbers[code] ?? 2005, message }];
    return { type: "message", data: JSON.stringify({ result: null, success: false, errors, messages: [] }) };
  },
};

/** What Workers AI has a number for; the rest has AI Gateway's for a provider that fails. */
const numbers: Readonly<Record<string, number>> = { timeout: 3007, quota: 3036, overloaded: 3040 };

/** Most models tell no reason to finish: the end mark alone ends their streams. */
function signOf(data: Json): Sign {
  if (typeof data["finish_reason"] === "string" && data["finish_reason"]) {
    return finishedBy(data["finish_reason"]);
  }
  return "response" in data && !says(data["response"]) && !says(data["tool_calls"]) ? quiet : content;
}
