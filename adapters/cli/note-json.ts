import { plainJson } from "./plain.ts";

/** What there is to say besides requests, as one line of JSON. */
export function noteJson(
  level: "info" | "warn" | "error",
  message: string,
  fields: Readonly<Record<string, unknown>> = {},
): string {
  return plainJson(
    JSON.stringify({ level, event: "note", time: new Date().toISOString(), message, ...fields }),
  );
}
