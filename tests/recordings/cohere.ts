import { cassettes, fixtures, json, type Recording, reframed, reprinted, sse } from "./recording.ts";

/** Answers of Cohere. Its bill counts fewer tokens than those that passed the model, by which it is priced here. */
export const cohere: readonly Recording[] = [
  {
    what: "Cohere, plain, with cached tokens",
    source: cassettes("test_cohere/test_request_usage_with_cached_tokens.yaml"),
    altered: reprinted,
    path: "/cohere/v2/chat",
    model: "command-r7b-12-2024",
    contentType: json,
    body: String
      .raw`{"finish_reason":"COMPLETE","id":"0bf8e1a5-2af6-4014-a539-c12363a043a3","message":{"content":[{"text":"Hello!","type":"text"}],"role":"assistant"},"usage":{"billed_units":{"input_tokens":2406,"output_tokens":2},"cached_tokens":2928,"tokens":{"input_tokens":2935,"output_tokens":4}}}`,
    tokens: { input: 2935, output: 4, cached: 2928 },
    reason: "COMPLETE",
    prices: { input: 0.0375, output: 0.15 },
  },
  {
    what: "Cohere, streamed, with cached tokens",
    source: fixtures("cohere/src/__fixtures__/*-22070-cached-usage.chunks.txt"),
    altered: `${reframed}; it does not tell its model, so that one is assumed`,
    path: "/cohere/v2/chat",
    model: "command-a-03-2025",
    contentType: sse,
    body: String.raw`event: message-start
data: {"id":"88492c0b-8227-4256-9b88-1ac956f43de5","type":"message-start","delta":{"message":{"role":"assistant","content":[],"tool_plan":"","tool_calls":[],"citations":[]}}}

event: content-start
data: {"type":"content-start","index":0,"delta":{"message":{"content":{"type":"text","text":""}}}}

event: content-delta
data: {"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"OK"}}}}

event: content-delta
data: {"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"."}}}}

event: content-end
data: {"type":"content-end","index":0}

event: message-end
data: {"type":"message-end","delta":{"finish_reason":"MAX_TOKENS","usage":{"billed_units":{"input_tokens":5,"output_tokens":2},"tokens":{"input_tokens":500,"output_tokens":5},"cached_tokens":448}}}

`,
    tokens: { input: 500, output: 5, cached: 448 },
    reason: "MAX_TOKENS",
    prices: { input: 2.5, output: 10 },
  },
];
