import type { Dialect } from "../parts.ts";
import { anthropic } from "./anthropic.ts";
import { bedrock } from "./bedrock.ts";
import { cohere } from "./cohere.ts";
import { gemini, geminiArray } from "./gemini.ts";
import { openai } from "./openai.ts";
import { replicate } from "./replicate.ts";
import { responses } from "./responses.ts";
import { tgi } from "./tgi.ts";
import { workersAi } from "./workers-ai.ts";

/** Every dialect; the first also answers on paths that no other one knows. */
export const dialects: readonly [Dialect, ...Dialect[]] = [
  openai,
  responses,
  anthropic,
  gemini,
  geminiArray,
  cohere,
  workersAi,
  replicate,
  tgi,
  bedrock,
];
