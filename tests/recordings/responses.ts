import { cassettes, fixtures, json, type Recording, sse } from "./recording.ts";

/** Answers of OpenAI responses. */
export const responses: readonly Recording[] = [
  {
    what: "OpenAI responses, plain, with reasoning",
    source: fixtures("openai/src/responses/__fixtures__/openai-reasoning-encrypted-content.1.json"),
    altered: "the encrypted reasoning, its summary and the tool's parameters are shortened",
    path: "/openai/responses",
    model: "gpt-5-mini",
    contentType: json,
    body: String.raw`
{
  "id": "resp_0f35ed53160b395301693cc957829881909359e7f80cdd20b5",
  "object": "response",
  "created_at": 1765591383,
  "status": "completed",
  "background": false,
  "billing": {
    "payer": "developer"
  },
  "error": null,
  "incomplete_details": null,
  "instructions": null,
  "max_output_tokens": null,
  "max_tool_calls": null,
  "model": "gpt-5-mini-2025-08-07",
  "output": [
    {
      "id": "rs_0f35ed53160b395301693cc95817ac8190b978637daea4987e",
      "type": "reasoning",
      "encrypted_content": "gAAAAABpPMlcH0HHEv5_ozHwP5Gxz5ZLE7A8Aw7GK94sa1KWHqXLrAch29KZrZqCzH6PkWnLWTxIZv4TL70DPoKbS_ryNp6d2rC8vS04U7qWLdsbYnsqmPYVCCQ2Rigd84Yh9mgctGTs_w5x7NY3pm5lOxUv5jGHAW20nAMGfpFAAYRjW1aAA7f1CjfcXgm8C",
      "summary": [
        {
          "type": "summary_text",
          "text": "**Reporting final result**\n\nThe tool returned 570, and now I need to report this final result. I'll simply say, \"Final result: 570,\" without heavy formatting."
        }
      ]
    },
    {
      "id": "msg_0f35ed53160b395301693cc95c1d288190997018450969162b",
      "type": "message",
      "status": "completed",
      "content": [
        {
          "type": "output_text",
          "annotations": [],
          "logprobs": [],
          "text": "12 + 7 = 19\n19 × 3 = 57\n57 × 10 = 570\n\nFinal result: 570"
        }
      ],
      "role": "assistant"
    }
  ],
  "parallel_tool_calls": true,
  "previous_response_id": null,
  "prompt_cache_key": null,
  "prompt_cache_retention": null,
  "reasoning": {
    "effort": "high",
    "summary": "detailed"
  },
  "safety_identifier": null,
  "service_tier": "default",
  "store": false,
  "temperature": 1,
  "text": {
    "format": {
      "type": "text"
    },
    "verbosity": "medium"
  },
  "tool_choice": "auto",
  "tools": [
    {
      "type": "function",
      "description": "A minimal calculator for basic arithmetic. Call it once per step.",
      "name": "calculator",
      "parameters": {
        "type": "object",
        "properties": {
          "a": {
            "type": "number",
            "description": "First operand."
          }
        },
        "required": [
          "a"
        ],
        "additionalProperties": false
      },
      "strict": true
    }
  ],
  "top_logprobs": 0,
  "top_p": 1,
  "truncation": "disabled",
  "usage": {
    "input_tokens": 865,
    "input_tokens_details": {
      "cached_tokens": 0
    },
    "output_tokens": 163,
    "output_tokens_details": {
      "reasoning_tokens": 128
    },
    "total_tokens": 1028
  },
  "user": null,
  "metadata": {}
}
`,
    tokens: { input: 865, output: 163, cached: 0, reasoning: 128 },
    reason: "completed",
    prices: { input: 0.25, output: 2, cached: 0.025 },
  },
  {
    what: "OpenAI responses, plain, with the usage of tools beside its own",
    source: fixtures("openai/src/responses/__fixtures__/*-19921-prompt-cache-breakpoint.json"),
    altered: "members that say nothing here are left out",
    path: "/openai/responses",
    model: "gpt-5.6-sol",
    contentType: json,
    body: String.raw`{
  "id": "resp_0673f9b3b0bbc1c2006a91afc6af1087d28bd82134caca9fb6",
  "object": "response",
  "created_at": 1787932614,
  "status": "completed",
  "completed_at": 1787932615,
  "error": null,
  "incomplete_details": null,
  "model": "gpt-5.6-sol",
  "output": [
    {
      "id": "msg_0673f9b3b0bbc1c2006a91afc73ad087d28b6b47296a394b31",
      "type": "message",
      "status": "completed",
      "content": [
        {
          "type": "output_text",
          "annotations": [],
          "logprobs": [],
          "text": "OK"
        }
      ],
      "phase": "final_answer",
      "role": "assistant"
    }
  ],
  "tool_usage": {
    "image_gen": {
      "input_tokens": 0,
      "input_tokens_details": {
        "image_tokens": 0,
        "text_tokens": 0
      },
      "output_tokens": 0,
      "output_tokens_details": {
        "image_tokens": 0,
        "text_tokens": 0
      },
      "total_tokens": 0
    },
    "web_search": {
      "num_requests": 0
    }
  },
  "tools": [],
  "usage": {
    "input_tokens": 41,
    "input_tokens_details": {
      "cache_write_tokens": 0,
      "cached_tokens": 0
    },
    "output_tokens": 5,
    "output_tokens_details": {
      "reasoning_tokens": 0
    },
    "total_tokens": 46
  },
  "user": null,
  "metadata": {}
}
`,
    tokens: { input: 41, output: 5, cached: 0, written: 0, reasoning: 0 },
    reason: "completed",
    prices: { input: 4, output: 20, cached: 0.4, written: 5 },
  },
  {
    what: "OpenAI responses, streamed, with reasoning",
    source: cassettes("test_openai_responses/test_gpt5_freeform_text_streaming.yaml"),
    altered: "events between the first and the last are left out, and the encrypted reasoning is shortened",
    path: "/openai/responses",
    model: "gpt-5",
    contentType: sse,
    body: String.raw`event: response.created
data: {"type":"response.created","sequence_number":0,"response":{"id":"resp_0e3f1d7b90a3b1d70069580db2941081918f6a49eb05de683f","object":"response","created_at":1767378354,"status":"in_progress","background":false,"completed_at":null,"error":null,"incomplete_details":null,"instructions":null,"max_output_tokens":null,"max_tool_calls":null,"model":"gpt-5-2025-08-07","output":[],"parallel_tool_calls":true,"previous_response_id":null,"prompt_cache_key":null,"prompt_cache_retention":null,"reasoning":{"effort":"medium","summary":null},"safety_identifier":null,"service_tier":"auto","store":true,"temperature":1.0,"text":{"format":{"type":"text"},"verbosity":"medium"},"tool_choice":"auto","tools":[{"type":"custom","description":"Execute SQL query on the database.","format":{"type":"text"},"name":"execute_sql"}],"top_logprobs":0,"top_p":1.0,"truncation":"disabled","usage":null,"user":null,"metadata":{}}}

event: response.output_item.added
data: {"type":"response.output_item.added","sequence_number":4,"output_index":1,"item":{"id":"ctc_0e3f1d7b90a3b1d70069580db5e9d08191a1bd569bc6a4ce56","type":"custom_tool_call","status":"in_progress","call_id":"call_2GHkSm2Jm0n7vgXsQEryfGmL","input":"","name":"execute_sql"}}

event: response.custom_tool_call_input.delta
data: {"type":"response.custom_tool_call_input.delta","sequence_number":5,"output_index":1,"item_id":"ctc_0e3f1d7b90a3b1d70069580db5e9d08191a1bd569bc6a4ce56","delta":"SELECT","obfuscation":"pSBNMtqYmN"}

event: response.custom_tool_call_input.done
data: {"type":"response.custom_tool_call_input.done","sequence_number":13,"output_index":1,"item_id":"ctc_0e3f1d7b90a3b1d70069580db5e9d08191a1bd569bc6a4ce56","input":"SELECT * FROM users LIMIT 5;"}

event: response.completed
data: {"type":"response.completed","sequence_number":15,"response":{"id":"resp_0e3f1d7b90a3b1d70069580db2941081918f6a49eb05de683f","object":"response","created_at":1767378354,"status":"completed","background":false,"completed_at":1767378358,"error":null,"incomplete_details":null,"instructions":null,"max_output_tokens":null,"max_tool_calls":null,"model":"gpt-5-2025-08-07","output":[{"id":"rs_0e3f1d7b90a3b1d70069580db33f4c8191982313527a3b2953","type":"reasoning","encrypted_content":"gAAAAABpWA22uCdXDRj0Ye-0VYENa1durk1IgYlIn8D9H0_9zKSRxgYmKRUKFCr4Cz1sxJWu1oTF7uijQ2fJ_zsAL0rK8iHjYbTbDoX2nCRzHHxjKsWbfcJbckqrWxPTk2niKrMT0YWLeA7ER7tOgGUH63EuUGTl4O8K6pV0v6yOVPhcOth","summary":[]},{"id":"ctc_0e3f1d7b90a3b1d70069580db5e9d08191a1bd569bc6a4ce56","type":"custom_tool_call","status":"completed","call_id":"call_2GHkSm2Jm0n7vgXsQEryfGmL","input":"SELECT * FROM users LIMIT 5;","name":"execute_sql"}],"parallel_tool_calls":true,"previous_response_id":null,"prompt_cache_key":null,"prompt_cache_retention":null,"reasoning":{"effort":"medium","summary":null},"safety_identifier":null,"service_tier":"default","store":true,"temperature":1.0,"text":{"format":{"type":"text"},"verbosity":"medium"},"tool_choice":"auto","tools":[{"type":"custom","description":"Execute SQL query on the database.","format":{"type":"text"},"name":"execute_sql"}],"top_logprobs":0,"top_p":1.0,"truncation":"disabled","usage":{"input_tokens":63,"input_tokens_details":{"cached_tokens":0},"output_tokens":151,"output_tokens_details":{"reasoning_tokens":128},"total_tokens":214},"user":null,"metadata":{}}}

`,
    tokens: { input: 63, output: 151, cached: 0, reasoning: 128 },
    reason: "completed",
    prices: { input: 1.25, output: 10, cached: 0.125 },
  },
];
