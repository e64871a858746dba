import { within } from "./patience.ts";
import type { Recording } from "./recording.ts";
import type { Context } from "./types.ts";

/** How long anybody waits for another's answer before he asks himself, in ms. */
const PATIENCE = 10_000;

/** Questions that are on their way, so that who asks the same can wait for the answer. */
export interface Flights {
  /** What comes of a question that another request has asked; undefined when none has. */
  follow(key: string, context: Context): Promise<Recording | undefined> | undefined;
  /**
   * Takes off; what it returns tells all who follow what came of it, once, and who comes until others can find it, too.
   * Whoever leaves has nothing to tell.
   */
  lead(key: string, context: Context): (recording?: Recording, found?: Promise<void>) => void;
}

/** No question is on its way yet. */
export function createFlights(): Flights {
  const flights = new Map<
    string,
    { readonly ledger: object; readonly landing: Promise<Recording | undefined> }
  >();
  return {
    follow(key, { ledger }) {
      const flight = flights.get(key);
      return flight && flight.ledger !== ledger
        ? within(PATIENCE, flight.landing).catch(() => undefined)
        : undefined;
    },
    lead(key, { ledger, signal }) {
      let land: (recording?: Recording) => void = () => {};
      const flight = { ledger, landing: new Promise<Recording | undefined>((resolve) => land = resolve) };
      if (!flights.has(key)) flights.set(key, flight);
      const forget = () => {
        if (flights.get(key) === flight) flights.delete(key);
      };
      const finish = (recording?: Recording, found?: Promise<void>) => {
        signal.removeEventListener("abort", leave);
        land(recording);
        if (found) found.then(forget);
        else forget();
      };
      const leave = () => finish();
      signal.addEventListener("abort", leave);
      return finish;
    },
  };
}
