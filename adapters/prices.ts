import { calcPrice, type PriceCalculationResult } from "@pydantic/genai-prices";
import type { Usage } from "../src/index.ts";
import { plainSlug } from "./plain-slug.ts";

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
  const name = plainSlug(provider);
  const naming = Object.hasOwn(names, name) ? names[name]! : called(name);
  const tokens = { input: input ?? cacheRead + cacheWrite, output: output ?? 0, cacheRead, cacheWrite };
  return tariffOf(...naming(model))(tokens);
}

/** USD of so many tokens of each kind. */
type Tariff = (tokens: Required<Omit<Usage, "reasoning">>) => number | undefined;

/** Tariffs of late: to find one in the table takes longer than all else that a gateway does for a call. */
const known = new Map<string, { readonly tariff: Tariff; readonly since: number }>();
/** Most of these, and how long they hold, in ms: some models cost less at night. */
const MOST = 1000, FRESH = 60_000;

function tariffOf(provider: string, model: string): Tariff {
  const name = `${provider} ${model}`;
  const now = performance.now();
  const found = known.get(name);
  if (found && now - found.since < FRESH) return found.tariff;
  if (known.size >= MOST) known.clear();
  const tariff = find(provider, model);
  known.set(name, { tariff, since: now });
  return tariff;
}

const NOTHING = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };

/** Where no token's price depends on how many there are, one of each kind tells them all. */
function find(provider: string, model: string): Tariff {
  const ask: Tariff = (tokens) => lookUp(provider, model, tokens)?.total_price;
  const found = lookUp(provider, model, NOTHING);
  if (!found) return () => undefined;
  const { model_price: prices, total_price: fee } = found;
  if (Object.values(prices).some((price) => typeof price === "object")) return ask;
  const one = (tokens: Partial<typeof NOTHING>) => (ask({ ...NOTHING, ...tokens }) ?? NaN) - fee;
  const input = one({ input: 1 }), output = one({ output: 1 });
  const cacheRead = one({ input: 1, cacheRead: 1 }), cacheWrite = one({ input: 1, cacheWrite: 1 });
  return (tokens) => {
    const { input: all, output: told, cacheRead: read, cacheWrite: written } = tokens;
    const others = all - read - written;
    const usual = others >= 0 && [told, read, written].every((count) => count >= 0);
    const total = fee + others * input + read * cacheRead + written * cacheWrite + (told && told * output);
    return usual && Number.isFinite(total) ? total : ask(tokens);
  };
}

/** What the table says, which also takes names that only look like one of its own, and counts what has no price as free. */
function lookUp(
  providerId: string,
  model: string,
  tokens: typeof NOTHING,
): PriceCalculationResult | undefined {
  const { input, output, cacheRead, cacheWrite } = tokens;
  const counts = {
    input_tokens: input,
    output_tokens: output,
    cache_read_tokens: cacheRead,
    cache_write_tokens: cacheWrite,
  };
  try {
    const found = calcPrice(counts, model, { providerId });
    if (found?.provider.id !== providerId) return undefined;
    const { input_mtok, output_mtok } = found.model_price;
    const silent = output_mtok === undefined && output > 0;
    return input_mtok === undefined || silent ? undefined : found;
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
