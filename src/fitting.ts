import { settle } from "./encoding.ts";
import { GatewayError } from "./errors.ts";
import { watches } from "./options.ts";
import type { Answer, Outcome, Plan, Step } from "./types.ts";

/** What is to be known of an input. */
export interface Kind<Input> {
  /** The step that stands for it. */
  stepOf(input: Input): Step;
  /** @throws {GatewayError} where it is no such input */
  fit(input: Input): Input;
  /** The same outcome, as one of this input. */
  own(outcome: Outcome, input: Input): Outcome;
}

/** Steps, as strangers may change them. */
export const steps: Kind<Step> = {
  stepOf: (step) => step,
  fit: fitStep,
  own: (outcome, { index }) =>
    outcome.step.index === index ? outcome : { ...outcome, step: { ...outcome.step, index } },
};

/** Plans, whose steps are numbered anew. */
export const plans: Kind<Plan> = {
  stepOf: ([step]) => step,
  fit(plan) {
    if (!Array.isArray(plan) || plan.length === 0) throw expected("a plan of at least one step");
    const fitted = plan.map(fitStep).map((step, index) => step.index === index ? step : { ...step, index });
    return fitted as [Step, ...Step[]];
  },
  own: (outcome) => outcome,
};

/** What can be told by a step's other members follows them. */
function fitStep(step: Step): Step {
  const { body, url, headers, options, choices, choice, watched, captured } = step;
  if (typeof body?.open !== "function") throw expected("a step whose body bodyOf has made");
  if (!URL.canParse(url)) throw expected("a step with an absolute URL");
  const isMoved = choices !== undefined && choice === undefined && url !== choices[0].url;
  return {
    ...step,
    headers: hasCapitals(headers) ? lowered(headers) : headers,
    watched: watched !== "always" && watches(options) ? "always" : watched,
    captured: captured && options.collectLogPayload === true,
    ...(isMoved && { choices: choices.map((one) => ({ ...one, url })) as unknown as typeof choices }),
  };
}

function expected(what: string): GatewayError {
  return new GatewayError("internal", `Expected ${what}`);
}

function hasCapitals(headers: Step["headers"]): boolean {
  return Object.keys(headers).some((name) => name !== name.toLowerCase());
}

/** Of two fields of one name, the one that was written last counts. */
function lowered(headers: Step["headers"]): Step["headers"] {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** What was expected of an outcome that is none. */
export function whatIsMissing(outcome: Outcome): string | undefined {
  if (outcome?.kind === "failure") {
    return outcome.error instanceof GatewayError && outcome.step
      ? undefined
      : "Expected a GatewayError in a failure";
  }
  if (outcome?.kind !== "answer") return "Expected an outcome";
  const { step, attempt, response } = outcome;
  if (!step || !attempt || !(response?.headers instanceof Headers)) {
    return "Expected an answer that answer() has made";
  }
  if (response.status < 200 || response.status > 599) return "Expected a status of 200 to 599";
  return response.bodyUsed || response.body?.locked ? "Expected a response that nobody has read" : undefined;
}

/** A response that is not the house's: its length and encoding may be those of another body, its fields may be fixed. */
export async function renew({ amendable: _, bytes: _bytes, ...answer }: Answer): Promise<Answer> {
  const { body, status, statusText, headers } = answer.response;
  if (!body || !headers.has("content-length")) return { ...answer, response: await settle(answer.response) };
  const fields = new Headers(headers);
  fields.delete("content-length");
  return { ...answer, response: await settle(new Response(body, { status, statusText, headers: fields })) };
}
