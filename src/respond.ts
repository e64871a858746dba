import { explain, GatewayError, toResponse } from "./errors.ts";
import { BODILESS, returnable, unreturnable } from "./headers.ts";
import { discard, lastSaid, made } from "./outcome.ts";
import type { Answer, Attempt, Context, Failure, Fields, Outcome } from "./types.ts";

/** Most that `waygate-trail` and a description may hold, in characters. */
const TRAIL_LIMIT = 4096;

/** The exit: an outcome as the client sees it. */
export function respond(outcome: Outcome, context: Context): Response {
  try {
    return present(outcome, context);
  } catch (error) {
    discard(outcome);
    throw error;
  }
}

function present(outcome: Outcome, context: Context): Response {
  const said = lastSaid(outcome) ?? outcome;
  return said.kind === "answer" ? respondAnswer(said, context) : respondFailure(said, context);
}

function respondAnswer({ step, response, amendable, cache }: Answer, context: Context): Response {
  const { status, statusText } = response;
  const added: Record<string, string> = {};
  stamp(added, context, step.index, step.eventId);
  if (cache) added["cf-aig-cache-status"] = cache;
  if (!response.ok && made(context.ledger) > 1) added["x-should-retry"] = "false";
  if (BODILESS.has(status)) return respondBodiless(response, added);
  if (amendable) return amend(response, added);
  const headers = { ...returnable(response.headers), ...added };
  return new Response(response.body, { status, statusText, headers });
}

function respondBodiless({ status, statusText, headers, body }: Response, added: Fields): Response {
  body?.cancel().catch(() => {});
  const length: Fields = status === 205 ? { "content-length": "0" } : {};
  return new Response(null, { status, statusText, headers: { ...returnable(headers), ...added, ...length } });
}

/** The very same response, which is the fastest that some runtimes know. */
function amend(response: Response, added: Fields): Response {
  const { headers } = response;
  for (const name of unreturnable(headers)) headers.delete(name);
  for (const name in added) headers.set(name, added[name]!);
  return response;
}

function respondFailure({ step, error, headers: told }: Failure, context: Context): Response {
  const { attempts } = context.ledger;
  const headers: Record<string, string> = { ...told };
  stamp(headers, context, step.index, step.eventId);
  if (made(context.ledger) > 1) headers["x-should-retry"] = "false";
  const description = error.description?.slice(0, TRAIL_LIMIT) ?? abridge(attempts.map(tell), "; ");
  return toResponse(new GatewayError(error.code, error.message, description ? { description } : {}), headers);
}

/** What was thrown before an outcome came to be, as the client sees it. */
export function refuse(thrown: unknown, context?: Context): Response {
  const error = explain(thrown);
  const headers: Record<string, string> = {};
  if (context) stamp(headers, context, 0);
  if (error.code === "wrong_method") headers["allow"] = error.allow.join(", ");
  return toResponse(error, headers);
}

/** What every answer of a gateway carries besides the provider's own fields. */
function stamp(headers: Record<string, string>, context: Context, index: number, ownEventId?: string): void {
  const { id, eventId, ledger } = context;
  headers["cf-aig-step"] = String(index);
  headers["cf-aig-log-id"] = id;
  headers["cf-aig-request-id"] = id;
  if (ledger.trace) headers["cf-aig-trace-id"] = ledger.trace.traceId;
  headers["cf-aig-event-id"] = ownEventId ?? eventId ?? id;
  if (ledger.attempts.length > 0) headers["waygate-trail"] = abridge(ledger.attempts.map(mark), ", ");
}

/** An attempt as a member of a structured list. @see RFC 8941, section 3.1 */
function mark(attempt: Attempt): string {
  const { step, provider, choice, key, result = "abandoned", ms = sinceBeginning(attempt) } = attempt;
  const way = `${choice === undefined ? "" : `choice=${choice};`}${key === undefined ? "" : `key=${key};`}`;
  return `${provider};step=${step};${way}${
    typeof result === "number" ? "status" : "error"
  }=${result};ms=${ms}`;
}

function tell(attempt: Attempt): string {
  const { step, provider, choice, key, result = "abandoned", detail, ms = sinceBeginning(attempt) } = attempt;
  const way = `${choice === undefined ? "" : `, choice ${choice}`}${key === undefined ? "" : `, key ${key}`}`;
  const why = detail ? `${result} (${detail})` : result;
  return `step ${step} (${provider}${way}): ${why} after ${ms} ms`;
}

function sinceBeginning({ began }: Attempt): number {
  return Math.round(performance.now() - began);
}

/** Joins what fits; otherwise as many of the first, the last, and how many were left out. */
function abridge(entries: readonly string[], separator: string): string {
  const whole = entries.join(separator);
  if (whole.length <= TRAIL_LIMIT) return whole;
  const last = entries.at(-1)!;
  let head = "";
  let shown = 0;
  for (const entry of entries) {
    if (head.length + entry.length + last.length + 32 > TRAIL_LIMIT) break;
    head += entry + separator;
    shown++;
  }
  return `${head}+${entries.length - shown - 1}${separator}${last}`;
}
