import type { Usage } from "../../src/index.ts";

type Json = Readonly<Record<string, unknown>>;

/** An event before it is written: its name, and its data as a value, or as text where they are no JSON. */
export interface Said {
  readonly name?: string;
  readonly data: unknown;
}

/** Numbers that an answer may tell. */
export type Counts = readonly [number, number, number, number, number];

/** How one API streams, whatever frames its events. */
export interface Tongue {
  /** Path behind the gateway id. */
  readonly path: string;
  readonly framing: "sse" | "array" | "frames";
  /** Events that tell a text, and nothing of tokens, whatever the text is. */
  readonly words: readonly ((text: string) => Said)[];
  /** Events that tell of tokens, with a text beside them where there is room for one. */
  readonly usages: readonly ((counts: Counts, text: string) => readonly [said: Said, usage: Usage])[];
  /** An object that tells of tokens and of an end, where one deeper than that nobody may read it. */
  readonly lie: Json;
  /** What ends it, and what that tells of tokens. */
  readonly ends: readonly (readonly [said: Said, usage?: Usage])[];
  /** Why it ends. */
  readonly reason: string | null;
  /** How it answers all at once. @default not at all */
  readonly plain?: Plain;
}

/** How one API answers in one piece. */
export interface Plain {
  /** @default that of its streams */
  readonly path?: string;
  /** @default that of its streams */
  readonly reason?: null;
  readonly say: (counts: Counts, text: string) => readonly [body: unknown, usage: Usage];
}

/** A number that is only told where nobody may read it; true ones are smaller. */
export const LIE = 1_000_000_000;

/** Usage in an API's words, which is none where its provider does not put it. */
const lies = (...names: readonly string[]): Json => Object.fromEntries(names.map((name) => [name, LIE]));

/** Texts in which a hasty reader finds what is not there: that, and more of its kind. */
export const trapsIn = ({ lie }: Tongue): readonly string[] => {
  const told = JSON.stringify(lie), inside = told.slice(1, -1);
  return [
    told,
    inside,
    JSON.stringify(told),
    `"}}],${inside},"x":[{"a":"`,
    `\\"}}],${inside}`,
    `\\`,
    `"`,
    `\\\\"`,
    "]}}}",
    "{{[",
    `\n\ndata: ${told}\n\n`,
    `\r\n\r\nevent: message_start\r\ndata: ${told}\r\n\r\n`,
    `\rdata:${told}\r\r`,
    "[DONE]",
    "data: [DONE]\n\n",
    "\u2028\u2029\u0085\ufeff",
    "\ud83d",
    "Grüße 😀 héllo 世界",
    "\0\u0001\u001f\u007f",
    '"usage"',
    "amazon-bedrock-invocationMetrics",
    "</s>",
    "null",
    "",
  ];
};

const print = (lie: Json) => JSON.stringify(lie);
const typed = (type: string, data: object = {}): Said => ({ name: type, data: { type, ...data } });
const openaiCounts = ([a, b, c, d]: Counts) => ({
  prompt_tokens: a,
  completion_tokens: b,
  total_tokens: a + b,
  prompt_tokens_details: { cached_tokens: c, audio_tokens: LIE },
  completion_tokens_details: { reasoning_tokens: d, accepted_prediction_tokens: LIE },
});
const openaiUsage = ([input, output, cacheRead, reasoning]: Counts): Usage => ({
  input,
  output,
  reasoning,
  cacheRead,
});
const anthropicCounts = ([a, b, c, d]: Counts) => ({
  input_tokens: a,
  cache_creation_input_tokens: b,
  cache_read_input_tokens: c,
  cache_creation: { ephemeral_5m_input_tokens: LIE, ephemeral_1h_input_tokens: LIE },
  output_tokens: d,
  server_tool_use: { web_search_requests: LIE },
});
const anthropicUsage = ([a, cacheWrite, cacheRead, output]: Counts): Usage => ({
  input: a + cacheWrite + cacheRead,
  output,
  cacheRead,
  cacheWrite,
});

