import { createAlarm } from "./alarm.ts";
import { whyAborted } from "./outcome.ts";
import { concat } from "./peek.ts";
import type { Answer, Context, Ending, Respond } from "./types.ts";
import { type Witness, witnessOf } from "./witness.ts";

/** Longest silence of an answer unless told otherwise, in ms. */
const IDLE_TIMEOUT = 300_000;

/** Most bytes of an answer that are kept beside it; of a longer one none are. */
const MOST_CAPTURED = 10 * 1024 * 1024;

/**
 * What came of waiting for the next bytes: there were `more`, the provider was `done`, its transfer was `broken`, it
 * was `late`, or it was the client that `left` (or the request's own time that was over).
 */
export type Turn = "more" | "done" | "broken" | "late" | "left";

/** An answer that is read chunk by chunk, under a clock and before a witness. */
export interface Watch {
  readonly answer: Answer;
  readonly witness: Witness;
  /** What was read and not yet handed on. */
  readonly chunks: Uint8Array[];
  /** Bytes that were read. */
  readonly length: number;
  /** Whether all of it was read. */
  readonly done: boolean;
  /** Reads one more chunk, until a time by the monotonic clock, in ms, and for as long as the answer may be silent. */
  read(until?: number): Promise<Turn>;
  /** How an answer ends that ends with this turn. */
  endingOf(turn: Turn): Ending;
  /** Lets go of the provider. Only the first call counts. */
  close(ending: Ending): void;
  /** Settles at that call. */
  readonly ended: Promise<Ending>;
  /** Makes a response of what was read, where that is all of it. */
  readonly respondWith: Respond;
}

/** Begins to watch an answer. */
export function watch(answer: Answer, { signal, read: open, respondWith }: Context): Watch {
  const { step, attempt, response } = answer;
  const witness = witnessOf(answer);
  const reader = open(response);
  const idleTimeout = (step.options.idleTimeout ?? IDLE_TIMEOUT) || Infinity;
  const chunks: Uint8Array[] = [];
  const captured: Uint8Array[] | undefined = step.captured ? [] : undefined;
  /** How long the provider has kept silent, in ms; while the client is slow, nobody waits. */
  let silence = 0;
  let pending: Promise<Turn> | undefined;
  let wake: (turn: Turn) => void = () => {};
  const alarm = createAlarm(() => wake("late"));
  let settle: (ending: Ending) => void;
  const ended = new Promise<Ending>((resolve) => settle = resolve);
  const watched = {
    answer,
    witness,
    chunks,
    length: 0,
    done: false,
    read,
    endingOf,
    close,
    ended,
    respondWith,
  };

  function take({ value }: { value?: Uint8Array | undefined }): Turn {
    if (!value) {
      watched.done = true;
      witness.close();
      return "done";
    }
    witness.hear(value);
    if (witness.told > 0) attempt.spoke ??= performance.now() - attempt.began;
    chunks.push(value);
    watched.length += value.byteLength;
    if (captured && watched.length <= MOST_CAPTURED) captured.push(value);
    return "more";
  }

  async function read(until = Infinity): Promise<Turn> {
    if (signal.aborted) return "left";
    pending ??= reader.read().then(take).catch(() => "broken");
    const { told } = witness;
    const began = performance.now();
    const turn = await new Promise<Turn>((resolve) => {
      wake = resolve;
      pending!.then(resolve);
      alarm.set(Math.min(until, began + idleTimeout - silence));
    });
    alarm.rest();
    silence = witness.told > told ? 0 : silence + performance.now() - began;
    if (turn !== "late") pending = undefined;
    return turn;
  }

  function endingOf(turn: Turn): Ending {
    if (turn === "late") return "stalled";
    if (turn === "left") return whyAborted(signal) === "timeout" ? "stalled" : "client_left";
    if (witness.blamed) return "provider_error";
    return turn === "done" && witness.whole ? "complete" : "truncated";
  }

  function close(ending: Ending): void {
    alarm.stop();
    signal.removeEventListener("abort", leave);
    reader.cancel().catch(() => {});
    attempt.ending ??= ending;
    if (witness.usage) attempt.usage = witness.usage;
    if (witness.reason) attempt.reason = witness.reason;
    if (witness.reads) attempt.events = witness.told;
    attempt.size = watched.length;
    if (captured && watched.length <= MOST_CAPTURED) attempt.heard = concat(captured, watched.length);
    settle(attempt.ending);
  }

  function leave(): void {
    close(endingOf("left"));
    wake("left");
  }

  signal.addEventListener("abort", leave);
  if (signal.aborted) leave();
  return watched;
}
