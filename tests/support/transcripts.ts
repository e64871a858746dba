import type { Sign, StreamEvent } from "../../src/dialects/dialect.ts";
import type { ErrorCode } from "../../src/errors.ts";

/** An event of a transcript, and what it means. */
export type Line = readonly [event: StreamEvent, sign: Sign];

export const quiet: Sign = { kind: "quiet" };
const content: Sign = { kind: "content" };
const finish: Sign = { kind: "finish" }, end: Sign = { kind: "end" }, malformed: Sign = { kind: "malformed" };

/** An error as it is read. */
export const failed = (code: ErrorCode, message: string): Sign => ({
  kind: "error",
  error: { code, message },
});

/** An event whose data are JSON, or a text as it stands. */
export function on(data: unknown, type = "message"): StreamEvent {
  return { type, data: typeof data === "string" ? data : JSON.stringify(data) };
}

/** An event that is named after the type in its data. */
const typed = (type: string, data: object = {}) => on({ type, ...data }, type);

const chunk = (delta: unknown, finish_reason: string | null = null) =>
  on({ object: "chat.completion.chunk", choices: [{ index: 0, delta, finish_reason }] });
const delta = (delta: unknown) => typed("content_block_delta", { index: 0, delta });
const opened = (content_block: unknown) => typed("content_block_start", { index: 0, content_block });
const candidate = (candidate: unknown) => on({ candidates: [candidate], modelVersion: "gemini-2.5" });
const model = (data: unknown) => {
  const bytes = new TextEncoder().encode(JSON.stringify(data));
  return on({ bytes: btoa(String.fromCharCode(...bytes)), p: "abcd" }, "chunk");
};

/** What providers send, by dialect, and what each event means. */
export const transcripts: Readonly<
  Record<string, { readonly path: string; readonly lines: readonly Line[] }>
