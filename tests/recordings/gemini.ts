import { cassettes, fixtures, type Recording, reprinted } from "./recording.ts";

const json = "application/json; charset=UTF-8";

const one = String
  .raw`{"candidates": [{"content": {"parts": [{"text": "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n1"}],"role": "model"},"index": 0}],"usageMetadata": {"promptTokenCount": 18,"candidatesTokenCount": 31,"totalTokenCount": 84,"promptTokensDetails": [{"modality": "TEXT","tokenCount": 18}],"thoughtsTokenCount": 35,"serviceTier": "standard"},"modelVersion": "gemini-2.5-flash","responseId": "ru1garvBEoOiqtsP2fznmQw"}`;
const two = String
  .raw`{"candidates": [{"content": {"parts": [{"text": "4\n15\n16\n17\n18\n19\n20\n21\n22\n23\n24\n25\n26\n27\n28\n29\n3"}],"role": "model"},"index": 0}],"usageMetadata": {"promptTokenCount": 18,"candidatesTokenCount": 79,"totalTokenCount": 132,"promptTokensDetails": [{"modality": "TEXT","tokenCount": 18}],"thoughtsTokenCount": 35,"serviceTier": "standard"},"modelVersion": "gemini-2.5-flash","responseId": "ru1garvBEoOiqtsP2fznmQw"}`;
const three = String
  .raw`{"candidates": [{"content": {"parts": [{"text": "0"}],"role": "model"},"finishReason": "STOP","index": 0}],"usageMetadata": {"promptTokenCount": 18,"candidatesTokenCount": 80,"totalTokenCount": 133,"promptTokensDetails": [{"modality": "TEXT","tokenCount": 18}],"thoughtsTokenCount": 35,"serviceTier": "standard"},"modelVersion": "gemini-2.5-flash","responseId": "ru1garvBEoOiqtsP2fznmQw"}`;

const counting = {
  source: cassettes("test_google/test_google_stream_usage_is_live_mid_stream.yaml"),
  model: "gemini-2.5-flash",
  tokens: { input: 18, output: 80 + 35, reasoning: 35 },
  reason: "STOP",
  prices: { input: 0.3, output: 2.5 },
} as const;

/** Answers of Gemini. */
export const gemini: readonly Recording[] = [
  {
    what: "Gemini, plain, nothing but thoughts",
    source: cassettes("test_google/test_google_model_max_tokens_thinking_model_empty_response.yaml"),
    altered: reprinted,
    path: "/google-ai-studio/v1beta/models/gemini-2.5-pro:generateContent",
    model: "gemini-2.5-pro",
    contentType: json,
    body: String
      .raw`{"candidates":[{"content":{"role":"model"},"finishReason":"MAX_TOKENS","index":0}],"modelVersion":"gemini-2.5-pro","responseId":"fH8oaunbEbr9qtsPjYGX4A0","usageMetadata":{"promptTokenCount":15,"promptTokensDetails":[{"modality":"TEXT","tokenCount":15}],"serviceTier":"standard","thoughtsTokenCount":2,"totalTokenCount":17}}`,
    tokens: { input: 15, output: 2, reasoning: 2 },
    reason: "MAX_TOKENS",
    prices: { input: 1.25, output: 10 },
  },
  {
    what: "Gemini, plain, with a tool's results beside the prompt",
    source: fixtures("google/src/__fixtures__/google-tool-use-usage.json"),
    path: "/google-ai-studio/v1beta/models/gemini-3.6-flash:generateContent",
    model: "gemini-3.6-flash",
    contentType: json,
    body: String.raw`{
  "candidates": [
    {
      "content": {
        "parts": [
          {
            "text": ""
          }
        ],
        "role": "model"
      },
      "finishReason": "STOP",
      "index": 0
    }
  ],
  "usageMetadata": {
    "promptTokenCount": 55,
    "candidatesTokenCount": 51,
    "totalTokenCount": 251,
    "promptTokensDetails": [
      {
        "modality": "TEXT",
        "tokenCount": 55
      }
    ],
    "toolUsePromptTokenCount": 89,
    "toolUsePromptTokensDetails": [
      {
        "modality": "TEXT",
        "tokenCount": 89
      }
    ],
    "thoughtsTokenCount": 56,
    "serviceTier": "standard"
  },
  "modelVersion": "gemini-3.6-flash",
  "responseId": "ClasapiyHaq3_PUProymmQc"
}
`,
    tokens: { input: 55 + 89, output: 51 + 56, reasoning: 56 },
    reason: "STOP",
    prices: { input: 0.75, output: 3.75 },
  },
  {
    ...counting,
    what: "Gemini, streamed as events, with thoughts, each event with the sums so far",
    path: "/google-ai-studio/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse",
    contentType: "text/event-stream",
    body: [one, two, three].map((data) => `data: ${data}\r\n\r\n`).join(""),
  },
  {
    ...counting,
    what: "Gemini, streamed as an array",
    altered: "it was recorded as events; here they are the elements of an array",
    path: "/google-ai-studio/v1beta/models/gemini-2.5-flash:streamGenerateContent",
    contentType: json,
    body: `[${[one, two, three].join("\n,\r\n")}\n]\n`,
  },
];
