import type { Usage } from "./dialects/dialect.ts";
import { forecast } from "./forecast.ts";
import type { Attempt, Step } from "./types.ts";

/** Failures of attempts that were sent, and whose provider may have begun: nobody knows how far it came. */
const SENT: ReadonlySet<unknown> = new Set(["timeout", "client_left", "abandoned", undefined]);
/** Failures that a provider told of in place of an answer. */
const TOLD: ReadonlySet<unknown> = new Set(["overloaded", "rate_limited", "quota", "provider_error"]);

/**
 * The tokens that an attempt has taken: none where it was refused or never sent, its prompt where nobody waited for its
 * answer, otherwise what its provider told, and of a stream that told less, one for each event; undefined where nobody
 * can tell.
 */
export async function takenBy(
  { result, usage, events, ending }: Attempt,
  step: Step,
): Promise<Usage | "none" | undefined> {
  if (SENT.has(result) && events === undefined) return { input: (await forecast(step)).input, output: 0 };
  const refused = typeof result === "number" ? result < 200 || result > 299 : !usage && !events;
  if (refused && (typeof result === "number" || ending === undefined || TOLD.has(result))) return "none";
  if (events === undefined) return usage && { ...usage, input: usage.input ?? (await forecast(step)).input };
  const told = ending === "complete" ? usage?.output ?? events : Math.max(usage?.output ?? 0, events);
  return { ...usage, input: usage?.input ?? (await forecast(step)).input, output: told };
}