> = {
  "OpenAI chat": {
    path: "chat/completions",
    lines: [
      [on({ choices: [], prompt_filter_results: [{ prompt_index: 0 }] }), quiet],
      [on({ choices: [{ index: 0, finish_reason: null, content_filter_results: { hate: {} } }] }), quiet],
      [chunk({ role: "assistant", content: "", refusal: null }), quiet],
      [chunk({ role: "assistant" }), quiet],
      [chunk({}), quiet],
      [chunk({ content: "Grüße" }), content],
      [chunk({ content: "a" }, "null"), content],
      [chunk({ reasoning_content: "Hm" }), content],
      [chunk({ tool_calls: [{ index: 0, id: "c", function: { name: "f", arguments: "" } }] }), content],
      [on({ choices: [{ delta: {}, finish_reason: "stop" }, { delta: { content: "x" } }] }), content],
      [chunk({}, "stop"), finish],
      [chunk({ content: "" }, "content_filter"), finish],
      [chunk({}, "error"), failed("provider_error", "")],
      [chunk({}, "insufficient_system_resource"), failed("overloaded", "")],
      [
        on({
          choices: [],
          usage: { prompt_tokens: 9, completion_tokens: 3, prompt_tokens_details: { cached_tokens: 4 } },
        }),
        { kind: "quiet", usage: { input: 9, output: 3, cacheRead: 4 } },
      ],
      [
        on({
          choices: [{ delta: {}, finish_reason: "stop" }],
          x_groq: { usage: { prompt_tokens: 1, completion_tokens: 2 } },
        }),
        { kind: "finish", usage: { input: 1, output: 2 } },
      ],
      [on("[DONE]"), end],
      [on({ something: "new" }), content],
      [on("not JSON"), malformed],
    ],
  },
  "OpenAI completions": {
    path: "completions",
    lines: [
      [on({ choices: [{ text: "", index: 0, logprobs: null, finish_reason: null }] }), quiet],
      [on({ choices: [{ text: "Hi", index: 0, logprobs: null, finish_reason: null }] }), content],
      [on({ choices: [{ text: "", index: 0, finish_reason: "length" }] }), finish],
    ],
  },
  "OpenAI responses": {
    path: "responses",
    lines: [
      [typed("response.created", { response: { status: "in_progress", error: null } }), quiet],
      [typed("response.queued"), quiet],
      [typed("response.in_progress"), quiet],
      [typed("keepalive"), quiet],
      [typed("response.output_item.added", { item: { type: "reasoning", summary: [] } }), quiet],
      [typed("response.output_item.added", { item: { type: "message", content: [] } }), quiet],
      [typed("response.output_item.added", { item: { type: "function_call" } }), content],
      [
        typed("response.content_part.added", { part: { type: "output_text", text: "", annotations: [] } }),
        quiet,
      ],
      [
        typed("response.content_part.added", { part: { type: "output_text", text: "a" } }),
        content,
      ],
      [typed("response.output_text.delta", { delta: "Hi" }), content],
      [typed("response.function_call_arguments.delta", { delta: "{" }), content],
      [
        typed("response.completed", {
          response: {
            status: "completed",
            error: null,
            usage: {
              input_tokens: 8,
              output_tokens: 5,
              input_tokens_details: { cached_tokens: 2, cache_write_tokens: 1 },
            },
          },
        }),
        { kind: "finish", usage: { input: 8, output: 5, cacheRead: 2, cacheWrite: 1 } },
      ],
      [typed("response.incomplete", { response: { usage: null } }), finish],
      [
        typed("response.failed", {
          response: { status: "failed", error: { code: "server_is_overloaded", message: "Busy" } },
        }),
        failed("overloaded", "Busy"),
      ],
      [
        typed("error", { code: "rate_limit_exceeded", message: "Slow", param: null }),
        failed("rate_limited", "Slow"),
      ],
      [
        typed("error", { error: { code: "slow_down", message: "x" } }),
        failed("overloaded", "x"),
      ],
    ],
  },
  "Anthropic": {
    path: "v1/messages",
    lines: [
      [
        typed("message_start", {
          message: {
            content: [],
            usage: {
              input_tokens: 5,
              cache_creation_input_tokens: 2,
              cache_read_input_tokens: 30,
              output_tokens: 1,
            },
          },
        }),
        { kind: "quiet", usage: { input: 37, output: 1, cacheRead: 30, cacheWrite: 2 } },
      ],
      [opened({ type: "text", text: "" }), quiet],
      [typed("ping"), quiet],
      [opened({ type: "thinking", thinking: "", signature: "" }), quiet],
      [opened({ type: "server_tool_use", id: "s", name: "web_search", input: {} }), quiet],
      [opened({ type: "web_search_tool_result", content: [{ title: "x" }] }), content],
      [delta({ type: "text_delta", text: "Hi" }), content],
      [delta({ type: "input_json_delta", partial_json: "" }), quiet],
      [typed("content_block_stop"), quiet],
      [
        typed("message_delta", { delta: { stop_reason: "end_turn" }, usage: { output_tokens: 7 } }),
        { kind: "finish", usage: { output: 7 } },
      ],
      [typed("message_stop"), end],
      [
        typed("error", { error: { type: "overloaded_error", message: "Overloaded" } }),
        failed("overloaded", "Overloaded"),
      ],
      [typed("constructor"), content],
    ],
  },
  "Gemini": {
    path: "v1beta/models/gemini-2.5:streamGenerateContent?alt=sse",
    lines: [
      [
        on({ usageMetadata: { promptTokenCount: 4 }, modelVersion: "g", responseId: "r" }),
        { kind: "quiet", usage: { input: 4 } },
      ],
      [candidate({ content: { parts: [{ text: "" }], role: "model" }, index: 0 }), quiet],
      [candidate({ content: { role: "model" } }), quiet],
      [candidate({ content: { parts: [] }, finishReason: "FINISH_REASON_UNSPECIFIED" }), quiet],
      [candidate({ content: { parts: [{ text: "Grüße" }], role: "model" } }), content],
      [candidate({ content: { parts: [{ text: "Hm", thought: true }] } }), content],
      [candidate({ content: { parts: [{ functionCall: { name: "f", args: {} } }] } }), content],
      [candidate({ content: { parts: [{ text: "." }] }, finishReason: "STOP" }), finish],
      [candidate({ finishReason: "SAFETY" }), finish],
      [on({ promptFeedback: { blockReason: "PROHIBITED_CONTENT" } }), finish],
      [
        on({
          candidates: [{ finishReason: "STOP" }],
          usageMetadata: {
            promptTokenCount: 10,
            toolUsePromptTokenCount: 1,
            candidatesTokenCount: 6,
            thoughtsTokenCount: 20,
            cachedContentTokenCount: 3,
          },
        }),
        { kind: "finish", usage: { input: 11, output: 26, reasoning: 20, cacheRead: 3 } },
      ],
      [
        on({ error: { code: 503, message: "The model is overloaded.", status: "UNAVAILABLE" } }),
        failed("overloaded", "The model is overloaded."),
      ],
      [
        on({ error: { code: 429, message: "Quota", status: "RESOURCE_EXHAUSTED" } }),
        failed("rate_limited", "Quota"),
      ],
      [on({ error: { code: 500, message: "Sorry", status: "INTERNAL" } }), failed("provider_error", "Sorry")],
    ],
  },
  "Cohere": {
    path: "v2/chat",
    lines: [
      [
        typed("message-start", { delta: { message: { role: "assistant", content: [] } } }),
        quiet,
      ],
      [
        typed("content-start", { delta: { message: { content: { type: "text", text: "" } } } }),
        quiet,
      ],
      [typed("content-delta", { delta: { message: { content: { text: "Hi" } } } }), content],
      [typed("content-delta", { delta: { message: { content: { thinking: "Hm" } } } }), content],
      [typed("content-end"), quiet],
      [typed("tool-plan-delta", { delta: { message: { tool_plan: "I" } } }), content],
      [typed("tool-call-start"), content],
      [typed("tool-call-delta"), content],
      [typed("tool-call-end"), quiet],
      [
        typed("message-end", {
          delta: {
            finish_reason: "COMPLETE",
            usage: {
              billed_units: { input_tokens: 1 },
              tokens: { input_tokens: 60, output_tokens: 4 },
              cached_tokens: 16,
            },
          },
        }),
        { kind: "finish", usage: { input: 60, output: 4, cacheRead: 16 } },
      ],
      [typed("message-end", { delta: { finish_reason: "MAX_TOKENS" } }), finish],
      [
        typed("message-end", { delta: { finish_reason: "ERROR", error: "Sorry" } }),
        failed("provider_error", "Sorry"),
      ],
      [
        typed("message-end", { delta: { finish_reason: "ERROR_TOXIC" } }),
        failed("content_filter", "ERROR_TOXIC"),
      ],
      [
        typed("message-end", { delta: { finish_reason: "TIMEOUT" } }),
        failed("provider_error", "TIMEOUT"),
      ],
      [on("[DONE]"), end],
    ],
  },
  "Workers AI": {
    path: "@cf/meta/llama-3.1-8b-instruct",
    lines: [
      [on({ response: "", p: "abcdef" }), quiet],
      [on({ response: "Hi", p: "abcdef" }), content],
      [on({ response: 42 }), content],
      [on({ response: "", tool_calls: [{ name: "f" }] }), content],
      [
        on({ response: "", tool_calls: [], usage: { prompt_tokens: 2, completion_tokens: 3 } }),
        { kind: "quiet", usage: { input: 2, output: 3 } },
      ],
      [on({ response: null, finish_reason: "stop" }), finish],
      [chunk({ role: "assistant", content: "" }), quiet],
      [chunk({ content: "Hi" }), content],
      [chunk({}, "stop"), finish],
      [on({ image: "iVBOR" }), content],
      [
        on({ success: false, errors: [{ code: 3040, message: "No more" }] }),
        failed("overloaded", "No more"),
      ],
      [on({ errors: [{ code: 3036, message: "Used up" }] }), failed("quota", "Used up")],
      [on("[DONE]"), end],
    ],
  },
  "Replicate": {
    path: "models/meta/llama-3/predictions",
    lines: [
      [on("Loading", "logs"), quiet],
      [on("", "output"), quiet],
      [on("Once\nupon", "output"), content],
      [on("[DONE]", "output"), content],
      [on("{}", "done"), finish],
      [on('{"reason":"error"}', "done"), failed("provider_error", "error")],
      [on('{"reason":"canceled"}', "done"), failed("provider_error", "canceled")],
      [on("Too many requests", "error"), failed("rate_limited", "Too many requests")],
      [on("x", "constructor"), content],
    ],
  },
  "Hugging Face": {
    path: "https://router.huggingface.co/hf-inference/models/org/model",
    lines: [
      [on({ token: { id: 1, text: "", special: true }, generated_text: null, details: null }), quiet],
      [on({ token: { id: 2, text: "Hi", special: false }, generated_text: null, details: null }), content],
      [
        on({
          token: { id: 3, text: "</s>", special: true },
          generated_text: "Hi",
          details: { finish_reason: "eos_token", generated_tokens: 2, input_length: 5 },
        }),
        { kind: "finish", usage: { input: 5, output: 2 } },
      ],
      [
        on({ error: "Model is overloaded", error_type: "overloaded" }),
        failed("overloaded", "Model is overloaded"),
      ],
      [
        on({ error: "`inputs` must have less than 1024 tokens. Given: 2000", error_type: "validation" }),
        failed("context_length", "`inputs` must have less than 1024 tokens. Given: 2000"),
      ],
    ],
  },
  "Bedrock converse": {
    path: "model/anthropic.claude-v2%3A1/converse-stream",
    lines: [
      [on({ role: "assistant" }, "messageStart"), quiet],
      [on({ start: { toolUse: { toolUseId: "t", name: "f" } } }, "contentBlockStart"), quiet],
      [on({ delta: { text: "" }, contentBlockIndex: 0 }, "contentBlockDelta"), quiet],
      [on({ delta: { text: "Grüße" }, contentBlockIndex: 0, p: "ab" }, "contentBlockDelta"), content],
      [on({ contentBlockIndex: 0 }, "contentBlockStop"), quiet],
      [on({ stopReason: "end_turn" }, "messageStop"), finish],
      [
        on({
          usage: { inputTokens: 7, outputTokens: 3, cacheReadInputTokens: 4, cacheWriteInputTokens: 1 },
          metrics: { latencyMs: 1 },
        }, "metadata"),
        { kind: "quiet", usage: { input: 12, output: 3, cacheRead: 4, cacheWrite: 1 } },
      ],
      [on({ message: "Slow" }, "exception:throttlingException"), failed("rate_limited", "Slow")],
      [on({ message: "Gone" }, "exception:serviceUnavailableException"), failed("overloaded", "Gone")],
      [on({ message: "Oh" }, "exception:modelStreamErrorException"), failed("provider_error", "Oh")],
      [
        on({ message: "Input is too long for requested model." }, "exception:validationException"),
        failed("context_length", "Input is too long for requested model."),
      ],
    ],
  },
  "Bedrock invoke": {
    path: "model/anthropic.claude-v2%3A1/invoke-with-response-stream",
    lines: [
      [
        model({ type: "message_start", message: { usage: { input_tokens: 5, output_tokens: 1 } } }),
        { kind: "quiet", usage: { input: 5, output: 1 } },
      ],
      [model({ type: "content_block_start", content_block: { type: "text", text: "" } }), quiet],
      [model({ type: "content_block_delta", delta: { type: "text_delta", text: "Grüße 😀" } }), content],
      [model({ type: "message_delta", delta: { stop_reason: "end_turn" } }), finish],
      [
        model({
          type: "message_stop",
          "amazon-bedrock-invocationMetrics": {
            inputTokenCount: 7,
            outputTokenCount: 9,
            cacheReadInputTokenCount: 100,
            cacheWriteInputTokenCount: 20,
          },
        }),
        { kind: "finish", usage: { input: 127, output: 9, cacheRead: 100, cacheWrite: 20 } },
      ],
      [
        model({ type: "error", error: { type: "overloaded_error", message: "x" } }),
        failed("overloaded", "x"),
      ],
      [
        model({
          type: "content_block_delta",
          delta: { type: "text_delta", text: "amazon-bedrock-invocationMetrics" },
        }),
        content,
      ],
      [model({ generation: "Hi", stop_reason: null }), content],
      [on({ bytes: "%" }, "chunk"), malformed],
      [on({ message: "Slow" }, "exception:modelTimeoutException"), failed("provider_error", "Slow")],
    ],
  },
};
