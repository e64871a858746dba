import { calcPrice } from "@pydantic/genai-prices";
import type { Usage } from "../src/index.ts";

export type { Usage } from "../src/index.ts";

/** Longest name of a model, in characters; the table compares one with every name that it knows. */
const LONGEST = 512;

/**
 * What one call costs at list prices, in USD; undefined where a price is not known. Tokens count as text, those written
 * into a cache as kept for five minutes.
 *
 * @param provider the slug in the gateway's URL, also one of your own that the table knows, such as `together`
 * @param model as the provider calls it
 * @see https://github.com/pydantic/genai-prices
 */
export function price(provider: string, model: string, usage: Usage): number | undefined {
  const { input, output, cacheRead = 0, cacheWrite = 0 } = usage;
  if (input === undefined && output === undefined || model.length > LONGEST) return undefined;
  const name = provider.replace(/^custom-/, "");
  const naming = Object.hasOwn(names, name) ? names[name]! : called(name);
  const [providerId, modelId] = naming(model);
  const tokens = {
    input_tokens: input ?? cacheRead + cacheWrite,
    output_tokens: output ?? 0,
    cache_read_tokens: cacheRead,
    cache_write_tokens: cacheWrite,
  };
  try {
    const found = calcPrice(tokens, modelId, { providerId });
    // The table also takes names that only look like one of its own, and counts what has no price as free.
    if (found?.provider.id !== providerId) return undefined;
    const { input_mtok, output_mtok } = found.model_price;
    const silent = output_mtok === undefined && tokens.output_tokens > 0;
    return input_mtok === undefined || silent ? undefined : found.total_price;
  } catch {
    return undefined;
  }
}

/** What the table calls a provider and its model. */
type Naming = (model: string) => readonly [provider: string, model: string];

const called = (provider: string): Naming => (model) => [provider, model];

/** A model that may come with a publisher, or as a resource: its last segment. */
const lastOf = (provider: string): Naming => (model) => [provider, model.slice(model.lastIndexOf("/") + 1)];

/** Who serves a model stands behind its name. */
const served: Naming = (model) => {
  const [, name = model, by = ""] = /^(.*):([^:]*)$/.exec(model) ?? [];
  return [`huggingface_${by}`, name];
};

/** Providers that the table calls otherwise, or whose models it does. */
const names: Readonly<Record<string, Naming>> = {
  "workers-ai": called("cloudflare"),
  "huggingface": served,
  "google-ai-studio": lastOf("google"),
  "google-vertex-ai": lastOf("google"),
  "azure-openai": called("azure"),
  "aws-bedrock": lastOf("aws"),
  "perplexity-ai": called("perplexity"),
  "grok": called("x-ai"),
};
