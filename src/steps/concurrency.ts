import { skip } from "../outcome.ts";
import type { Provider } from "../public.ts";
import type { Layer, Outcome, Step } from "../types.ts";

/** Calls of one provider that are in flight, and how many may be. */
interface Places {
  readonly most: number;
  taken: number;
}

/**
 * Refuses a call to a provider that has `maxConcurrent` in flight. Nothing waits. A call is in flight until its answer
 * has ended, or the client has left.
 */
export const concurrency =
  (providers: Readonly<Record<string, Partial<Provider>>> = {}): Layer<Step> => (next) => {
    const directory = placesOf(providers);
    return async (step, context) => {
      const places = directory.get(step.provider);
      if (!places) return next(step, context);
      if (places.taken >= places.most) return skip(step, context, "crowded");
      const leave = enter(places, context.signal);
      try {
        const outcome = await next(step, context);
        onceOver(outcome, leave);
        return outcome;
      } catch (error) {
        leave();
        throw error;
      }
    };
  };

/** One count per row, whichever of its names a client uses. */
function placesOf(providers: Readonly<Record<string, Partial<Provider>>>): ReadonlyMap<string, Places> {
  return new Map(
    Object.entries(providers).flatMap(([slug, { maxConcurrent: most }]) => {
      if (most === undefined) return [];
      const places = { most, taken: 0 };
      return [[slug, places], [`custom-${slug}`, places]];
    }),
  );
}

/**
 * Takes a place; what it returns gives it back, once. When the client leaves, that happens at once: on workerd nothing
 * that this call still awaits will come.
 */
function enter(places: Places, signal: AbortSignal): () => void {
  places.taken++;
  let inside = true;
  const leave = () => {
    signal.removeEventListener("abort", leave);
    if (inside) places.taken--;
    inside = false;
  };
  signal.addEventListener("abort", leave);
  if (signal.aborted) leave();
  return leave;
}

/** An error answer is over when it arrives: the provider has done its work, and the next attempt needs the place. */
function onceOver(outcome: Outcome, leave: () => void): void {
  const running = outcome.kind === "answer" && outcome.response.ok && outcome.response.body;
  if (!running || !outcome.ended) return leave();
  outcome.ended.then(leave, leave);
}
