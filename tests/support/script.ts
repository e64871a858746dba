import type { Fetch } from "../../src/types.ts";

/** What a provider saw of one call. */
export interface Call {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: string;
  readonly signal: AbortSignal;
  /** When it came, by the monotonic clock, in ms. */
  readonly at: number;
}

/** One answer of a script: a response, an error that `fetch` rejects with, or what to do. */
export type Line = Response | Error | ((call: Call) => Response | Promise<Response>);

/** A `fetch` that plays a script, a line a call, and remembers the calls. */
export interface Script {
  readonly fetch: Fetch;
  readonly calls: Call[];
}

/** A call for which the script has no line fails. */
export function script(...lines: readonly Line[]): Script {
  const calls: Call[] = [];
  return {
    calls,
    async fetch(url, init) {
      const at = performance.now();
      const body = await new Response(init.body ?? null).text();
      const headers = new Headers(init.headers);
      const call = { url, method: init.method!, headers, body, signal: init.signal!, at };
      const line = lines[calls.push(call) - 1];
      if (line === undefined) throw new Error("the script has no further line");
      if (line instanceof Error) throw line;
      return typeof line === "function" ? await line(call) : line;
    },
  };
}

/** A line that stays silent until the call is aborted. */
export const silence = ({ signal }: Call): Promise<Response> =>
  new Promise((_, reject) => {
    const leave = () => reject(signal.reason);
    if (signal.aborted) leave();
    signal.addEventListener("abort", leave);
  });

/** A request to a path of the gateway `a/g`. */
export function ask(path: string, init: RequestInit = {}): Request {
  return new Request(`http://waygate.test/v1/a/g${path}`, { ...init, ...(init.body && { method: "POST" }) });
}

/** A request to the universal endpoint. */
export function askUniversal(body: unknown, headers: Record<string, string> = {}): Request {
  return ask("", { body: typeof body === "string" ? body : JSON.stringify(body), headers });
}

/** The error of an envelope, once its form was checked. */
export async function readError(
  response: Response,
): Promise<{ code: number; message: string; description: string }> {
  const envelope = await response.json();
  const { success, result, messages, error, name, httpCode, internalCode, message, description } = envelope;
  const formed = success === false && result.length === 0 && messages.length === 0 && error.length === 1 &&
    name === "AiGatewayError" && httpCode === response.status && error[0].code === internalCode &&
    error[0].message === message;
  if (!formed) throw new Error(`not the documented envelope: ${JSON.stringify(envelope)}`);
  return { code: internalCode, message, description };
}
