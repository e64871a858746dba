import { GatewayError } from "./errors.ts";
import { ASK_IDENTITY, settle } from "./encoding.ts";
import { heed } from "./obey.ts";
import { note, whyAborted } from "./outcome.ts";
import { newSpanId, traceparent } from "./trace.ts";
import type { Attempt, Body, Context, Failure, FetchInit, Fields, Stage, Step } from "./types.ts";

/** Sends one step to its provider, once. The only `fetch` in the codebase. */
export const dispatch: Stage<Step> = async (step, context) => {
  const { fetch, signal } = context;
  const attempt = begin(step, context);
  try {
    if (isShort(step, context)) await keep(step.body, context);
    const body = step.body.open();
    const headers = fieldsFor(step, context, attempt);
    const response = await fetch(step.url, requestInit(step, headers, body, signal));
    if (response.status < 200 || response.status > 599) return refuseStatus(step, attempt, response);
    note(attempt, response.status);
    return {
      kind: "answer",
      step,
      attempt,
      amendable: context.amendable,
      response: context.encoding === "unknown" ? await settle(response) : response,
    };
  } catch (cause) {
    return fail(step, context, attempt, cause);
  }
};

/** Whether a body is so short that its host would rather have it whole. */
function isShort({ body }: Step, { collectUpTo }: Context): boolean {
  const untouched = body.untouched();
  return untouched !== undefined && untouched <= collectUpTo;
}

/** Reads a body within the attempt; its own signal alone may end that before the client does. */
async function keep(body: Body, { signal, leaving }: Context): Promise<void> {
  await (signal === leaving ? body.keep() : heed(signal, body.keep()));
}

/** Redirects are never followed: credentials would go along. */
function requestInit(
  { method, options: { connectTimeout } }: Step,
  headers: Fields,
  body: BodyInit | null,
  signal: AbortSignal,
): FetchInit {
  const patience = connectTimeout === undefined ? {} : { connectTimeout };
  const init = { method, headers, body, signal, redirect: "manual", ...patience } as const;
  return body instanceof ReadableStream ? { ...init, duplex: "half" } : init;
}

/** The length of a stream that nobody touched is still true; encodings are asked for only if they survive. */
function fieldsFor({ headers, body }: Step, { encoding, ledger }: Context, { spanId }: Attempt): Fields {
  const length = body.untouched();
  if (encoding === "kept" && length === undefined && spanId === undefined) return headers;
  const fields: Record<string, string> = { ...headers };
  if (spanId !== undefined) Object.assign(fields, traceparent(ledger.trace!, spanId));
  if (length !== undefined) fields["content-length"] = String(length);
  if (encoding !== "kept") fields["accept-encoding"] = encoding === "identity" ? "identity" : ASK_IDENTITY;
  return fields;
}

/** No HTTP client expects such a status, and no runtime passes all of them on. */
function refuseStatus(step: Step, attempt: Attempt, response: Response): Failure {
  response.body?.cancel().catch(() => {});
  note(attempt, "odd_status", String(response.status));
  return { kind: "failure", step, error: new GatewayError("odd_status") };
}

function fail(step: Step, { signal }: Context, attempt: Attempt, cause: unknown): Failure {
  const code = signal.aborted ? whyAborted(signal) : cause instanceof GatewayError ? cause.code : "network";
  note(attempt, code, signal.aborted ? undefined : wordOf(cause));
  return { kind: "failure", step, error: new GatewayError(code, undefined, { cause }) };
}

/** The runtime's word for what went wrong, such as `ECONNREFUSED`; its sentences may quote the URL. */
function wordOf(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    const word = at instanceof GatewayError ? at.description : (at as { code?: unknown }).code;
    if (typeof word === "string" && /^[A-Za-z0-9_]{1,40}$/.test(word)) return word;
  }
  return undefined;
}

function begin(step: Step, { ledger }: Context): Attempt {
  const { index, provider, choice, keyIndex, keyless = step } = step;
  const attempt: Attempt = {
    step: index,
    provider,
    ...(choice !== undefined && { choice }),
    ...(keyIndex !== undefined && { key: keyIndex }),
    ...(ledger.trace && { spanId: newSpanId() }),
    began: performance.now(),
    asked: keyless,
  };
  ledger.attempts.push(attempt);
  return attempt;
}
