import { type ErrorCode, GatewayError } from "./errors.ts";
import { ASK_IDENTITY, settle } from "./encoding.ts";
import type { Context, Failure, Fields, Stage, Step } from "./types.ts";

/** Sends one step to its provider, once. The only `fetch` in the codebase. */
export const dispatch: Stage<Step> = async (step, context) => {
  const { fetch, signal } = context;
  const started = performance.now();
  const body = step.body.open();
  const headers = describe(step, context);
  try {
    const response = await fetch(step.url, requestInit(step.method, headers, body, signal));
    if (response.status < 200 || response.status > 599) return refuseStatus(step, context, started, response);
    record(step, context, started, response.status);
    return {
      kind: "answer",
      step,
      response: context.encoding === "unknown" ? await settle(response) : response,
    };
  } catch (cause) {
    return fail(step, context, started, cause);
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
function refuseStatus(step: Step, context: Context, started: number, response: Response): Failure {
  response.body?.cancel().catch(() => {});
  record(step, context, started, "odd_status", String(response.status));
  return { kind: "failure", step, error: new GatewayError("odd_status") };
}

function fail(step: Step, context: Context, started: number, cause: unknown): Failure {
  const { signal } = context;
  const known = signal.aborted ? codeOf(signal.reason) : "network";
  const detail = known === "network" ? systemCode(cause) : undefined;
  record(step, context, started, known, detail);
  return { kind: "failure", step, error: new GatewayError(known, undefined, { cause }) };
}

/** Only the timeout layer aborts with an error of ours; whoever else aborts is the client. */
function codeOf(reason: unknown): ErrorCode {
  return reason instanceof GatewayError ? reason.code : "client_left";
}

/** The runtime's word for what went wrong, such as `ECONNREFUSED`; its sentences may quote the URL. */
function systemCode(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { code } = at as { code?: unknown };
    if (typeof code === "string" && /^[A-Za-z0-9_]{1,40}$/.test(code)) return code;
  }
  return undefined;
}

function record(
  step: Step,
  { ledger }: Context,
  started: number,
  result: number | ErrorCode,
  detail?: string,
): void {
  const ms = Math.round(performance.now() - started);
  ledger.attempts.push({ step: step.index, provider: step.provider, result, ms, ...(detail && { detail }) });
}
