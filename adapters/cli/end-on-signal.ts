import process from "node:process";
import type { Server } from "../server.ts";
import { onSignals } from "./on-signals.ts";

/** Longest that the last things take after a later signal, in ms. */
const HURRY = 3000;

/**
 * Ends the program on a signal: answers in flight may finish, then the last things are done. A later signal cuts what is
 * still in flight.
 */
export function endOnSignal(server: Server, last: () => Promise<void>): void {
  onSignals(
    () => void server.stop().then(last).then(() => process.exit(0)),
    () => {
      setTimeout(() => process.exit(1), HURRY);
      server.stop(0);
    },
  );
}
