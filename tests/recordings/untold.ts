import { json, type Recording, tapes } from "./recording.ts";

const docs = "cloudflare/cloudflare-docs, layouts/partials/models/responses/text-generation.md, CC-BY-4.0";

/** Answers that tell nothing of tokens. */
export const untold: readonly Recording[] = [
  {
    what: "Workers AI, streamed, as documented",
    source: docs,
    altered: "what is no event of it, an ellipsis, is left out",
    path: "/workers-ai/@cf/meta/llama-3.1-8b-instruct",
    model: "@cf/meta/llama-3.1-8b-instruct",
    contentType: "text/event-stream",
    body: ["New", " York", " is", " located", " in", " the"].map((word) => `data: {"response":"${word}"}\n\n`)
      .join("") + "data: [DONE]\n\n",
    tokens: {},
    reason: null,
  },
  {
    what: "Workers AI, plain, as documented",
    source: docs,
    altered: "its text is shortened",
    path: "/workers-ai/@cf/meta/llama-3.1-8b-instruct",
    model: "@cf/meta/llama-3.1-8b-instruct",
    contentType: json,
    body: String.raw`{
  "response": "The origin of the phrase \"Hello, World\" is not well-documented.\nIt's worth noting that the phrase \"Hello, World\" is a catchphrase."
}
`,
    tokens: {},
    reason: null,
  },
  {
    what: "Replicate, plain, a prediction that goes on",
    source: tapes,
    path: "/replicate/models/black-forest-labs/flux-schnell/predictions",
    model: "black-forest-labs/flux-schnell",
    contentType: "application/json; charset=UTF-8",
    status: 201,
    body: String
      .raw`{"id":"tqsn7eq3kxrma0cmjfcbkd5t3g","model":"black-forest-labs/flux-schnell","version":"dp-4d0bcc010b3049749a251855f12800be","input":{"prompt":"black forest gateau cake spelling out the words FLUX SCHNELL, tasty, food photography, dynamic shot"},"logs":"","output":["https://replicate.delivery/xezq/iaRSRo5gfEw2dC4yO9F4uS2d2OJ2pcSxuf6mwOQyJGjUaBIUA/out-0.webp"],"data_removed":false,"error":null,"status":"processing","created_at":"2025-01-23T15:47:32.383Z","urls":{"cancel":"https://api.replicate.com/v1/predictions/tqsn7eq3kxrma0cmjfcbkd5t3g/cancel","get":"https://api.replicate.com/v1/predictions/tqsn7eq3kxrma0cmjfcbkd5t3g","stream":"https://stream.replicate.com/v1/files/bcwr-4soxscgugtobey7g4ngojycy6i3gyafue7oo3tondnbdeubyvdva"}}`,
    tokens: {},
    reason: null,
  },
  {
    what: "Replicate, plain, a prediction that is done, as documented",
    source: "https://replicate.com/docs/topics/predictions",
    path: "/replicate/predictions",
    model: "replicate/hello-world",
    contentType: json,
    body: String.raw`{
  "id": "gm3qorzdhgbfurvjtvhg6dckhu",
  "model": "replicate/hello-world",
  "version": "5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa",
  "input": {
    "text": "Alice"
  },
  "logs": "",
  "output": "hello Alice",
  "error": null,
  "status": "succeeded",
  "created_at": "2023-09-08T16:19:34.765994Z",
  "data_removed": false,
  "started_at": "2023-09-08T16:19:34.779176Z",
  "completed_at": "2023-09-08T16:19:34.791859Z",
  "metrics": {
    "predict_time": 0.012683
  },
  "urls": {
    "cancel": "https://api.replicate.com/v1/predictions/gm3qorzdhgbfurvjtvhg6dckhu/cancel",
    "get": "https://api.replicate.com/v1/predictions/gm3qorzdhgbfurvjtvhg6dckhu"
  }
}
`,
    tokens: {},
    reason: null,
  },
];
