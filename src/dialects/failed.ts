import type { ErrorCode } from "../errors.ts";
import type { Sign } from "./dialect.ts";
import { isJson, type Json } from "./json.ts";

/** Characters of a text that are searched for words; it may quote a prompt of any length. */
const ENOUGH = 4096;
/** The words that providers use for what went wrong, the most telling first. */
const words: readonly (readonly [code: ErrorCode, pattern: RegExp])[] = [
  [
    "quota",
    /insufficient[ _](quota|credit|balance|funds)|^quota|^billing_|^402$|^3036$|ServiceQuotaExceeded|exceeded your current quota|quota exceeded|credit balance|daily free allocation/i,
  ],
  [
    "content_filter",
    /content[ _](filter|policy|management policy)|ResponsibleAIPolicy|^invalid_prompt$|^bio_policy$|^ERROR_TOXIC$|usage (polic|guideline)/i,
  ],
  [
    "context_length",
    /context[ _](length|limit|window)|string_above_max_length|(prompt|input) is too long|maximum prompt length|token count .{0,99}exceeds|too many tokens:|`inputs` (tokens|must have less)/i,
  ],
  [
    "overloaded",
    /overloaded|^529$|^503$|^3040$|^slow_down$|^unavailable$|service_?unavailable|insufficient_system_resource|(at|over)[ _]capacity|capacity temporarily exceeded|no more data centers/i,
  ],
  ["rate_limited", /rate[ _-]?limit|^429$|^RESOURCE_EXHAUSTED$|throttling|too[ _]many[ _]requests/i],
];

/**
 * An error out of whatever a provider made of it: a text, or an object with `message` and some kind of code, or a list
 * of such. Its codes tell what it is, and where they do not, its message.
 */
export function failed(error: unknown, ...more: readonly unknown[]): Sign {
  const first: unknown = Array.isArray(error) ? error[0] : error;
  const { message, type, code, status }: Json = isJson(first) ? first : { message: String(first ?? "") };
  const text = typeof message === "string" ? message : "";
  const told = classify([type, code, status, ...more]) ?? classify([text]) ?? "provider_error";
  return { kind: "error", error: { code: told, message: text } };
}

function classify(said: readonly unknown[]): ErrorCode | undefined {
  const texts = said.filter((word) => typeof word === "string" || typeof word === "number")
    .map((word) => String(word).slice(0, ENOUGH));
  return words.find(([, pattern]) => texts.some((text) => pattern.test(text)))?.[0];
}
