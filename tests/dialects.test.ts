import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Dialect, Sign } from "../src/dialects/dialect.ts";
import { dialectOf } from "../src/dialects/table.ts";
import type { ErrorCode } from "../src/errors.ts";
import { failed, on, quiet, transcripts } from "./support/transcripts.ts";

function dialectAt(path: string): Dialect {
  const dialect = dialectOf(path);
  assert.ok(dialect, path);
  return dialect;
}

for (const [name, { path, lines }] of Object.entries(transcripts)) {
  for (const [event, sign] of lines) {
    test(`${name}: ${JSON.stringify(event)} means ${sign.kind}`, () => {
      assert.deepEqual(unreasoned(dialectAt(path).read(event)), sign);
    });
  }

  for (const [mediaType, framing] of Object.entries(dialectAt(path).framings)) {
    test(`${name}: a transcript printed as ${mediaType} and cut anywhere is read as it was`, () => {
      const reader = framing.createReader();
      const printed = lines.filter(([{ data }]) => mediaType !== "application/json" || isObject(data)).map(
        ([event, sign]) => {
          const bytes = reader.print(event);
          reader.push(bytes);
          return { bytes, sign };
        },
      );
      const bytes = Uint8Array.from(printed.flatMap(({ bytes }) => [...bytes]));
      fc.assert(
        fc.property(fc.array(fc.nat(bytes.length)), (cuts) => {
          const again = framing.createReader();
          const at = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
          const events = at.slice(1).flatMap((stop, index) => again.push(bytes.slice(at[index], stop)));
          assert.deepEqual(
            events.map((event) => unreasoned(dialectAt(path).read(event))),
            printed.map(({ sign }) => sign),
          );
        }),
        { numRuns: 20 },
      );
    });
  }

  test(`${name}: comments and fields without data are quiet`, () => {
    assert.deepEqual(dialectAt(path).read({ type: "message", data: undefined }), quiet);
  });

  test(`${name}: what is told of an error is read as that error`, () => {
    const dialect = dialectAt(path);
    for (const code of told[name]!) {
      const { kind, error } = dialect.read(dialect.tell({ code, message: 'Said\n"no"' }));
      assert.deepEqual({ kind, error }, failed(code, 'Said\n"no"'));
    }
    const { kind } = dialect.read(dialect.tell({ code: "truncated", message: "Broken off" }));
    assert.equal(kind, "error");
  });
}

/** Codes for which each dialect has words. */
const all: readonly ErrorCode[] = ["overloaded", "rate_limited", "quota", "content_filter", "context_length"];
const told: Readonly<Record<string, readonly ErrorCode[]>> = {
  "OpenAI chat": all,
  "OpenAI completions": all,
  "OpenAI responses": all,
  "Anthropic": ["overloaded", "rate_limited", "quota", "provider_error"],
  "Gemini": ["overloaded", "rate_limited", "provider_error"],
  "Cohere": ["provider_error"],
  "Workers AI": ["overloaded", "quota", "provider_error"],
  "Replicate": ["provider_error"],
  "Hugging Face": ["overloaded", "provider_error"],
  "Bedrock converse": ["overloaded", "rate_limited", "provider_error"],
  "Bedrock invoke": ["overloaded", "rate_limited", "provider_error"],
};

/** A sign without its reason, which has a test of its own. */
function unreasoned({ reason: _, ...sign }: Sign): Sign {
  return sign;
}

