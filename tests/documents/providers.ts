import { dialectOf } from "../../src/dialects/table.ts";
import { createDirectory } from "../../src/providers/directory.ts";
import { table as rows } from "../../src/providers/table.ts";
import type { Call } from "../../src/public.ts";
import { code, table } from "../matrix/markdown.ts";

/** A path of each provider, whose answers are the ones that most people ask for. */
const paths: Readonly<Record<string, readonly string[]>> = {
  "openai": ["chat/completions", "responses"],
  "anthropic": ["v1/messages"],
  "workers-ai": ["@cf/meta/llama-3.1-8b-instruct", "v1/chat/completions"],
  "huggingface": ["v1/chat/completions", "{org}/{model}"],
  "replicate": ["predictions"],
  "google-ai-studio": ["v1beta/models/{model}:streamGenerateContent?alt=sse"],
  "google-vertex-ai": [
    "v1/projects/{project}/locations/{region}/publishers/google/models/{model}:streamGenerateContent?alt=sse",
  ],
  "azure-openai": ["{resource}/{deployment}/chat/completions?api-version=…"],
  "azure": ["{resource}/anthropic/v1/messages"],
  "aws-bedrock": [
    "bedrock-runtime/{region}/model/{model}/converse-stream",
    "bedrock-mantle/{region}/anthropic/v1/messages",
  ],
  "groq": ["chat/completions"],
  "mistral": ["v1/chat/completions"],
  "cohere": ["v2/chat"],
  "perplexity-ai": ["chat/completions"],
  "deepseek": ["chat/completions"],
  "cerebras": ["chat/completions"],
  "grok": ["chat/completions"],
  "openrouter": ["chat/completions"],
  "baseten": ["chat/completions", "model/{model}"],
  "parallel": ["v1/tasks/runs"],
  "fal": ["fal-ai/flux/schnell"],
  "elevenlabs": ["v1/text-to-speech/{voice}"],
  "deepgram": ["v1/listen?model=nova-3"],
  "cartesia": ["tts/bytes"],
  "ideogram": ["v1/ideogram-v3/generate"],
  "fireworks": ["chat/completions"],
};

/** Every known provider: where it is, how it takes a key, and whose stream is understood. */
export async function providersTable(): Promise<string> {
  const lines = await Promise.all(
    Object.entries(rows).map(async ([slug, { base, authorize }]) => {
      const [[field, value] = ["", ""]] = Object.entries(await authorize!("…", {} as Call));
      const own = paths[slug] ?? [];
      return [
        code(slug),
        code(base),
        code(`${field}: ${value}`),
        own.map(code).join(", "),
        speech(slug, own),
      ];
    }),
  );
  return table(["slug", "base", "key", "paths", "dialect"], lines);
}

/** The dialects of some paths of a provider. */
function speech(slug: string, own: readonly string[]): string {
  const names = own.map((path) => dialectOf(urlOf(slug, path))?.name);
  return names.map((name) => name === undefined ? "none" : code(name)).join(", ");
}

const directory = createDirectory();

/** Where a path leads, with plain words for the names in it. */
function urlOf(slug: string, path: string): string {
  const endpoint = path.replace(/\{(\w+)\}/g, "$1");
  return directory.get(slug)!.route(endpoint, { account: "account", headers: {} }).url;
}
