import { decode } from "../address.ts";
import { anthropic } from "./anthropic.ts";
import { bedrock, bedrockPlain } from "./bedrock.ts";
import { cohere } from "./cohere.ts";
import type { Dialect, DialectName } from "./dialect.ts";
import { gemini, geminiPlain } from "./gemini.ts";
import { huggingface } from "./huggingface.ts";
import { openai, openaiPlain } from "./openai.ts";
import { replicate } from "./replicate.ts";
import { responses } from "./responses.ts";
import { workersAi } from "./workers-ai.ts";

/** Dialects by the path of the endpoints that speak them, whoever the provider is; the first that fits is it. */
const table: readonly (readonly [path: RegExp, dialect: Dialect])[] = [
  [/(^|\/)completions$/, openai],
  [/(^|\/)embeddings$/, openaiPlain],
  [/(^|\/)responses$/, responses],
  [/(^|\/(v1|anthropic)\/|^v1\/)messages$/, anthropic],
  [/\/publishers\/anthropic\/.*:(rawPredict|streamRawPredict)$/, anthropic],
  [/\/publishers\/mistralai\/.*:(rawPredict|streamRawPredict)$/, openai],
  [/:streamGenerateContent$/, gemini],
  [/:generateContent$/, geminiPlain],
  [/(^|\/)v2\/chat$/, cohere],
  [/(^|\/)@(cf|hf)\//, workersAi],
  [/(^|\/)predictions$/, replicate],
  [/(^|\/)model\/[^/]+\/(converse-stream|invoke-with-response-stream)$/, bedrock],
  [/(^|\/)model\/[^/]+\/(converse|invoke)$/, bedrockPlain],
  [/(^|\/)generate_stream$|(^|\/)hf-inference\/models\//, huggingface],
];

/** Dialects by the names under which a provider's row may ask for them. */
export const dialects: Readonly<Record<DialectName, Dialect>> = {
  openai,
  responses,
  anthropic,
  gemini,
  cohere,
  "workers-ai": workersAi,
  replicate,
  huggingface,
  bedrock,
};

/** The dialect of an endpoint, or of a URL, its query string left out; undefined where nobody knows it. */
export function dialectOf(endpoint: string): Dialect | undefined {
  const [written = ""] = endpoint.split("?", 1);
  const path = /%|\/$/.test(written) ? decode(written).replace(/\/+$/, "") : written;
  return table.find(([pattern]) => pattern.test(path))?.[1];
}