const chunk = (delta: object, finish_reason: string | null = null, more: object = {}): Said => ({
  data: { id: "c", object: "chat.completion.chunk", choices: [{ index: 0, delta, finish_reason }], ...more },
});
const openaiLie = {
  usage: lies("prompt_tokens", "completion_tokens"),
  x_groq: { usage: lies("prompt_tokens") },
  finish_reason: "lie",
  error: { message: "lie" },
};
const openai: Tongue = {
  lie: openaiLie,
  path: "/openai/chat/completions",
  framing: "sse",
  words: [
    (content) => chunk({ content }),
    (content) => chunk({ role: "assistant", content }, null, { usage: null }),
    (reasoning_content) => chunk({ reasoning_content }),
    (text) => chunk({ tool_calls: [{ index: 0, id: text, function: { name: "f", arguments: text } }] }),
    (content) => chunk({ content, ...openaiLie }, null, { system_fingerprint: content, extra: openaiLie }),
    (content) => chunk({ content }, null, { usage: content, x_groq: { id: content } }),
    (content) => chunk({ content }, null, { usage: [openaiLie.usage], obfuscation: print(openaiLie) }),
  ],
  usages: [
    (counts) => [{ data: { choices: [], usage: openaiCounts(counts) } }, openaiUsage(counts)],
    (counts, content) => [chunk({ content }, null, { usage: openaiCounts(counts) }), openaiUsage(counts)],
    (counts, content) => [{
      data: {
        usage: openaiCounts(counts),
        choices: [{ index: 0, delta: { content, ...openaiLie } }],
        extra: openaiLie,
      },
    }, openaiUsage(counts)],
    ([a, b], content) => [
      chunk({ content }, null, {
        x_groq: { id: content, usage: { prompt_tokens: a, completion_tokens: b } },
      }),
      { input: a, output: b },
    ],
    ([a, b]) => [
      {
        data: { choices: [], usage: { prompt_tokens: a, completion_tokens: b, prompt_tokens_details: null } },
      },
      { input: a, output: b },
    ],
    ([a, b, c, d]) => [
      {
        data: {
          usage: {
            total_tokens: a + b + d,
            completion_tokens_details: { reasoning_tokens: d },
            completion_tokens: b,
            prompt_tokens_details: { text_tokens: LIE, cache_write_tokens: c },
            prompt_tokens: a,
          },
          choices: [],
        },
      },
      { input: a, output: b + d, reasoning: d, cacheWrite: c },
    ],
    ([, b]) => [
      { data: { choices: [], usage: { prompt_tokens: "9", completion_tokens: b, total_tokens: -1 } } },
      { output: b },
    ],
  ],
  ends: [[chunk({}, "stop")], [{ data: "[DONE]" }]],
  reason: "stop",
  plain: {
    say: (counts, content) => [{
      usage: openaiCounts(counts),
      choices: [{
        index: 0,
        message: {
          role: "assistant",
          content,
          tool_calls: [{ function: { arguments: content } }],
          ...openaiLie,
        },
        finish_reason: "stop",
      }],
      extra: openaiLie,
    }, openaiUsage(counts)],
  },
};

const responsesLie = {
  usage: lies("input_tokens", "output_tokens"),
  response: { usage: lies("input_tokens") },
  type: "response.completed",
  status: "completed",
  error: { message: "lie" },
};
const item = { ...responsesLie, type: "function_call", name: "f", arguments: print(responsesLie) };
const tools = [{
  type: "function",
  parameters: { properties: responsesLie },
}];
const responses: Tongue = {
  lie: responsesLie,
  path: "/openai/responses",
  framing: "sse",
  words: [
    (delta) => typed("response.output_text.delta", { item_id: "i", delta }),
    (delta) => typed("response.function_call_arguments.delta", { delta }),
    (text) => typed("response.output_text.done", { text, logprobs: [], part: responsesLie }),
    (text) => typed("response.output_item.done", { item: { ...item, id: text } }),
    (text) => typed("response.in_progress", { response: { usage: null, tools, instructions: text } }),
    (text) => typed("response.custom", { response: { usage: text, metadata: responsesLie } }),
  ],
  usages: [
    (counts, text) => {
      const [a, b, c, d, e] = counts;
      const usage = {
        input_tokens: a,
        input_tokens_details: { cached_tokens: c, cache_write_tokens: e },
        output_tokens: b,
        output_tokens_details: { reasoning_tokens: d },
        total_tokens: LIE,
      };
      const output = [{ ...item, content: [{ type: "output_text", text }] }];
      const response = { id: text, status: "in_progress", output, tools, metadata: responsesLie, usage };
      return [
        typed("response.in_progress", { response }),
        { input: a, output: b, reasoning: d, cacheRead: c, cacheWrite: e },
      ];
    },
  ],
  ends: [[typed("response.completed", { response: { status: "completed", usage: null, tools } })]],
  reason: "completed",
  plain: {
    say: ([a, b, c, d, e], text) => [{
      object: "response",
      status: "completed",
      error: null,
      output: [item, { type: "message", content: [{ text, ...responsesLie }] }],
      usage: {
        input_tokens: a,
        input_tokens_details: { cached_tokens: c, cache_write_tokens: e },
        output_tokens: b,
        output_tokens_details: { reasoning_tokens: d },
      },
      tools,
      metadata: responsesLie,
    }, { input: a, output: b, reasoning: d, cacheRead: c, cacheWrite: e }],
  },
};

