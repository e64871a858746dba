import { cut } from "./cut.ts";
import type { Usage } from "./dialects/dialect.ts";
import { isLegible } from "./model.ts";
import type { Step } from "./types.ts";

/** Bytes of a prompt that make a token, about. */
const BYTES = 4;
/** Most tokens that a prompt is taken for: what is longer holds pictures. */
const LONGEST_PROMPT = 128_000;
/** Tokens that an answer is taken for when nobody says how long it may get. */
const USUAL_ANSWER = 1024;

/** Members that say how long an answer may get, in the words of all who have one. */
const BOUNDS = [
  "max_tokens",
  "max_completion_tokens",
  "max_output_tokens",
  "max_tokens_to_sample",
  "max_new_tokens",
  "maxOutputTokens",
  "maxTokens",
];
/** Members that say how many answers there may be. */
const NUMBERS = ["n", "best_of", "candidateCount", "candidate_count"];
/** Members within which these may stand. */
const NESTS = ["generationConfig", "generation_config", "inferenceConfig", "parameters"];

/** Tokens of a prompt and of its answer. */
export type Forecast = Required<Pick<Usage, "input" | "output">>;

/** The tokens that a call may take, as far as can be told before it is made. */
export async function forecast(step: Step): Promise<Forecast> {
  const { body } = step;
  const told = await isLegible(step) ? await body.read(expect) : undefined;
  return told ?? { input: inputOf(body.untouched() ?? Infinity), output: USUAL_ANSWER };
}

function expect(json: Uint8Array<ArrayBuffer>): Forecast {
  return { input: inputOf(json.byteLength), output: answersOf(json) };
}

function inputOf(length: number): number {
  return Math.min(Math.ceil(length / BYTES), LONGEST_PROMPT);
}

/** The largest of all bounds, times the largest of all numbers: who says two things may mean either. */
function answersOf(json: Uint8Array<ArrayBuffer>): number {
  const parts = cut(json, "", [...BOUNDS, ...NUMBERS, ...NESTS], 1);
  if (!parts?.skeleton.startsWith("{")) return USUAL_ANSWER;
  const told = JSON.parse(parts.skeleton);
  const most = (names: readonly string[]) =>
    Math.max(
      ...[told, ...NESTS.map((nest) => told[nest])].flatMap((told) =>
        names.map((name) => isCount(told?.[name]) ? told[name] : 0)
      ),
    );
  return (most(BOUNDS) || USUAL_ANSWER) * Math.max(most(NUMBERS), 1);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0 && Number(value) < 1e9;
}
