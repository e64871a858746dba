import assert from "node:assert/strict";
import { test } from "node:test";
import { price } from "../adapters/prices.ts";
import type { Price, Usage } from "../src/index.ts";
import { anthropic } from "./recordings/anthropic.ts";
import { cohere } from "./recordings/cohere.ts";
import { gemini } from "./recordings/gemini.ts";
import { openai } from "./recordings/openai.ts";
import type { Recording } from "./recordings/recording.ts";
import { responses } from "./recordings/responses.ts";
import { untold } from "./recordings/untold.ts";
import { metered } from "./support/metered.ts";

/**
 * Answers that providers gave, played again, and what the log tells of them: their own numbers, and what these cost as
 * reckoned here by hand. The prices of a million tokens are those of `@pydantic/genai-prices` 0.1.8.
 *
 * Of some kinds, no recording was found that may be copied: of Workers AI and of Replicate none that tells tokens; of
 * Replicate no stream; of OpenAI and of Gemini none with cached tokens; of OpenAI chat none that tells of tokens written
 * into the cache. Their words are in `support/tongues.ts`, as their documents have them.
 */
const recordings = [...openai, ...responses, ...anthropic, ...gemini, ...cohere, ...untold];

/** USD of a recording, by its unit prices. */
function reckoned({ tokens, prices }: Recording): number | null {
  const { input, output, cached = 0, written = 0 } = tokens;
  if (!prices || input === undefined || output === undefined) return null;
  const fresh = (input - cached - written) * prices.input;
  const kept = cached * (prices.cached ?? prices.input) + written * (prices.written ?? prices.input);
  return (fresh + kept + output * prices.output) / 1e6;
}

const close = (one: number | null, other: number | null) =>
  one === other || (one !== null && other !== null && Math.abs(one - other) < 1e-12);

function inChunks(bytes: Uint8Array<ArrayBuffer>, size: number): Uint8Array[] {
  const count = Math.ceil(bytes.byteLength / size);
  return Array.from({ length: count }, (_, index) => bytes.slice(index * size, (index + 1) * size));
}

for (const recording of recordings) {
  const { what, path, model, contentType, status, body, tokens, reason, ownCost } = recording;

  test(`recorded: ${what}: its tokens, its end and its cost are those that it tells`, async () => {
    const asked: Usage[] = [];
    const asking: Price = (provider, model, usage) => {
      asked.push(usage);
      return price(provider, model, usage);
    };
    const play = metered(asking);
    const bytes = new TextEncoder().encode(body);
    for (const size of [bytes.byteLength, 1000, 61, 7]) {
      asked.length = 0;
      const heard = await play({
        path,
        contentType,
        status,
        chunks: inChunks(bytes, size),
        query: { model, messages: [] },
      });
      assert.deepEqual(heard.bytes, bytes);
      assert.deepEqual(heard.kept, bytes);
      const { record } = heard;
      assert.equal(record.model, model);
      assert.deepEqual({
        input: record.tokens_in,
        output: record.tokens_out,
        cached: record.tokens_cached,
        reasoning: record.tokens_reasoning,
        reason: record.finish_reason,
        end: [record.ending, record.success, record.status_code],
      }, {
        input: tokens.input ?? null,
        output: tokens.output ?? null,
        cached: tokens.cached ?? null,
        reasoning: tokens.reasoning ?? null,
        reason,
        end: ["complete", true, status ?? 200],
      });
      const told = asked.filter(({ output }) => output !== undefined && output === tokens.output);
      assert.equal(told.length > 0, tokens.output !== undefined);
      for (const { cacheWrite } of told) assert.equal(cacheWrite, tokens.written);
      assert.ok(close(record.cost, reckoned(recording)), `${record.cost} is not ${reckoned(recording)}`);
      if (ownCost !== undefined) assert.ok(close(record.cost, ownCost), `${record.cost} is not ${ownCost}`);
      if (tokens.output !== undefined) assert.equal(heard.tokens, tokens.input! + tokens.output);
    }
  });
}
