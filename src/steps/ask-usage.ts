import { bytesBody } from "../body.ts";
import { when } from "../compose.ts";
import type { Dialect } from "../dialects/dialect.ts";
import { interruptible } from "../interruptible.ts";
import { heed } from "../obey.ts";
import { breakOff } from "../release.ts";
import { concat } from "../peek.ts";
import { createSieve, type Sieve } from "../sieve.ts";
import type { Answer, Body, Layer, Outcome, Step } from "../types.ts";
import { askForUsage } from "../usage-request.ts";
import { framingOf } from "../witness.ts";

/**
 * Asks for the tokens of a stream where its provider tells them on request only, and takes the event out again that
 * tells them. It stands above who reads the answer, and above who signs the call.
 */
export const askUsage = (): Layer<Step> =>
  when(
    ({ asksUsage, dialect, method, headers }) =>
      asksUsage === true && dialect?.isUsageAlone !== undefined && method === "POST" &&
      /\bjson\b/i.test(headers["content-type"] ?? ""),
    interruptible((next) => async (step, context) => {
      const body = await heed(context.signal, step.body.read(asking));
      if (!body) return await next(step, context);
      const outcome = withBody(await next({ ...step, body }, context), step.body);
      return outcome.kind === "answer" && framingOf(outcome) ? withoutUsage(outcome) : outcome;
    }),
  );

/** The body that asks, made once for all attempts. */
function asking(json: Uint8Array<ArrayBuffer>): Body | undefined {
  const asked = askForUsage(json);
  return asked && bytesBody(asked);
}

/** Whoever looks at the request afterwards sees what the client wrote. */
function withBody(outcome: Outcome, body: Body): Outcome {
  const step = { ...outcome.step, body };
  if (outcome.kind === "answer" || !outcome.said) return { ...outcome, step };
  return { ...outcome, step, said: withBody(outcome.said, body) };
}

function withoutUsage(answer: Answer): Answer {
  const { step, response, bytes } = answer;
  const { status, statusText, headers } = response;
  const sieve = createSieve((step.dialect as Required<Dialect>).isUsageAlone);
  const rest = bytes && joined([...sieve.push(bytes), ...sieve.end()]);
  return {
    ...answer,
    amendable: true,
    response: new Response(rest ?? through(sieve, response.body!), { status, statusText, headers }),
    ...(rest && { bytes: rest }),
  };
}

function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return concat(pieces, pieces.reduce((length, piece) => length + piece.byteLength, 0));
}

/** What a sieve lets pass of a body; a broken one breaks behind the same bytes. */
function through(sieve: Sieve, body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let over = false;
  let broken: { readonly error: unknown } | undefined;

  async function take(): Promise<readonly Uint8Array[]> {
    try {
      const { done, value } = await reader.read();
      over = done;
      return done ? sieve.end() : sieve.push(value);
    } catch (error) {
      broken = { error };
      return sieve.end();
    }
  }

  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      for (let passed = 0; passed === 0;) {
        if (broken) return await breakOff(controller, broken.error);
        const pieces = await take();
        for (const piece of pieces) controller.enqueue(piece);
        if (over) return controller.close();
        passed = pieces.length;
      }
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
}
