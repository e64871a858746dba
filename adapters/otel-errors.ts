import type { LoggedAttempt, LogRecord } from "../src/index.ts";

/** Class of what went wrong with a request; undefined where nothing did. */
export function errorOf({ success, error, status_code, ending }: LogRecord): string | undefined {
  if (success) return undefined;
  return error ?? (status_code >= 400 ? String(status_code) : ending ?? "_OTHER");
}

/** Whether the error of a request is the gateway's and not its client's, as the conventions of HTTP part them. */
export function isOurs({ success, status_code, ending }: LogRecord): boolean {
  return !success && ending !== "client_left" && (status_code < 400 || status_code >= 500);
}

/** Class of what went wrong with an attempt; undefined where nothing did, or where the client left. */
export function attemptErrorOf({ result, ending }: LoggedAttempt): string | undefined {
  if (typeof result === "string") return result;
  if (result !== null && result >= 400) return String(result);
  return ending === null || ending === "complete" || ending === "client_left" ? undefined : ending;
}