const anthropicLie = {
  usage: lies("input_tokens", "output_tokens", "cache_read_input_tokens"),
  message: { usage: lies("input_tokens") },
  type: "message_start",
  stop_reason: "lie",
  error: { type: "overloaded_error" },
};
const delta = (delta: object): Said => typed("content_block_delta", { index: 0, delta });
const anthropic: Tongue = {
  lie: anthropicLie,
  path: "/anthropic/v1/messages",
  framing: "sse",
  words: [
    (text) => delta({ type: "text_delta", text }),
    (thinking) => delta({ type: "thinking_delta", thinking }),
    (partial_json) => delta({ type: "input_json_delta", partial_json }),
    (text) =>
      delta({ ...anthropicLie, type: "citations_delta", citation: { cited_text: text, ...anthropicLie } }),
    (id) => typed("content_block_start", { content_block: { type: "tool_use", id, input: anthropicLie } }),
    (text) =>
      typed("content_block_start", {
        content_block: { type: "web_search_tool_result", content: [anthropicLie, text] },
      }),
    () => typed("ping"),
    (text) => typed("message_delta", { delta: { stop_reason: null, stop_sequence: text }, usage: null }),
    (text) => typed("content_block_delta", { message: anthropicLie, delta: { type: "text_delta", text } }),
  ],
  usages: [
    (counts, id) => [
      typed("message_start", { message: { id, content: [], usage: anthropicCounts(counts) } }),
      anthropicUsage(counts),
    ],
    (counts, stop_sequence) => [
      typed("message_delta", { delta: { stop_reason: null, stop_sequence }, usage: anthropicCounts(counts) }),
      anthropicUsage(counts),
    ],
    ([a]) => [typed("message_delta", { delta: {}, usage: { output_tokens: a } }), { output: a }],
    ([a, b], stop_sequence) => [
      typed("message_delta", {
        usage: { output_tokens_details: { thinking_tokens: b }, output_tokens: a },
        delta: { stop_sequence },
      }),
      { output: a, reasoning: b },
    ],
    ([a, b, c, d, e], text) => [
      typed("message_delta", {
        usage: {
          input_tokens: a,
          iterations: [
            { type: "message", ...anthropicLie.usage },
            { input_tokens: c, output_tokens: d, cache_read_input_tokens: e, type: "compaction", text },
            { type: "advisor_message", ...anthropicLie.usage },
          ],
          output_tokens: b,
        },
      }),
      { input: a + c + e, output: b + d, cacheRead: e },
    ],
    ([a, b]) => [
      {
        data: {
          usage: { output_tokens: a, x: b },
          delta: { ...anthropicLie, stop_reason: null },
          type: "message_delta",
        },
      },
      { output: a },
    ],
  ],
  ends: [[typed("message_delta", { delta: { stop_reason: "end_turn" } })], [typed("message_stop")]],
  reason: "end_turn",
  plain: {
    say: (counts, text) => [{
      type: "message",
      content: [{ type: "tool_use", input: anthropicLie }, { type: "text", text }],
      stop_reason: "end_turn",
      usage: anthropicCounts(counts),
      container: anthropicLie,
    }, anthropicUsage(counts)],
  },
};

