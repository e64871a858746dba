import assert from "node:assert/strict";
import { test } from "node:test";
import { dialectOf } from "../src/dialects/table.ts";
import type { ErrorCode } from "../src/errors.ts";
import { on, transcripts } from "./support/transcripts.ts";

const plain: readonly (readonly [name: string, body: unknown, fails: boolean])[] = [
  ["OpenAI chat", { object: "chat.completion", choices: [{ message: { content: "Hi" } }] }, false],
  ["OpenAI chat", { error: null, choices: [] }, false],
  ["OpenAI chat", { error: { message: "No", type: "server_error" } }, true],
  ["OpenAI chat", { error: "No" }, true],
  ["OpenAI chat", { object: "error", message: "No", code: 400 }, true],
  ["OpenAI responses", { object: "response", status: "completed", error: null, output: [] }, false],
  ["OpenAI responses", { object: "response", status: "incomplete", error: null }, false],
  ["OpenAI responses", { object: "response", status: "failed", error: { code: "x", message: "y" } }, true],
  ["OpenAI responses", { object: "response", status: "failed", error: null }, true],
  ["Anthropic", { type: "message", content: [], stop_reason: "end_turn" }, false],
  ["Anthropic", { type: "error", error: { type: "api_error", message: "No" } }, true],
  ["Anthropic", { type: "error", message: null }, true],
  ["Gemini", { candidates: [{ finishReason: "STOP" }] }, false],
  ["Gemini", { error: { code: 400, message: "No", status: "INVALID_ARGUMENT" } }, true],
  ["Cohere", { finish_reason: "COMPLETE", message: { content: [] } }, false],
  ["Cohere", { finish_reason: "ERROR", message: { content: [] } }, true],
  ["Workers AI", { result: { response: "Hi" }, success: true, errors: [], messages: [] }, false],
  ["Workers AI", { result: null, success: false, errors: [] }, true],
  ["Workers AI", { errors: [{ code: 5007, message: "No such model" }] }, true],
  ["Replicate", { status: "succeeded", error: null, output: ["Hi"] }, false],
  ["Replicate", { status: "starting", error: null, output: null }, false],
  ["Replicate", { status: "failed", error: "No", output: null }, true],
  ["Replicate", { status: "canceled", error: null, output: null }, true],
  ["Hugging Face", [{ generated_text: "Hi" }], false],
  ["Hugging Face", { error: "No" }, true],
  ["Bedrock converse", { output: { message: {} }, stopReason: "end_turn" }, false],
  ...Object.keys(transcripts).flatMap((name) =>
    [null, 1, "", [], {}, [[]], { error: {} }].map((body) => [name, body, false] as const)
  ),
];
for (const [name, body, fails] of plain) {
  test(`${name}: the plain answer ${JSON.stringify(body)} is ${fails ? "an" : "no"} error`, () => {
    const sign = dialectOf(transcripts[name]!.path)?.read({ type: "message", data: JSON.stringify(body) });
    assert.ok(sign);
    assert.equal(sign.kind === "error", fails);
  });
}

test("an error that repeats a word many thousand times is read in no time", () => {
  const sign = on({ error: { message: "token count ".repeat(12_000) } });
  const times = Array.from({ length: 3 }, () => {
    const began = performance.now();
    dialectOf("chat/completions")?.read(sign);
    return performance.now() - began;
  });
  // A busy machine does not take a second away each time.
  assert.ok(Math.min(...times) < 1000);
});

const words: readonly (readonly [code: ErrorCode, error: unknown])[] = [
  ["quota", { type: "insufficient_quota", code: 429, message: "You exceeded your current quota" }],
  ["quota", { message: "Your credit balance is too low to access the API" }],
  ["quota", { message: "Insufficient Balance", code: 402 }],
  ["rate_limited", { message: "Rate limit reached", type: "tokens", code: "rate_limit_exceeded" }],
  ["rate_limited", { message: "x", code: 429 }],
  ["rate_limited", { message: "x", code: "429" }],
  ["rate_limited", "Too many requests"],
  ["overloaded", { message: "x", type: "overloaded_error" }],
  ["overloaded", { message: "x", type: "service_unavailable_error" }],
  ["overloaded", { message: "The engine is currently overloaded" }],
  ["overloaded", { message: "Capacity temporarily exceeded, please try again." }],
  ["content_filter", { message: "x", code: "content_filter" }],
  ["content_filter", { message: "Output blocked by content filtering policy", type: "api_error" }],
  ["context_length", { message: "x", code: "context_length_exceeded" }],
  ["context_length", { message: "prompt is too long: 429 tokens > 400", type: "invalid_request_error" }],
  ["context_length", { message: "The input token count (9) exceeds the maximum", code: 400 }],
  ["provider_error", { message: "The server had an error", type: "server_error", code: 500 }],
  ["provider_error", { message: "Invalid value 429" }],
  ["provider_error", { message: null, code: null }],
  ["provider_error", ["odd"]],
];
for (const [code, error] of words) {
  test(`the error ${JSON.stringify(error)} is ${code}`, () => {
    assert.equal(dialectOf("chat/completions")?.read(on({ error })).error?.code, code);
  });
}
