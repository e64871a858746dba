import { failed } from "./dialects/failed.ts";
import { isJson } from "./dialects/json.ts";
import { parse } from "./parse.ts";
import type { ErrorCode } from "./errors.ts";
import { peek } from "./peek.ts";
import type { Answer } from "./types.ts";

/** How much of an error answer is searched for its reason, in bytes, and for how long, in ms. */
const ENOUGH = 64 * 1024;
const PATIENCE = 1000;

/** Reads in an error answer's own words why it was given; the answer stays whole. */
export async function findReason(answer: Answer): Promise<{ answer: Answer; reason: ErrorCode }> {
  const { response } = answer;
  if (!response.body) return { answer, reason: "provider_error" };
  const { head, body } = await peek(response.body, ENOUGH, PATIENCE);
  return {
    answer: { ...answer, response: new Response(body, response) },
    reason: reasonIn(new TextDecoder().decode(head)),
  };
}

/** Providers put their errors under `error` or `errors`, or all over the answer. */
function reasonIn(text: string): ErrorCode {
  const whole = parse(text);
  const said: unknown = Array.isArray(whole) ? whole[0] : whole;
  if (!isJson(said)) return "provider_error";
  const { error = said["errors"] ?? said, ...others } = said;
  return failed(error, others["code"], others["type"]).error?.code ?? "provider_error";
}