test("why a model stopped is told in its provider's words, of a stream and of a plain answer", () => {
  const said: readonly (readonly [name: string, reason: string, body: unknown])[] = [
    ["OpenAI chat", "length", { choices: [{ index: 0, delta: {}, finish_reason: "length" }] }],
    ["OpenAI chat", "stop", { choices: [{ index: 0, message: { content: "x" }, finish_reason: "stop" }] }],
    ["OpenAI responses", "max_output_tokens", {
      type: "response.incomplete",
      response: { incomplete_details: { reason: "max_output_tokens" } },
    }],
    ["OpenAI responses", "completed", { object: "response", status: "completed" }],
    ["Anthropic", "tool_use", { type: "message_delta", delta: { stop_reason: "tool_use" } }],
    ["Anthropic", "end_turn", { type: "message", stop_reason: "end_turn" }],
    ["Gemini", "MAX_TOKENS", { candidates: [{ finishReason: "MAX_TOKENS" }] }],
    ["Gemini", "SAFETY", { promptFeedback: { blockReason: "SAFETY" } }],
    ["Cohere", "COMPLETE", { finish_reason: "COMPLETE" }],
    ["Workers AI", "stop", { response: null, finish_reason: "stop" }],
  ];
  for (const [name, reason, body] of said) {
    assert.equal(dialectAt(transcripts[name]!.path).read(on(body)).reason, reason, name);
  }
  const stop = { type: "messageStop", data: '{"stopReason":"end_turn"}' };
  assert.equal(dialectAt(transcripts["Bedrock converse"]!.path).read(stop).reason, "end_turn");
  assert.equal(dialectAt("model/m/converse").read(on({ stopReason: "end_turn" })).reason, "end_turn");
});

test("tokens of reasoning are a part of the answer's", () => {
  const details = { reasoning_tokens: 3 };
  const said: readonly (readonly [name: string, body: unknown])[] = [
    ["OpenAI chat", { choices: [], usage: { completion_tokens: 5, completion_tokens_details: details } }],
    ["OpenAI responses", { object: "response", usage: { output_tokens: 5, output_tokens_details: details } }],
    ["OpenAI chat", {
      choices: [],
      usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 6, completion_tokens_details: details },
    }],
    ["Anthropic", {
      type: "message_delta",
      usage: { output_tokens: 5, output_tokens_details: { thinking_tokens: 3 } },
    }],
    ["Gemini", { candidates: [], usageMetadata: { candidatesTokenCount: 2, thoughtsTokenCount: 3 } }],
  ];
  for (const [name, body] of said) {
    const { input: _, ...usage } = dialectAt(transcripts[name]!.path).read(on(body)).usage ?? {};
    assert.deepEqual(usage, { output: 5, reasoning: 3 }, name);
  }
});

test("a conversation that was summed up on the way took the tokens of both calls", () => {
  const told = (tokens: number) => ({
    input_tokens: tokens,
    output_tokens: tokens,
    cache_read_input_tokens: tokens,
    cache_creation_input_tokens: tokens,
  });
  const kinds = ["compaction", "message", "compaction", "advisor_message", "fallback_message"];
  const iterations = [...kinds.map((type) => ({ type, ...told(10) })), null, 1];
  for (const type of ["message", "message_delta"]) {
    const body = { type, usage: { ...told(1), iterations } };
    const { usage } = dialectAt(transcripts["Anthropic"]!.path).read(on(body));
    assert.deepEqual(usage, { input: 63, output: 21, cacheRead: 21, cacheWrite: 21 }, type);
  }
});

test("tokens that chat completions have written into the cache are told", () => {
  const body = { choices: [], usage: { prompt_tokens: 9, prompt_tokens_details: { cache_write_tokens: 4 } } };
  const { usage } = dialectAt(transcripts["OpenAI chat"]!.path).read(on(body));
  assert.deepEqual(usage, { input: 9, cacheWrite: 4 });
});

function isObject(data: string | undefined): boolean {
  return data !== undefined && data.startsWith("{");
}