const geminiLie = {
  usageMetadata: lies("promptTokenCount", "candidatesTokenCount", "thoughtsTokenCount"),
  finishReason: "lie",
  error: { message: "lie" },
};
const candidate = (part: object, more: object = {}): Said => ({
  data: { candidates: [{ content: { parts: [part], role: "model" }, index: 0 }], ...more },
});
const geminiSse: Tongue = {
  lie: geminiLie,
  path: "/google-ai-studio/v1beta/models/m:streamGenerateContent?alt=sse",
  framing: "sse",
  words: [
    (text) => candidate({ text }),
    (text) => candidate({ text, thought: true, thoughtSignature: print(geminiLie) }),
    (text) => candidate({ functionCall: { name: text, args: geminiLie } }),
    (text) =>
      candidate({ functionCall: { name: "f", args: { text, usageMetadata: geminiLie.usageMetadata } } }),
    (text) => candidate({ text }, { promptFeedback: geminiLie, modelVersion: text }),
    (text) => candidate({ text }, { usageMetadata: text }),
  ],
  usages: [
    (counts, text) => {
      const [a, b, c, d, e] = counts;
      const usageMetadata = {
        promptTokenCount: a,
        candidatesTokenCount: b,
        cachedContentTokenCount: c,
        thoughtsTokenCount: d,
        toolUsePromptTokenCount: e,
        totalTokenCount: LIE,
        promptTokensDetails: [{ modality: "TEXT", tokenCount: LIE }],
        cacheTokensDetails: [{ modality: "TEXT", tokenCount: LIE }],
      };
      return [
        candidate({ text, functionCall: { args: geminiLie } }, { usageMetadata }),
        { input: a + e, output: b + d, reasoning: d, cacheRead: c },
      ];
    },
    ([a, b], text) => [
      { data: { usageMetadata: { promptTokenCount: a, thoughtsTokenCount: b }, responseId: text } },
      { input: a, output: b, reasoning: b },
    ],
    ([a, b]) => [
      { data: { usageMetadata: { promptTokenCount: a, candidatesTokenCount: b } } },
      { input: a, output: b },
    ],
  ],
  ends: [[{
    data: {
      usageMetadata: { promptTokenCount: 11, candidatesTokenCount: 12 },
      candidates: [{ content: { parts: [{ text: "." }] }, finishReason: "STOP" }],
    },
  }, { input: 11, output: 12 }]],
  reason: "STOP",
  plain: {
    path: "/google-ai-studio/v1beta/models/m:generateContent",
    say: ([a, b, c, d, e], text) => [{
      candidates: [{
        content: { parts: [{ text, functionCall: { args: geminiLie } }] },
        finishReason: "STOP",
      }],
      usageMetadata: {
        promptTokenCount: a,
        candidatesTokenCount: b,
        cachedContentTokenCount: c,
        thoughtsTokenCount: d,
        toolUsePromptTokenCount: e,
      },
      modelVersion: text,
    }, { input: a + e, output: b + d, reasoning: d, cacheRead: c }],
  },
};
const geminiArray: Tongue = {
  ...geminiSse,
  path: "/google-ai-studio/v1beta/models/m:streamGenerateContent",
  framing: "array",
};

const cohereLie = {
  usage: { tokens: lies("input_tokens", "output_tokens"), cached_tokens: LIE },
  delta: { usage: { tokens: lies("input_tokens") }, finish_reason: "lie" },
  type: "message-end",
  finish_reason: "lie",
  error: "lie",
};
const cohere: Tongue = {
  lie: cohereLie,
  path: "/cohere/v2/chat",
  framing: "sse",
  words: [
    (text) => typed("content-delta", { index: 0, delta: { message: { content: { text } } } }),
    (thinking) => typed("content-delta", { delta: { message: { content: { thinking } } } }),
    (tool_plan) => typed("tool-plan-delta", { delta: { message: { tool_plan } } }),
    (text) =>
      typed("tool-call-delta", { delta: { message: { tool_calls: { function: { arguments: text } } } } }),
    (text) => typed("citation-start", { delta: { message: { citations: { text, sources: [cohereLie] } } } }),
    (text) =>
      typed("content-delta", { delta: { ...cohereLie, message: { content: { text, ...cohereLie } } } }),
  ],
  usages: [
    ([a, b, c]) => [
      typed("message-end", {
        delta: {
          usage: {
            billed_units: { input_tokens: LIE, output_tokens: LIE },
            tokens: { input_tokens: a, output_tokens: b },
            cached_tokens: c,
          },
        },
      }),
      { input: a, output: b, cacheRead: c },
    ],
  ],
  ends: [[
    typed("message-end", {
      delta: {
        finish_reason: "COMPLETE",
        usage: {
          billed_units: lies("input_tokens", "output_tokens"),
          tokens: { input_tokens: 11, output_tokens: 12 },
        },
      },
    }),
    { input: 11, output: 12 },
  ]],
  reason: "COMPLETE",
  plain: {
    say: ([a, b, c], text) => [{
      message: { content: [{ type: "text", text }], tool_calls: [cohereLie], tool_plan: text },
      usage: {
        billed_units: { input_tokens: LIE, output_tokens: LIE },
        tokens: { input_tokens: a, output_tokens: b },
        cached_tokens: c,
      },
      finish_reason: "COMPLETE",
    }, { input: a, output: b, cacheRead: c }],
  },
};

