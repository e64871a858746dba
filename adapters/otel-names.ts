/**
 * Every name of the semantic conventions that is used, as of version 1.41.0, the last in which those for GenAI and all
 * others were released together. They are still in development.
 *
 * @see https://github.com/open-telemetry/semantic-conventions/tree/v1.41.0/docs/gen-ai
 * @module
 */
import { plainSlug } from "./plain-slug.ts";

/** Tells readers which version of the conventions the names follow. */
export const SCHEMA = "https://opentelemetry.io/schemas/1.41.0";

/** Attributes. */
export const names = {
  operation: "gen_ai.operation.name",
  provider: "gen_ai.provider.name",
  model: "gen_ai.request.model",
  inputTokens: "gen_ai.usage.input_tokens",
  outputTokens: "gen_ai.usage.output_tokens",
  cachedTokens: "gen_ai.usage.cache_read.input_tokens",
  reasoningTokens: "gen_ai.usage.reasoning.output_tokens",
  finishReasons: "gen_ai.response.finish_reasons",
  timeToFirstChunk: "gen_ai.response.time_to_first_chunk",
  tokenType: "gen_ai.token.type",
  errorType: "error.type",
  method: "http.request.method",
  status: "http.response.status_code",
  service: "service.name",
  instance: "service.instance.id",
  overflow: "otel.metric.overflow",
  // Cloudflare's, in no convention.
  cost: "gen_ai.usage.cost",
  // Waygate's own.
  log: "waygate.log.id",
  event: "waygate.event.id",
  gateway: "waygate.gateway",
  slug: "waygate.provider",
  step: "waygate.step",
  cached: "waygate.cached",
  ending: "waygate.ending",
  waste: "waygate.waste",
  attemptInput: "waygate.attempt.input_tokens",
  attemptOutput: "waygate.attempt.output_tokens",
  attemptCost: "waygate.attempt.cost",
} as const;

/** What attributes that a client makes up must not begin with. */
export const RESERVED: readonly string[] = ["gen_ai.", "waygate."];

/** Bounds that the conventions ask for, in tokens and in seconds. */
export const TOKEN_BOUNDS: readonly number[] = Array.from({ length: 14 }, (_, power) => 4 ** power);
export const SECOND_BOUNDS: readonly number[] = Array.from({ length: 14 }, (_, power) => 2 ** power / 100);

/** Providers that the conventions call otherwise. */
const providers: Readonly<Record<string, string>> = {
  "aws-bedrock": "aws.bedrock",
  "azure": "azure.ai.inference",
  "azure-openai": "azure.ai.openai",
  "google-ai-studio": "gcp.gemini",
  "google-vertex-ai": "gcp.vertex_ai",
  "grok": "x_ai",
  "mistral": "mistral_ai",
  "perplexity-ai": "perplexity",
};

/** What the conventions call a provider; one that they do not know keeps its slug. */
export function providerName(slug: string): string {
  const name = plainSlug(slug);
  return Object.hasOwn(providers, name) ? providers[name]! : name;
}

/** Operations by the path below the provider; the first that fits is it. */
const operations: readonly (readonly [path: RegExp, operation: string])[] = [
  [/(^|\/)chat\/completions$/, "chat"],
  [/(^|\/)(completions|complete)$/, "text_completion"],
  [/(^|\/)(responses|messages|chat)$/, "chat"],
  [/(^|\/)(embeddings|embed)$|:(embedContent|batchEmbedContents)$/, "embeddings"],
  [/:(generateContent|streamGenerateContent)$/, "generate_content"],
  [/:(rawPredict|streamRawPredict)$/, "chat"],
  [/(^|\/)model\/[^/]*embed[^/]*\/invoke$/, "embeddings"],
  [/(^|\/)model\/[^/]+\/(converse|converse-stream|invoke|invoke-with-response-stream)$/, "chat"],
  [/(^|\/)(generate|generate_stream)$/, "text_completion"],
];

/** What the conventions call what a path asks for; `request`, where they have no word for it. */
export function operationName(path: string): string {
  return operations.find(([pattern]) => pattern.test(path))?.[1] ?? "request";
}
