/** An answer that a provider once gave, and what its own usage block tells. */
export interface Recording {
  readonly what: string;
  /** Repository, path and licence of the recording. */
  readonly source: string;
  /** What is not as it was recorded. @default nothing */
  readonly altered?: string;
  /** Path of the request behind the gateway id. */
  readonly path: string;
  /** The model that the request asks for. */
  readonly model: string;
  readonly contentType: string;
  /** @default 200 */
  readonly status?: number;
  readonly body: string;
  /** Copied by hand out of the body: no member where it tells nothing. */
  readonly tokens: {
    readonly input?: number;
    readonly output?: number;
    readonly cached?: number;
    readonly written?: number;
    readonly reasoning?: number;
  };
  readonly reason: string | null;
  /** USD of a million tokens; cached and written ones cost as much as others where they have no price. @default unknown */
  readonly prices?: {
    readonly input: number;
    readonly output: number;
    readonly cached?: number;
    readonly written?: number;
  };
  /** USD that the provider itself says it costs. */
  readonly ownCost?: number;
}

export const json = "application/json";
export const sse = "text/event-stream; charset=utf-8";

/** Where answers come from that were recorded by the tests of Hugging Face's client. */
export const tapes = "huggingface/huggingface.js, packages/inference/test/tapes.json, MIT";
/** Where those lie that the tests of Pydantic AI have recorded. */
export const cassettes = (path: string): string =>
  `pydantic/pydantic-ai, tests/models/cassettes/${path}, MIT`;
/** Where those lie that the tests of the AI SDK have recorded. */
export const fixtures = (path: string): string => `vercel/ai, packages/${path}, Apache-2.0`;
/** A cassette keeps plain answers as YAML. */
export const reprinted = "its JSON is printed anew";
/** A fixture keeps the data of events alone. */
export const reframed = "its events have their lines anew";
