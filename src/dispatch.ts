import { GatewayError } from "./errors.ts";
import { ASK_IDENTITY, settle } from "./encoding.ts";
import { note, whyAborted } from "./outcome.ts";
import type { Attempt, Context, Failure, Fields, Stage, Step } from "./types.ts";

/** Sends one step to its provider, once. The only `fetch` in the codebase. */
export const dispatch: Stage<Step> = async (step, context) => {
  const { fetch, signal } = context;
  const attempt = begin(step, context);
  const body = step.body.open();
  const headers = describe(step, context);
  try {
    const response = await fetch(step.url, requestInit(step.method, headers, body, signal));
    if (response.status < 200 || response.status > 599) return refuseStatus(step, attempt, response);
    note(attempt, response.status);
    return {
      kind: "answer",
      step,
      attempt,
      response: context.encoding === "unknown" ? await settle(response) : response,
    };
  } catch (cause) {
    return fail(step, context, attempt, cause);
  }
};

/** Redirects are never followed: credentials would go along. */
function requestInit(
  method: string,
  headers: Fields,
  body: BodyInit | null,
  signal: AbortSignal,
): RequestInit {
  const init = { method, headers, body, signal, redirect: "manual" } as const;
  return body instanceof ReadableStream ? { ...init, duplex: "half" } as RequestInit : init;
}

/** The length of a stream that nobody touched is still true; encodings are asked for only if they survive. */
function describe({ headers, body }: Step, { encoding }: Context): Fields {
  const length = body.untouched;
  if (encoding === "kept" && length === undefined) return headers;
  const fields: Record<string, string> = { ...headers };
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
  note(attempt, code, code === "network" ? systemCode(cause) : undefined);
  return { kind: "failure", step, error: new GatewayError(code, undefined, { cause }) };
}

/** The runtime's word for what went wrong, such as `ECONNREFUSED`; its sentences may quote the URL. */
function systemCode(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { code } = at as { code?: unknown };
    if (typeof code === "string" && /^[A-Za-z0-9_]{1,40}$/.test(code)) return code;
  }
  return undefined;
}

function begin({ index, provider }: Step, { ledger }: Context): Attempt {
  const attempt: Attempt = { step: index, provider, began: performance.now() };
  ledger.attempts.push(attempt);
  return attempt;
}
