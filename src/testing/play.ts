import type { Piece } from "./parts.ts";
import { bytesAt } from "./pieces.ts";

/** Plays the pieces of a body, in their own time. @throws at a break, and when the signal aborts */
export async function* play(pieces: readonly Piece[], signal: AbortSignal): AsyncGenerator<Uint8Array> {
  let index = 0;
  for (const piece of pieces) {
    if (typeof piece === "object" && "broken" in piece) throw new Error("The provider breaks off");
    if (typeof piece === "object" && "pause" in piece) await pause(piece.pause, signal);
    const bytes = bytesAt(piece, index);
    if (typeof piece === "function") index++;
    if (bytes.length > 0) yield bytes;
  }
}

/** Waits `ms`, for ever if it is Infinity. @throws the signal's reason as soon as it aborts */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms === 0 && !signal.aborted) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const leave = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = ms === Infinity ? undefined : setTimeout(() => {
      signal.removeEventListener("abort", leave);
      resolve();
    }, ms);
    if (signal.aborted) leave();
    signal.addEventListener("abort", leave, { once: true });
  });
}
