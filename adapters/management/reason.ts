import { GatewayError } from "../../src/index.ts";

/** A word or two for what went wrong; a stranger's sentences may hold a password, the gateway's own do not. */
export function reasonOf(error: unknown): string {
  if (error instanceof GatewayError) return error.message;
  const { name, code } = Object(error) as { readonly name?: unknown; readonly code?: unknown };
  const words = [name, code].filter((word) => typeof word === "string" && /^\w{1,50}$/.test(word));
  return words.length > 0 ? words.join(" ") : "unknown";
}
