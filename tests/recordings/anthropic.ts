import { cassettes, fixtures, json, type Recording, reframed, reprinted, sse } from "./recording.ts";

/** Answers of Anthropic messages. */
export const anthropic: readonly Recording[] = [
  {
    what: "Anthropic, plain, with tokens read from the cache and written into it",
    source: cassettes("test_anthropic/test_anthropic_cache_real_api.yaml"),
    altered: reprinted,
    path: "/anthropic/v1/messages",
    model: "claude-sonnet-4-5",
    contentType: json,
    body: String
      .raw`{"content":[{"text":"Python is a beginner-friendly, versatile programming language widely used for web development, data science, machine learning, automation, and scientific computing.","type":"text"}],"id":"msg_01KPaKTJSqAKoZri7Ujrny58","model":"claude-sonnet-4-5-20250929","role":"assistant","stop_reason":"end_turn","stop_sequence":null,"type":"message","usage":{"cache_creation":{"ephemeral_1h_input_tokens":0,"ephemeral_5m_input_tokens":418},"cache_creation_input_tokens":418,"cache_read_input_tokens":1111,"inference_geo":"not_available","input_tokens":3,"output_tokens":33,"service_tier":"standard"}}`,
    tokens: { input: 3 + 1111 + 418, output: 33, cached: 1111, written: 418 },
    reason: "end_turn",
    prices: { input: 3, output: 15, cached: 0.3, written: 3.75 },
  },
  {
    what: "Anthropic, plain, with thinking",
    source: fixtures("anthropic/src/__fixtures__/anthropic-claude-opus-5-reasoning-high.1.json"),
    altered: "its texts and the signature are shortened",
    path: "/anthropic/v1/messages",
    model: "claude-opus-5",
    contentType: json,
    body: String.raw`{
  "model": "claude-opus-5",
  "id": "msg_011CdMNhurHSJCxCC2NB7WYc",
  "type": "message",
  "role": "assistant",
  "content": [
    {
      "type": "thinking",
      "thinking": "I need to find all roots of this cubic polynomial and verify them.",
      "signature": "CAISqwQKhwEIEBgCKkAciZInI2gcLrwOU5o9XFlIxHw9HaLIY6V9wHoK2E0w9TFrU5619C4CclxQW"
    },
    {
      "type": "text",
      "text": "## Step 1: Set up the problem\n\nWe want all values of $x$ satisfying\n\n$$f(x) = x^3 - 6x^2 + 11x - 6 = 0.$$"
    }
  ],
  "stop_reason": "end_turn",
  "stop_sequence": null,
  "stop_details": null,
  "usage": {
    "input_tokens": 51,
    "cache_creation_input_tokens": 0,
    "cache_read_input_tokens": 0,
    "cache_creation": {
      "ephemeral_5m_input_tokens": 0,
      "ephemeral_1h_input_tokens": 0
    },
    "output_tokens": 1699,
    "output_tokens_details": {
      "thinking_tokens": 139
    },
    "service_tier": "standard",
    "inference_geo": "global"
  }
}
`,
    tokens: { input: 51, output: 1699, cached: 0, written: 0, reasoning: 139 },
    reason: "end_turn",
    prices: { input: 5, output: 25, cached: 0.5, written: 6.25 },
  },
  {
    what: "Anthropic, streamed, whose end corrects what its start told",
    source: fixtures("anthropic/src/__fixtures__/anthropic-message-delta-input-tokens.chunks.txt"),
    altered: reframed,
    path: "/anthropic/v1/messages",
    model: "claude-opus-4-5",
    contentType: sse,
    body: String.raw`event: message_start
data: {"type":"message_start","message":{"content":[],"id":"msg_3196a1cc08de4d76b85b8f5777c0d42b","model":"claude-opus-4-5-20251101","role":"assistant","stop_reason":null,"stop_sequence":null,"type":"message","usage":{"input_tokens":43,"output_tokens":1}}}

event: content_block_start
data: {"type":"content_block_start","index":0,"content_block":{"text":"","type":"text"}}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"text":"p","type":"text_delta"}}

event: ping
data: {"type":"ping"}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"text":"ong","type":"text_delta"}}

event: content_block_stop
data: {"type":"content_block_stop","index":0}

event: message_delta
data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"input_tokens":61,"output_tokens":2}}

event: message_stop
data: {"type":"message_stop"}

`,
    tokens: { input: 61, output: 2 },
    reason: "end_turn",
    prices: { input: 5, output: 25 },
  },
  {
    what: "Anthropic, streamed, with cached tokens, and with a compaction that its totals leave out",
    source: cassettes("test_anthropic/test_anthropic_compaction_usage_with_cache_streaming.yaml"),
    path: "/anthropic/v1/messages?beta=true",
    model: "claude-sonnet-4-6",
    contentType: sse,
    body: String.raw`event: message_start
data: {"type":"message_start","message":{"model":"claude-sonnet-4-6","id":"msg_011CduoCRono7pFKoTWpPAia","type":"message","role":"assistant","content":[],"stop_reason":null,"stop_sequence":null,"stop_details":null,"usage":{"input_tokens":100,"cache_creation_input_tokens":0,"cache_read_input_tokens":55096,"cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":0},"output_tokens":7,"service_tier":"standard","inference_geo":"global"}} }

event: content_block_start
data: {"type":"content_block_start","index":0,"content_block":{"type":"compaction","content":null}         }

event: ping
data: {"type": "ping"}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"compaction_delta","content":"The user provided a very long context consisting entirely of the repeated sentence \"The quick brown fox jumps over the lazy dog.\" thousands of times, followed by the instruction \"Now say hello.\"\n\nThe task is simply to respond to \"Now say hello.\" - i.e., say hello.\n\nNext step: Say hello to the user."}             }

event: content_block_stop
data: {"type":"content_block_stop","index":0             }

event: content_block_start
data: {"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}          }

event: content_block_delta
data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"Hello!"}               }

event: content_block_delta
data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":" "}     }

event: content_block_delta
data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"👋"}              }

event: content_block_stop
data: {"type":"content_block_stop","index":1              }

event: message_delta
data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null,"stop_details":null},"usage":{"input_tokens":181,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":8,"iterations":[{"input_tokens":100,"output_tokens":83,"cache_read_input_tokens":55096,"cache_creation_input_tokens":0,"cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":0},"type":"compaction"},{"input_tokens":181,"output_tokens":8,"cache_read_input_tokens":0,"cache_creation_input_tokens":0,"cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":0},"type":"message"}]},"context_management":{"applied_edits":[]}        }

event: message_stop
data: {"type":"message_stop"      }

`,
    tokens: { input: 100 + 55_096 + 181, output: 83 + 8, cached: 55_096, written: 0 },
    reason: "end_turn",
    prices: { input: 3, output: 15, cached: 0.3, written: 3.75 },
  },
];
