import { cut } from "./cut.ts";
import type { Usage } from "./dialects/dialect.ts";
import type { Step } from "./types.ts";

/** Bytes of a prompt that make a token, about. */
const BYTES = 4;
/** Most tokens that a prompt is taken for: what is longer holds pictures. */
const LONGEST_PROMPT = 128_000;
/** Tokens that an answer is taken for when nobody says how long it may get. */
const USUAL_ANSWER = 1024;

/** Members of a body that say how long an answer may get, in the words of all who have one, and how many it may be. */
const BOUNDS = ["max_tokens", "max_completion_tokens", "max_output_tokens", "max_tokens_to_sample"];
const NESTED = { generationConfig: "maxOutputTokens", inferenceConfig: "maxTokens" };

/** The tokens that a call may take, as far as can be told before it is made. */
export async function forecast({ body }: Step): Promise<Required<Pick<Usage, "input" | "output">>> {
  const bytes = await body.keep() ? body.open() : null;
  if (!(bytes instanceof Uint8Array)) return { input: LONGEST_PROMPT, output: USUAL_ANSWER };
  const input = Math.min(Math.ceil(bytes.byteLength / BYTES), LONGEST_PROMPT);
  return { input, output: answerOf(bytes as Uint8Array<ArrayBuffer>) };
}

function answerOf(json: Uint8Array<ArrayBuffer>): number {
  const parts = cut(json, "n", [...BOUNDS, ...Object.keys(NESTED)], 1);
  if (!parts?.skeleton.startsWith("{")) return USUAL_ANSWER;
  const told = JSON.parse(parts.skeleton);
  const nested = Object.entries(NESTED).map(([name, inner]) => told[name]?.[inner]);
  const bound = [...BOUNDS.map((name) => told[name]), ...nested].find(isCount) ?? USUAL_ANSWER;
  const [written] = parts.values;
  const answers = Number(new TextDecoder().decode(written));
  return bound * (isCount(answers) ? answers : 1);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0;
}
