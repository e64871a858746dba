import { LLMock, type Mountable } from "@copilotkit/aimock";
import type { Seen } from "../../support/upstream.ts";

/** What a model says to every prompt that is not listed in {@linkcode prompts}. */
export const GREETING = "Hello from a mock, the quick brown fox.";

/** What it says to `prompts.unicode`: characters of two, three and four bytes in UTF-8. */
export const UNICODE = "héllo — 世界 🌍🌍 naïve façade 𝔘𝔫𝔦𝔠𝔬𝔡𝔢";

/** Length of what it says to `prompts.long`, in bytes. */
export const LONG = 320_000;

/** Prompts that bring about something else than a greeting. */
export const prompts = {
  /** A call of the tool `get_weather` for Lisbon. */
  tool: "Call the tool",
  unicode: "Say it in every script",
  long: "Speak at length",
  /** 400, code `bad_input`. */
  badRequest: "Be a bad request",
  /** 429 with `retry-after: 1`. */
  tooMany: "Be one too many",
  /** 500, whichever model is asked. */
  broken: "Break",
  /** 500 from models whose name starts with `gpt`; others greet. */
  gptBroken: "Break if you are a gpt",
} as const;

/** First bytes of all audio. */
export const AUDIO = "ID3 this is no music";

/** What a provider saw of a request. */
export type Sighting = Pick<Seen, "method" | "path" | "headers">;

/** A mock that is running. */
export interface Models {
  readonly url: string;
  /** What reached it, before it looked at the path. */
  readonly seen: Sighting[];
  stop(): Promise<void>;
}

/**
 * Starts a mock of the model providers that is not ours, with answers that depend on the prompt. It forgives wrong
 * paths and its journal leaves out keys, so what comes is noted before the mock sees it.
 */
export async function startModels(): Promise<Models> {
  const mock = new LLMock({ port: 0, host: "127.0.0.1", logLevel: "silent" });
  const seen: Sighting[] = [];
  mock.mount("", witness(seen));
  mock.mount("/client/v4/accounts/acct/ai/run", workersAi);
  scriptMessages(mock);
  scriptMedia(mock);
  return { url: await mock.start(), seen, stop: () => mock.stop() };
}

/** Looks at every request and leaves it to the others. */
function witness(seen: Sighting[]): Mountable {
  return {
    handleRequest({ method = "", url = "", headers }) {
      seen.push({ method, path: url, headers });
      return Promise.resolve(false);
    },
  };
}

/** The mock knows Workers AI only in OpenAI's dialect; this is its own. */
const workersAi: Mountable = {
  handleRequest(request, response) {
    request.resume();
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ success: true, errors: [], messages: [], result: { response: GREETING } }));
    return Promise.resolve(true);
  },
};

function scriptMessages(mock: LLMock): void {
  const exactly = (prompt: string) => new RegExp(`^${prompt}$`);
  mock.onMessage(exactly(prompts.tool), {
    toolCalls: [{ name: "get_weather", arguments: '{"city":"Lisbon"}' }],
  });
  mock.onMessage(exactly(prompts.unicode), { content: UNICODE }, { chunkSize: 1 });
  mock.onMessage(exactly(prompts.long), { content: "0123456789abcdef".repeat(LONG / 16) });
  mock.onMessage(exactly(prompts.badRequest), {
    error: { message: "no such thing", type: "invalid_request_error", code: "bad_input" },
    status: 400,
  });
  mock.onMessage(exactly(prompts.tooMany), {
    error: { message: "slow down", type: "rate_limit_error", code: "rate_limit_exceeded" },
    status: 429,
    retryAfter: 1,
  });
  const broken = { error: { message: "out of order", type: "server_error" }, status: 500 };
  mock.onMessage(exactly(prompts.broken), broken);
  mock.on({ userMessage: exactly(prompts.gptBroken), model: /^gpt/ }, broken);
  mock.onMessage(/.*/, { content: GREETING });
}

function scriptMedia(mock: LLMock): void {
  const audio = { audio: btoa(AUDIO), format: "mp3" };
  mock.onEmbedding(/.*/, { embedding: [0.125, 0.25, 0.5] });
  mock.onImage(/.*/, { image: { b64Json: btoa("a picture") } });
  mock.onSpeech(/.*/, audio);
  mock.onElevenLabsTTS(/.*/, audio);
  mock.onTranscription({ transcription: { text: "hello from audio", language: "en", duration: 1 } });
  mock.onModerate(/.*/, {
    flagged: true,
    categories: { violence: true },
    category_scores: { violence: 0.9 },
  });
}