test("the usage of a plain answer is told", () => {
  const bodies: readonly (readonly [name: string, body: unknown])[] = [
    ["OpenAI chat", { choices: [], usage: { prompt_tokens: 1, completion_tokens: 2 } }],
    ["OpenAI responses", { object: "response", usage: { input_tokens: 1, output_tokens: 2 } }],
    ["Anthropic", { type: "message", usage: { input_tokens: 1, output_tokens: 2 } }],
    ["Gemini", { candidates: [], usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 2 } }],
    ["Cohere", { finish_reason: "COMPLETE", usage: { tokens: { input_tokens: 1, output_tokens: 2 } } }],
    ["Workers AI", { result: { usage: { prompt_tokens: 1, completion_tokens: 2 } }, success: true }],
    ["Replicate", { status: "succeeded", metrics: { input_token_count: 1, output_token_count: 2 } }],
  ];
  for (const [name, body] of bodies) {
    const { usage } = dialectAt(transcripts[name]!.path).read(on(body));
    assert.deepEqual(usage, { input: 1, output: 2 }, name);
  }
  const plain: readonly (readonly [path: string, body: unknown])[] = [
    ["model/m/converse", { usage: { inputTokens: 1, outputTokens: 2 } }],
    ["model/m/invoke", { type: "message", usage: { input_tokens: 1, output_tokens: 2 } }],
    ["v1/embeddings", { object: "list", data: [], usage: { prompt_tokens: 1, completion_tokens: 2 } }],
  ];
  for (const [path, body] of plain) {
    assert.deepEqual(dialectAt(path).read(on(body)).usage, { input: 1, output: 2 }, path);
  }
});

test("an error event of a Bedrock stream says what is wrong in plain text", () => {
  const { path } = transcripts["Bedrock converse"]!;
  const event = { type: "error:ThrottlingError", data: "Slow down" };
  assert.deepEqual(dialectAt(path).read(event), failed("rate_limited", "Slow down"));
});

const paths: readonly (readonly [path: string, name: string | undefined])[] = [
  ["chat/completions", "openai"],
  ["res/dep/chat/completions?api-version=2024-10-21", "openai"],
  ["openai/deployments/x/chat/completions", "openai"],
  ["@cf/v1/chat/completions", "openai"],
  ["hf-inference/models/o/m/v1/chat/completions", "openai"],
  ["v1/responses", "responses"],
  ["responses/resp_1", undefined],
  ["messages", "anthropic"],
  ["anthropic/v1/messages?beta=true", "anthropic"],
  ["v1/messages/count_tokens", undefined],
  ["v1/threads/t/messages", undefined],
  ["threads/t/messages", undefined],
  ["v1/projects/p/locations/l/publishers/anthropic/models/c:streamRawPredict", "anthropic"],
  ["v1/projects/p/locations/l/publishers/anthropic/models/c:rawPredict", "anthropic"],
  ["v1/projects/p/locations/l/publishers/mistralai/models/m:streamRawPredict", "openai"],
  ["v1/projects/p/locations/l/publishers/google/models/g:streamGenerateContent?alt=sse", "gemini"],
  ["v1beta/models/g:generateContent", "gemini"],
  ["v1beta/models/g:countTokens", undefined],
  ["v2/chat", "cohere"],
  ["v1/chat", undefined],
  ["run/@cf/meta/llama", "workers-ai"],
  ["@hf/thebloke/zephyr", "workers-ai"],
  ["predictions", "replicate"],
  ["predictions/p1", undefined],
  ["model/m/converse-stream", "bedrock"],
  ["bedrock-runtime/us-east-1/model/m/invoke-with-response-stream", "bedrock"],
  ["generate_stream", "huggingface"],
  ["embeddings", "openai"],
  ["model/m/invoke", "bedrock"],
  ["rerank", undefined],
  ["", undefined],
];
for (const [path, name] of paths) {
  test(`${path || "no path"} speaks ${name ?? "no known dialect"}`, () => {
    assert.equal(dialectOf(path)?.name, name);
  });
}

test("Gemini's JSON is an array where it streams, and plain where it does not", () => {
  assert.ok("application/json" in dialectAt("models/g:streamGenerateContent").framings);
  assert.deepEqual(dialectAt("models/g:generateContent").framings, {});
});
