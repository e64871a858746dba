import { checkField } from "./headers.ts";
import type { RunOptions } from "./public.ts";

/**
 * The options of `run` as the header fields that say the same.
 *
 * @throws {GatewayError} `invalid`, when one is no header value
 */
export function toFields({ gateway, extraHeaders }: RunOptions): Map<string, string> {
  const { cacheKey, cacheTtl, skipCache, metadata, collectLog, eventId, requestTimeoutMs, retries } =
    gateway ?? {};
  const said = {
    "cf-aig-cache-key": cacheKey,
    "cf-aig-cache-ttl": cacheTtl,
    "cf-aig-skip-cache": skipCache,
    "cf-aig-metadata": metadata && inAscii(JSON.stringify(metadata)),
    "cf-aig-collect-log": collectLog,
    "cf-aig-event-id": eventId,
    "cf-aig-request-timeout": requestTimeoutMs,
    "cf-aig-max-attempts": retries?.maxAttempts,
    "cf-aig-retry-delay": retries?.retryDelayMs,
    "cf-aig-backoff": retries?.backoff,
  };
  const extra = extraHeaders instanceof Headers ? extraHeaders : Object.entries(extraHeaders ?? {});
  return new Map(
    [...Object.entries(said), ...extra]
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([name, value]) => [name.toLowerCase(), checkField(name.toLowerCase(), String(value), name)]),
  );
}

/** JSON text in the characters of a header field. */
function inAscii(json: string): string {
  return json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
