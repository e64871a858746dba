import type { ErrorCode } from "./errors.ts";
import type { Answer, Attempt, Failure, Outcome } from "./types.ts";

/** Bytes of an error answer that are read ahead while another attempt is made. */
const HELD_BYTES = 64 * 1024;

/** Whether an outcome is an answer that a client was hoping for. */
export function succeeded(outcome: Outcome): boolean {
  return outcome.kind === "answer" && outcome.response.ok;
}

/** A step that was left alone, because its circuit is open. */
type Skipped = Failure & { readonly until: number };

/** Whether nothing was tried, because the circuit of a step is open. */
export function skipped(outcome: Outcome): outcome is Skipped {
  return outcome.kind === "failure" && outcome.until !== undefined;
}

/** Closes the answer that nobody will read, so that its connection does not leak. */
export function discard(outcome: Outcome | undefined): void {
  const response = lastAnswer(outcome)?.response;
  if (response?.body && !response.body.locked) response.body.cancel().catch(() => {});
}

/** Puts an answer aside while another attempt is made: its head is read now, the rest when somebody asks. */
export function hold(outcome: Outcome): Outcome {
  if (outcome.kind === "failure") return outcome;
  const { response } = outcome;
  const reader = response.body?.getReader();
  if (!reader) return outcome;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  }, new ByteLengthQueuingStrategy({ highWaterMark: HELD_BYTES }));
  return { ...outcome, response: new Response(body, response) };
}

/**
 * What stands after a further attempt: a new answer replaces the old one, a new silence remembers it. A step that was
 * skipped stands only against one that was too, and rests longer.
 */
export function follow(earlier: Outcome | undefined, later: Outcome): Outcome {
  if (earlier && skipped(later)) return skipped(earlier) && later.until < earlier.until ? later : earlier;
  if (later.kind === "answer" || later.said) {
    discard(earlier);
    return later;
  }
  const said = lastAnswer(earlier);
  return said ? { ...later, said } : later;
}

function lastAnswer(outcome: Outcome | undefined): Answer | undefined {
  return outcome?.kind === "failure" ? outcome.said : outcome;
}

/** Writes down what came of an attempt, and after how long. */
export function note(attempt: Attempt, result: number | ErrorCode, detail?: string): void {
  attempt.result = result;
  attempt.ms = Math.round(performance.now() - attempt.began);
  if (detail) attempt.detail = detail;
}
