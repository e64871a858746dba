import { Refusal } from "./refusal.ts";

/** Which part of a list an answer shows. */
export interface PageInfo {
  readonly page: number;
  readonly per_page: number;
  /** How many it shows. */
  readonly count: number;
  /** How many there are. */
  readonly total_count: number;
}

/** What a route answers. */
export interface Reply {
  readonly result: unknown;
  readonly info?: PageInfo;
}

/** No answer of this API is for caches, and none is a page. */
const HEADERS: Readonly<Record<string, string>> = {
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
};

/** A reply in the envelope of Cloudflare's API. */
export function succeed({ result, info }: Reply): Response {
  const envelope = {
    success: true,
    result,
    errors: [],
    messages: [],
    ...(info && { result_info: info }),
  };
  return Response.json(envelope, { headers: HEADERS });
}

/** What was thrown in the envelope of Cloudflare's API; a stranger's message stays inside. */
export function fail(thrown: unknown): Response {
  const refusal = thrown instanceof Refusal ? thrown : new Refusal("internal", "Internal error");
  const { status, number, complaints, allow } = refusal;
  const errors = complaints.map((complaint) => ({ code: number, ...complaint }));
  const headers = { ...HEADERS, ...(allow.length > 0 && { allow: allow.join(", ") }) };
  return Response.json({ success: false, result: null, errors, messages: [] }, { status, headers });
}

/** Bytes that a client or a provider sent, which no browser shall run. */
export function hand(bytes: Uint8Array, type: string | null): Response {
  const named = type !== null && /^[\x20-\x7e]+$/.test(type) ? type : "application/octet-stream";
  const headers = { ...HEADERS, "content-type": named, "content-security-policy": "sandbox" };
  return new Response(Uint8Array.from(bytes), { headers });
}
