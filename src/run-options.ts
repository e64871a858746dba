import type { RunOptions } from "./types.ts";

/** The options of `run` as the header fields that say the same. */
export function toFields({ gateway = {}, extraHeaders = {} }: RunOptions): Map<string, string> {
  const { eventId, requestTimeoutMs, retries = {} } = gateway;
  const said = {
    "cf-aig-event-id": eventId,
    "cf-aig-request-timeout": requestTimeoutMs,
    "cf-aig-max-attempts": retries.maxAttempts,
    "cf-aig-retry-delay": retries.retryDelayMs,
    "cf-aig-backoff": retries.backoff,
  };
  return new Map(
    [...Object.entries(said), ...Object.entries(extraHeaders)]
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
}
