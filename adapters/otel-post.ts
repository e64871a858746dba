import type { Fetch } from "../src/index.ts";
import { within } from "./within.ts";

/** Where something goes, and how. */
export interface Postbox {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly fetch: Fetch;
  /** Longest that one call may take, in ms. */
  readonly timeout: number;
  /** The clock, in ms since the epoch. */
  readonly now: () => number;
}

/** What came of a call. `later`: it may be repeated, after the ms that the collector asks for, if it does. */
export type Reply =
  | { readonly kind: "taken"; readonly rejected: number }
  | { readonly kind: "refused"; readonly why: string }
  | { readonly kind: "later"; readonly why: string; readonly ms?: number | undefined };

/** @see https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes */
const RETRIABLE: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** Most bytes of an answer that are read: a collector that never ends must not fill the memory. */
const MOST = 64 * 1024;

/** Sends JSON to a collector, once. It never rejects. */
export async function post(postbox: Postbox, body: string): Promise<Reply> {
  const over = new AbortController();
  try {
    const reply = await within(postbox.timeout, over.signal, exchange(postbox, body, over.signal));
    return reply ?? { kind: "later", why: `does not answer within ${postbox.timeout} ms` };
  } catch {
    return { kind: "later", why: "cannot be reached" };
  } finally {
    over.abort();
  }
}

async function exchange(
  { url, headers, fetch, now }: Postbox,
  body: string,
  signal: AbortSignal,
): Promise<Reply> {
  // What leads elsewhere is not followed: the header fields may hold a key.
  const response = await fetch(url, { method: "POST", headers, body, redirect: "manual", signal });
  const text = await readText(response);
  if (response.ok) return { kind: "taken", rejected: readRejected(text) };
  const why = `answers ${response.status}`;
  if (!RETRIABLE.has(response.status)) return { kind: "refused", why };
  return { kind: "later", why, ms: readRetryAfter(response.headers.get("retry-after"), now()) };
}

/** The beginning of an answer; nobody waits for the rest. */
async function readText({ body }: Response): Promise<string> {
  if (!body) return "";
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (let left = MOST; left > 0;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    text += decoder.decode(value.subarray(0, left), { stream: true });
    left -= value.byteLength;
  }
  reader.cancel().catch(() => {});
  return text;
}

/** How many spans a collector has refused of those that it took. */
function readRejected(json: string): number {
  try {
    return Math.max(0, Number(JSON.parse(json)?.partialSuccess?.rejectedSpans ?? 0)) || 0;
  } catch {
    return 0;
  }
}

/** @see RFC 9110, section 10.2.3 */
function readRetryAfter(asked: string | null, now: number): number | undefined {
  if (asked === null) return undefined;
  const ms = /^\d+$/.test(asked) ? Number(asked) * 1000 : Date.parse(asked) - now;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
