/** Requests that are in flight, all of which can be cut. */
export interface Flights {
  /** The same request; its signal also aborts when all are cut. */
  admit(request: Request, completed: Promise<unknown>): Request;
  cut(): void;
}

/**
 * Follows requests from outside: Deno has no way to cut them once its server shuts down. `AbortSignal.any` over one
 * signal for all would keep each request that ends well in memory.
 */
export function createFlights(): Flights {
  const flying = new Set<AbortController>();
  return {
    admit(request, completed) {
      const { signal } = request;
      const controller = new AbortController();
      const land = () => void flying.delete(controller);
      flying.add(controller);
      completed.then(land, land);
      signal.addEventListener("abort", () => controller.abort(signal.reason));
      return Object.defineProperty(request, "signal", { value: controller.signal });
    },
    cut() {
      for (const controller of flying) controller.abort();
    },
  };
}
