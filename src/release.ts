import type { StreamError } from "./dialects/dialect.ts";
import { GatewayError } from "./errors.ts";
import { conceal } from "./headers.ts";
import { note } from "./outcome.ts";
import { concat } from "./peek.ts";
import type { Answer, Ending, Failure } from "./types.ts";
import type { Watch } from "./watch.ts";

const truncated: StreamError = { code: "truncated", message: "The provider broke off its answer" };

/** What the client is told of an answer that did not come to its end. @default that it was truncated */
const farewells: Partial<Readonly<Record<Ending, StreamError>>> = {
  stalled: { code: "timeout", message: "The provider fell silent, or its answer took too long" },
};

/**
 * Ms between the last bytes of an answer and the break of its transfer: a runtime that hears of both at once drops
 * the bytes, some of them the head as well.
 */
const LINGER = 20;

/** Hands a watched answer on, what was read ahead first; nothing is changed, and a broken end stays broken. */
export function release(watch: Watch): Answer {
  const { answer, witness, ended } = watch;
  const { response } = answer;
  if (!response.body && !witness.reads) {
    watch.close("complete");
    return { ...answer, ended };
  }
  const { status, statusText } = response;
  let { headers } = response;
  if (witness.reads) {
    headers = new Headers(headers);
    headers.delete("content-length"); // An error event may come on top of what was announced.
  }
  const head = { status, statusText, headers };
  const bytes = watch.done && watch.endingOf("done") === "complete" ? whole(watch) : undefined;
  return {
    ...answer,
    amendable: true,
    response: bytes ? watch.respondWith(bytes, head) : new Response(carry(watch), head),
    ...(bytes && { bytes }),
    ended,
  };
}

/** Closes a watched answer that never reached the client. */
export function refuse(
  { answer: { step, attempt }, close }: Watch,
  error: GatewayError,
  ending: Ending,
): Failure {
  close(ending);
  note(attempt, error.code);
  const { code, description } = error;
  const said = description && { description: conceal(description, step.headers) };
  return { kind: "failure", step, error: said ? new GatewayError(code, undefined, said) : error };
}

/** The body as bytes that are all there. */
function whole({ chunks, length, close }: Watch): Uint8Array<ArrayBuffer> {
  close("complete");
  return concat(chunks, length);
}

/** The body: where the provider breaks off, one error event if one may stand there, then a broken transfer. */
function carry({ witness, chunks, read, endingOf, close }: Watch): ReadableStream<Uint8Array> {
  witness.trust();
  // Taken from its end: taking from the front of a long array costs its length.
  const held = chunks.splice(0).reverse();
  let broken: GatewayError | undefined;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (broken) return breakOff(controller, broken);
      if (held.length > 0) return controller.enqueue(held.pop()!);
      const turn = await read();
      if (turn === "more") return controller.enqueue(chunks.shift()!);
      const ending = endingOf(turn);
      close(ending);
      if (turn === "done" && ending !== "truncated") return controller.close();
      const error = farewells[ending] ?? truncated;
      broken = new GatewayError(error.code, error.message);
      const farewell = witness.farewell(error);
      if (farewell) controller.enqueue(farewell);
      else await breakOff(controller, broken);
    },
    cancel: () => close("client_left"),
  }, { highWaterMark: 0 });
}

/** Breaks a transfer when what it carried so far has had time to leave. */
export async function breakOff(
  controller: ReadableStreamDefaultController,
  error: unknown,
): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, LINGER));
  controller.error(error);
}
