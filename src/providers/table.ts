import type { Place, Provider } from "../public.ts";
import { bearer, field, scheme } from "./authorize.ts";
import { azure, azureOpenai } from "./azure.ts";
import { bedrock } from "./bedrock.ts";
import { fal } from "./fal.ts";
import { vertex } from "./vertex.ts";

/** Paths that start so gain `v1/`. */
const versioned = (pattern: RegExp) => (path: string): Place => ({
  path: pattern.test(path) ? `v1/${path}` : path,
});

/** Every provider that is known without configuration, by the slug in the gateway's URL. */
export const table: Readonly<Record<string, Provider>> = {
  "openai": { base: "https://api.openai.com/v1", authorize: bearer, usageOnRequest: true },
  "anthropic": {
    base: "https://api.anthropic.com",
    authorize: field("x-api-key"),
    locate: versioned(/^(messages|models|complete)\b/),
  },
  "workers-ai": {
    base: "https://api.cloudflare.com/client/v4/accounts/{account}/ai",
    authorize: bearer,
    locate: (path) => ({ path: path.startsWith("@") ? `run/${path}` : path }),
  },
  "huggingface": {
    base: "https://router.huggingface.co/hf-inference/models",
    authorize: bearer,
    locate: (path, base) =>
      path.startsWith("v1/") ? { path, base: base.replace(/\/hf-inference\/models$/, "") } : { path },
  },
  "replicate": { base: "https://api.replicate.com/v1", authorize: bearer },
  "google-ai-studio": {
    base: "https://generativelanguage.googleapis.com",
    authorize: field("x-goog-api-key"),
    keyParameter: "key",
  },
  "google-vertex-ai": vertex,
  "azure-openai": azureOpenai,
  "azure": azure,
  "aws-bedrock": bedrock,
  "groq": { base: "https://api.groq.com/openai/v1", authorize: bearer },
  "mistral": { base: "https://api.mistral.ai", authorize: bearer, locate: versioned(/^(?!v\d)./) },
  "cohere": { base: "https://api.cohere.com", authorize: bearer, locate: versioned(/^(?!v\d)./) },
  "perplexity-ai": { base: "https://api.perplexity.ai", authorize: bearer },
  "deepseek": { base: "https://api.deepseek.com", authorize: bearer },
  "cerebras": { base: "https://api.cerebras.ai/v1", authorize: bearer },
  "grok": { base: "https://api.x.ai/v1", authorize: bearer },
  "openrouter": { base: "https://openrouter.ai/api/v1", authorize: bearer },
  "baseten": {
    base: "https://inference.baseten.co/v1",
    authorize: scheme("Api-Key"),
    locate: (path, base) => {
      const [, model = "", rest = ""] = /^model\/([\w-]+)(\/.*)?$/.exec(path) ?? [];
      if (!model || base !== "https://inference.baseten.co/v1") return { path };
      return {
        base: "https://model-{model}.api.baseten.co",
        path: rest ? rest.slice(1) : "production/predict",
        parts: { model },
      };
    },
  },
  "parallel": { base: "https://api.parallel.ai", authorize: field("x-api-key") },
  "fal": fal,
  "elevenlabs": { base: "https://api.elevenlabs.io", authorize: field("xi-api-key") },
  "deepgram": { base: "https://api.deepgram.com", authorize: scheme("Token") },
  "cartesia": { base: "https://api.cartesia.ai", authorize: bearer },
  "ideogram": { base: "https://api.ideogram.ai", authorize: field("api-key") },
  "fireworks": { base: "https://api.fireworks.ai/inference/v1", authorize: bearer },
};
