import { cassettes, fixtures, json, type Recording, reprinted, sse, tapes } from "./recording.ts";

/** Answers of OpenAI chat completions and of those who speak like them. */
export const openai: readonly Recording[] = [
  {
    what: "OpenAI chat, plain",
    source: tapes,
    path: "/openai/chat/completions",
    model: "gpt-3.5-turbo",
    contentType: json,
    body: String
      .raw`{"id":"chatcmpl-B5Ybe7M1V7N9aqQtrjTGfSWGebrrb","object":"chat.completion","created":1740664366,"model":"gpt-3.5-turbo-0125","choices":[{"index":0,"message":{"role":"assistant","content":"to two.","refusal":null},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":19,"completion_tokens":4,"total_tokens":23,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}},"service_tier":"default","system_fingerprint":null}`,
    tokens: { input: 19, output: 4, cached: 0, reasoning: 0 },
    reason: "stop",
    prices: { input: 0.5, output: 1.5 },
  },
  {
    what: "OpenAI chat, plain, with reasoning",
    source: cassettes("test_openai/test_reasoning_model_with_temperature.yaml"),
    altered: reprinted,
    path: "/openai/chat/completions",
    model: "o3-mini",
    contentType: json,
    body: String
      .raw`{"choices":[{"finish_reason":"stop","index":0,"message":{"annotations":[],"content":"The capital of Mexico is Mexico City. It is not only the seat of the federal government but also a major cultural, political, and economic center in the country.","refusal":null,"role":"assistant"}}],"created":1749586227,"id":"chatcmpl-BgzadlOEkRTXYim8s2TzQfnSpaZ4u","model":"o3-mini-2025-01-31","object":"chat.completion","service_tier":"default","system_fingerprint":"fp_e20469f047","usage":{"completion_tokens":238,"completion_tokens_details":{"accepted_prediction_tokens":0,"audio_tokens":0,"reasoning_tokens":192,"rejected_prediction_tokens":0},"prompt_tokens":13,"prompt_tokens_details":{"audio_tokens":0,"cached_tokens":0},"total_tokens":251}}`,
    tokens: { input: 13, output: 238, cached: 0, reasoning: 192 },
    reason: "stop",
    prices: { input: 1.1, output: 4.4, cached: 0.55 },
  },
  {
    what: "OpenAI chat, streamed, a tool's call",
    source: cassettes("test_openai/test_run_stream_sync_streams_real_model.yaml"),
    altered: "three of six events of the call are left out",
    path: "/openai/chat/completions",
    model: "gpt-4o-mini",
    contentType: sse,
    body: String
      .raw`data: {"id":"chatcmpl-Dx0XpqH8w09uBXwq1zFGYdETjtnEl","object":"chat.completion.chunk","created":1782955817,"model":"gpt-4o-mini-2024-07-18","service_tier":"default","system_fingerprint":"fp_d0469e1700","choices":[{"index":0,"delta":{"role":"assistant","content":null,"tool_calls":[{"index":0,"id":"call_ZR5UUuTt3pf61kjwAJIYdVMj","type":"function","function":{"name":"get_capital","arguments":""}}],"refusal":null},"logprobs":null,"finish_reason":null}],"usage":null,"obfuscation":"C63r"}

data: {"id":"chatcmpl-Dx0XpqH8w09uBXwq1zFGYdETjtnEl","object":"chat.completion.chunk","created":1782955817,"model":"gpt-4o-mini-2024-07-18","service_tier":"default","system_fingerprint":"fp_d0469e1700","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\""}}]},"logprobs":null,"finish_reason":null}],"usage":null,"obfuscation":"qfQVOwfh62oUst"}

data: {"id":"chatcmpl-Dx0XpqH8w09uBXwq1zFGYdETjtnEl","object":"chat.completion.chunk","created":1782955817,"model":"gpt-4o-mini-2024-07-18","service_tier":"default","system_fingerprint":"fp_d0469e1700","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"\"}"}}]},"logprobs":null,"finish_reason":null}],"usage":null,"obfuscation":"H5PIzYSIGNFGWO"}

data: {"id":"chatcmpl-Dx0XpqH8w09uBXwq1zFGYdETjtnEl","object":"chat.completion.chunk","created":1782955817,"model":"gpt-4o-mini-2024-07-18","service_tier":"default","system_fingerprint":"fp_d0469e1700","choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"tool_calls"}],"usage":null,"obfuscation":"VskHzNI7KMRUodI"}

data: {"id":"chatcmpl-Dx0XpqH8w09uBXwq1zFGYdETjtnEl","object":"chat.completion.chunk","created":1782955817,"model":"gpt-4o-mini-2024-07-18","service_tier":"default","system_fingerprint":"fp_d0469e1700","choices":[],"usage":{"prompt_tokens":53,"completion_tokens":15,"total_tokens":68,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}},"obfuscation":"khVgg3RsaN"}

data: [DONE]

`,
    tokens: { input: 53, output: 15, cached: 0, reasoning: 0 },
    reason: "tool_calls",
    prices: { input: 0.15, output: 0.6, cached: 0.075 },
  },
  {
    what: "xAI, plain, with cached tokens, and with reasoning that its answer's tokens leave out",
    source: fixtures("xai/src/__fixtures__/xai-tool-call.json"),
    path: "/grok/chat/completions",
    model: "grok-3-mini",
    contentType: json,
    body: String.raw`{
  "id": "61c0468b-2a98-413e-f654-dbffcdbb62c1",
  "object": "chat.completion",
  "created": 1770774041,
  "model": "grok-3-mini",
  "choices": [
    {
      "index": 0,
      "message": {
        "role": "assistant",
        "content": "",
        "reasoning_content": "First, the user is asking about the weather in San Francisco. I have a function available called \"weather\" that gets the weather for a location.\n\nThe function requires a parameter: \"location\", which is a string. The user has provided \"San Francisco\" as the location, so that's clear and inferable.\n\nI should call this function to advance the user's request.",
        "tool_calls": [
          {
            "id": "call_93562515",
            "function": {
              "name": "weather",
              "arguments": "{\"location\":\"San Francisco\"}"
            },
            "type": "function"
          }
        ],
        "refusal": null
      },
      "finish_reason": "tool_calls"
    }
  ],
  "usage": {
    "prompt_tokens": 291,
    "completion_tokens": 26,
    "total_tokens": 506,
    "prompt_tokens_details": {
      "text_tokens": 291,
      "audio_tokens": 0,
      "image_tokens": 0,
      "cached_tokens": 244
    },
    "completion_tokens_details": {
      "reasoning_tokens": 189,
      "audio_tokens": 0,
      "accepted_prediction_tokens": 0,
      "rejected_prediction_tokens": 0
    },
    "num_sources_used": 0,
    "cost_in_usd_ticks": 1399000
  },
  "system_fingerprint": "fp_2a885414fb"
}
`,
    tokens: { input: 291, output: 26 + 189, cached: 244, reasoning: 189 },
    reason: "tool_calls",
    prices: { input: 0.3, output: 0.5, cached: 0.075 },
    ownCost: 1_399_000e-10,
  },
  {
    what: "Mistral, streamed",
    source: tapes,
    path: "/mistral/v1/chat/completions",
    model: "mistral-tiny",
    contentType: sse,
    body: String
      .raw`data: {"id":"e93636733dcc4f8d80f82543d5baa1f0","object":"chat.completion.chunk","created":1736957236,"model":"mistral-tiny","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}

data: {"id":"e93636733dcc4f8d80f82543d5baa1f0","object":"chat.completion.chunk","created":1736957236,"model":"mistral-tiny","choices":[{"index":0,"delta":{"content":"The"},"finish_reason":null}]}

data: {"id":"e93636733dcc4f8d80f82543d5baa1f0","object":"chat.completion.chunk","created":1736957236,"model":"mistral-tiny","choices":[{"index":0,"delta":{"content":" answer"},"finish_reason":null}]}

data: {"id":"e93636733dcc4f8d80f82543d5baa1f0","object":"chat.completion.chunk","created":1736957236,"model":"mistral-tiny","choices":[{"index":0,"delta":{"content":" to"},"finish_reason":null}]}

data: {"id":"e93636733dcc4f8d80f82543d5baa1f0","object":"chat.completion.chunk","created":1736957236,"model":"mistral-tiny","choices":[{"index":0,"delta":{"content":" one"},"finish_reason":null}]}

data: {"id":"e93636733dcc4f8d80f82543d5baa1f0","object":"chat.completion.chunk","created":1736957236,"model":"mistral-tiny","choices":[{"index":0,"delta":{"content":" +"},"finish_reason":null}]}

data: {"id":"e93636733dcc4f8d80f82543d5baa1f0","object":"chat.completion.chunk","created":1736957236,"model":"mistral-tiny","choices":[{"index":0,"delta":{"content":" one"},"finish_reason":null}]}

data: {"id":"e93636733dcc4f8d80f82543d5baa1f0","object":"chat.completion.chunk","created":1736957236,"model":"mistral-tiny","choices":[{"index":0,"delta":{"content":" is"},"finish_reason":null}]}

data: {"id":"e93636733dcc4f8d80f82543d5baa1f0","object":"chat.completion.chunk","created":1736957236,"model":"mistral-tiny","choices":[{"index":0,"delta":{"content":" two"},"finish_reason":null}]}

data: {"id":"e93636733dcc4f8d80f82543d5baa1f0","object":"chat.completion.chunk","created":1736957236,"model":"mistral-tiny","choices":[{"index":0,"delta":{"content":"."},"finish_reason":null}]}

data: {"id":"e93636733dcc4f8d80f82543d5baa1f0","object":"chat.completion.chunk","created":1736957236,"model":"mistral-tiny","choices":[{"index":0,"delta":{"content":""},"finish_reason":"stop"}],"usage":{"prompt_tokens":14,"total_tokens":23,"completion_tokens":9}}

data: [DONE]

`,
    tokens: { input: 14, output: 9 },
    reason: "stop",
    prices: { input: 0.25, output: 0.25 },
  },
  {
    what: "Cohere in OpenAI's words, streamed",
    source: tapes,
    path: "/cohere/compatibility/v1/chat/completions",
    model: "command-r7b-12-2024",
    contentType: "text/event-stream",
    body: String
      .raw`data: {"id":"3178eb0c-d523-4504-bb82-01b8f02da6da","choices":[{"index":0,"finish_reason":null,"delta":{"content":"","role":"assistant"}}],"created":1740652112,"model":"command-r7b-12-2024","object":"chat.completion.chunk"}

data: {"id":"3178eb0c-d523-4504-bb82-01b8f02da6da","choices":[{"index":0,"finish_reason":null,"delta":{"content":"This"}}],"created":1740652112,"model":"command-r7b-12-2024","object":"chat.completion.chunk"}

data: {"id":"3178eb0c-d523-4504-bb82-01b8f02da6da","choices":[{"index":0,"finish_reason":null,"delta":{"content":" is"}}],"created":1740652112,"model":"command-r7b-12-2024","object":"chat.completion.chunk"}

data: {"id":"3178eb0c-d523-4504-bb82-01b8f02da6da","choices":[{"index":0,"finish_reason":null,"delta":{"content":" a"}}],"created":1740652112,"model":"command-r7b-12-2024","object":"chat.completion.chunk"}

data: {"id":"3178eb0c-d523-4504-bb82-01b8f02da6da","choices":[{"index":0,"finish_reason":null,"delta":{"content":" test"}}],"created":1740652112,"model":"command-r7b-12-2024","object":"chat.completion.chunk"}

data: {"id":"3178eb0c-d523-4504-bb82-01b8f02da6da","choices":[{"index":0,"finish_reason":null,"delta":{"content":"."}}],"created":1740652112,"model":"command-r7b-12-2024","object":"chat.completion.chunk"}

data: {"id":"3178eb0c-d523-4504-bb82-01b8f02da6da","choices":[{"index":0,"finish_reason":"stop","delta":{}}],"created":1740652112,"model":"command-r7b-12-2024","object":"chat.completion.chunk","usage":{"prompt_tokens":7,"completion_tokens":5,"total_tokens":12}}

data: [DONE]

`,
    tokens: { input: 7, output: 5 },
    reason: "stop",
    prices: { input: 0.0375, output: 0.15 },
  },
];
