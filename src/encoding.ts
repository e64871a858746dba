import { peek } from "./peek.ts";

/** How an encoded body begins; brotli has no such mark. @see RFC 1952, RFC 1950, RFC 8878 */
const marks: Readonly<Record<string, (first: number, second: number) => boolean>> = {
  "gzip": (first, second) => first === 0x1f && second === 0x8b,
  "x-gzip": (first, second) => first === 0x1f && second === 0x8b,
  "deflate": (first, second) => (first & 0x0f) === 8 && (first * 256 + second) % 31 === 0,
  "zstd": (first, second) => first === 0x28 && second === 0xb5,
};

/** What `content-encoding` says of a body that is not encoded; `none` is no registered name, yet some say it. */
const PLAIN: readonly string[] = ["", "identity", "none"];

/** Whether a body has to be decoded before somebody can read it. */
export function isEncoded(headers: Headers): boolean {
  return !PLAIN.includes((headers.get("content-encoding") ?? "").trim().toLowerCase());
}

/** Asks for no encoding in words that leave every runtime willing to decode what comes all the same. */
export const ASK_IDENTITY = "identity, *;q=0";

/**
 * Makes an answer's headers tell the truth about its body, for a `fetch` of which nothing is known: some
 * runtimes decode the body and leave `content-encoding` and `content-length` as the provider sent them. A body that
 * is still encoded is known by its mark; only a compressed file that was compressed once more can deceive.
 */
export async function settle(response: Response): Promise<Response> {
  const outermost = response.headers.get("content-encoding")?.split(",").at(-1)?.trim().toLowerCase();
  if (!outermost || outermost === "identity" || !response.body) return response;
  const { head, body } = await peek(response.body, 2);
  const still = marks[outermost]?.(head[0] ?? 0, head[1] ?? 0);
  if (still) return new Response(body, response);
  const headers = new Headers(response.headers);
  headers.delete("content-encoding");
  headers.delete("content-length");
  return new Response(body, { status: response.status, statusText: response.statusText, headers });
}