const workersLie = { ...openaiLie, result: { usage: lies("prompt_tokens") }, errors: ["lie"] };
const workersAi: Tongue = {
  lie: workersLie,
  path: "/workers-ai/@cf/meta/m",
  framing: "sse",
  words: [
    (response) => ({ data: { response, p: print(workersLie) } }),
    (text) => ({ data: { response: "", tool_calls: [{ name: text, arguments: workersLie }] } }),
    (content) => chunk({ content, ...workersLie }, null, { usage: null }),
    (response) => ({ data: { response, result: response, usage: response } }),
  ],
  usages: [
    (
      counts,
      response,
    ) => [{ data: { response, p: print(workersLie), usage: openaiCounts(counts) } }, openaiUsage(counts)],
    (counts) => [{ data: { choices: [], usage: openaiCounts(counts) } }, openaiUsage(counts)],
  ],
  ends: [[chunk({}, "stop")], [{ data: "[DONE]" }]],
  reason: "stop",
  plain: {
    reason: null,
    say: (counts, response) => [{
      result: { response, tool_calls: [{ name: "f", arguments: workersLie }], usage: openaiCounts(counts) },
      success: true,
      errors: [],
      messages: [],
    }, openaiUsage(counts)],
  },
};

const replicateLie = { metrics: lies("input_token_count", "output_token_count"), reason: "error" };
const replicate: Tongue = {
  lie: replicateLie,
  path: "/replicate/models/meta/m/predictions",
  framing: "sse",
  words: [
    (text) => ({ name: "output", data: text.replaceAll("\r", "") }),
    () => ({ name: "output", data: print(replicateLie) }),
    () => ({ name: "logs", data: print(replicateLie) }),
    () => ({ name: "output", data: `{"metrics":${JSON.stringify(replicateLie.metrics)}}` }),
  ],
  usages: [],
  ends: [[{ name: "done", data: "{}" }]],
  reason: null,
  plain: {
    say: ([a, b], text) => [{
      status: "succeeded",
      input: replicateLie,
      output: [text, print(replicateLie)],
      logs: text,
      metrics: { predict_time: 0.5, input_token_count: a, output_token_count: b },
    }, { input: a, output: b }],
  },
};

const huggingfaceLie = {
  details: lies("input_length", "generated_tokens"),
  generated_text: "lie",
  error: "lie",
};
const huggingface: Tongue = {
  lie: huggingfaceLie,
  path: "/huggingface/org/m",
  framing: "sse",
  words: [
    (text) => ({ data: { token: { id: 1, text, special: false }, generated_text: null, details: null } }),
    (text) => ({ data: { token: { id: 1, text, ...huggingfaceLie }, generated_text: null, details: text } }),
  ],
  usages: [
    ([a, b], text) => [
      {
        data: {
          token: { id: 2, text },
          generated_text: null,
          details: {
            finish_reason: "length",
            generated_tokens: a,
            input_length: b,
            prefill: [huggingfaceLie, print(huggingfaceLie)],
          },
        },
      },
      { output: a, input: b },
    ],
  ],
  ends: [[{
    data: {
      token: { id: 3, text: "" },
      generated_text: print(huggingfaceLie),
      details: { finish_reason: "length", input_length: 11, generated_tokens: 12 },
    },
  }, { input: 11, output: 12 }]],
  reason: null,
};

