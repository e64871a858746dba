import type { ErrorCode } from "../errors.ts";
import type { Sign, StreamError, StreamEvent, Usage } from "./dialect.ts";

/** A JSON object of which nothing is known. */
export type Json = Readonly<Record<string, unknown>>;

export const quiet: Sign = { kind: "quiet" };
export const content: Sign = { kind: "content" };
export const finish: Sign = { kind: "finish" };
export const end: Sign = { kind: "end" };
const malformed: Sign = { kind: "malformed" };

/** The same sign with what it tells of tokens. */
export function withUsage(sign: Sign, usage: Usage | undefined): Sign {
  return usage ? { ...sign, usage } : sign;
}

/** Reads events whose data are JSON objects; comments say nothing, `[DONE]` is the end, other JSON is content. */
export const overJson =
  (read: (data: Json, type: string) => Sign): (event: StreamEvent) => Sign => ({ type, data }) => {
    if (data === undefined) return quiet;
    if (data.trim() === "[DONE]") return end;
    try {
      const value = JSON.parse(data);
      return isJson(value) ? read(value, type) : content;
    } catch {
      return malformed;
    }
  };

/** Whether a value is an object, an array not excepted. */
export function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null;
}

/** A member that is an object, or an empty one. */
export function member(data: Json, name: string): Json {
  const value = data[name];
  return isJson(value) ? value : {};
}

/** A member that is a number. */
export function count(data: Json, name: string): number | undefined {
  const value = data[name];
  return typeof value === "number" ? value : undefined;
}

/** Usage without the members that nobody told; undefined where none is left. */
export function usageOf(
  counts: { readonly [Name in keyof Usage]: Usage[Name] | undefined },
): Usage | undefined {
  const told = Object.entries(counts).filter(([, value]) => value !== undefined);
  return told.length > 0 ? Object.fromEntries(told) : undefined;
}

/** The words that providers use for what went wrong, the most telling first. */
const words: readonly (readonly [code: ErrorCode, pattern: RegExp])[] = [
  ["quota", /\binsufficient_quota\b/],
  ["content_filter", /\bcontent_(filter|policy_violation)\b|\bResponsibleAIPolicyViolation\b/],
  [
    "context_length",
    /\bcontext_length_exceeded\b|\bstring_above_max_length\b|prompt is too long|maximum context length|input token count .* exceeds/i,
  ],
  ["overloaded", /\boverloaded(_error)?\b|\b529\b/i],
  ["rate_limited", /\brate_limit|\b429\b|\bRESOURCE_EXHAUSTED\b|\bthrottling|too many requests/i],
];

/** The code that an error's own words stand for. */
export function classify(...said: readonly unknown[]): ErrorCode {
  const text = said.filter((word) => typeof word === "string" || typeof word === "number").join(" ");
  return words.find(([, pattern]) => pattern.test(text))?.[0] ?? "provider_error";
}

/** An error out of whatever a provider made of it: a text, or an object with `message` and some kind of code. */
export function failed(error: unknown, ...more: readonly unknown[]): Sign {
  if (!isJson(error)) return { kind: "error", error: told(String(error), more) };
  const { message, type, code, status } = error;
  return {
    kind: "error",
    error: told(typeof message === "string" ? message : "", [type, code, status, ...more]),
  };
}

function told(message: string, codes: readonly unknown[]): StreamError {
  return { code: classify(...codes, message), message };
}