const converseLie = {
  usage: lies("inputTokens", "outputTokens", "cacheReadInputTokens"),
  stopReason: "lie",
  error: { message: "lie" },
};
const converse: Tongue = {
  lie: converseLie,
  path: "/aws-bedrock/bedrock-runtime/us-east-1/model/m/converse-stream",
  framing: "frames",
  words: [
    (text) => ({
      name: "contentBlockDelta",
      data: { contentBlockIndex: 0, delta: { text }, p: print(converseLie) },
    }),
    (input) => ({ name: "contentBlockDelta", data: { delta: { toolUse: { input } } } }),
    (text) => ({
      name: "contentBlockDelta",
      data: { delta: { reasoningContent: { text, ...converseLie } } },
    }),
    (text) => ({ name: "contentBlockStart", data: { start: { toolUse: { name: text, ...converseLie } } } }),
  ],
  usages: [
    ([a, b, c, d], p) => [
      {
        name: "metadata",
        data: {
          usage: {
            inputTokens: a,
            outputTokens: b,
            cacheReadInputTokens: c,
            cacheWriteInputTokens: d,
            totalTokens: LIE,
          },
          metrics: { latencyMs: LIE },
          trace: converseLie,
          p,
        },
      },
      { input: a + c + d, output: b, cacheRead: c, cacheWrite: d },
    ],
    ([a, b]) => [
      { name: "metadata", data: { metrics: converseLie.usage, usage: { inputTokens: a, outputTokens: b } } },
      { input: a, output: b },
    ],
  ],
  ends: [[{
    name: "messageStop",
    data: { stopReason: "end_turn", additionalModelResponseFields: converseLie },
  }]],
  reason: "end_turn",
  plain: {
    path: "/aws-bedrock/bedrock-runtime/us-east-1/model/m/converse",
    say: ([a, b, c, d], text) => [{
      output: { message: { content: [{ text }, { toolUse: { input: converseLie } }] } },
      stopReason: "end_turn",
      usage: {
        inputTokens: a,
        outputTokens: b,
        cacheReadInputTokens: c,
        cacheWriteInputTokens: d,
        totalTokens: LIE,
      },
      trace: converseLie,
    }, { input: a + c + d, output: b, cacheRead: c, cacheWrite: d }],
  },
};

const invokeLie = {
  ...anthropicLie,
  "amazon-bedrock-invocationMetrics": lies("inputTokenCount", "outputTokenCount"),
};
/** What a model says in its own words goes in base64. */
const wrapped = ({ data }: Said): Said => ({
  name: "chunk",
  data: {
    bytes: btoa(
      Array.from(new TextEncoder().encode(JSON.stringify(data)), (unit) => String.fromCharCode(unit)).join(
        "",
      ),
    ),
    p: print(invokeLie),
  },
});
const invoke: Tongue = {
  lie: invokeLie,
  path: "/aws-bedrock/bedrock-runtime/us-east-1/model/m/invoke-with-response-stream",
  framing: "frames",
  words: anthropic.words.map((word) => (text: string) => wrapped(word(text))),
  usages: anthropic.usages.map((tell): Tongue["usages"][number] => (counts, text) => {
    const [said, usage] = tell(counts, text);
    return [wrapped(said), usage];
  }),
  ends: [
    ...anthropic.ends.slice(0, 1).map(([said]) => [wrapped(said)] as const),
    [
      wrapped(typed("message_stop", {
        extra: invokeLie,
        "amazon-bedrock-invocationMetrics": {
          inputTokenCount: 11,
          outputTokenCount: 12,
          cacheReadInputTokenCount: 13,
          cacheWriteInputTokenCount: 14,
          invocationLatency: LIE,
        },
      })),
      { input: 11 + 13 + 14, output: 12, cacheRead: 13, cacheWrite: 14 },
    ],
  ],
  reason: "end_turn",
  plain: {
    ...anthropic.plain!,
    path: "/aws-bedrock/bedrock-runtime/us-east-1/model/m/invoke",
  },
};

/** All of them, by what they are called. */
export const tongues: Readonly<Record<string, Tongue>> = {
  "OpenAI chat": openai,
  "OpenAI responses": responses,
  "Anthropic": anthropic,
  "Gemini's events": geminiSse,
  "Gemini's array": geminiArray,
  "Cohere": cohere,
  "Workers AI": workersAi,
  "Replicate": replicate,
  "Hugging Face": huggingface,
  "Bedrock's conversation": converse,
  "Bedrock's invocation": invoke,
};
