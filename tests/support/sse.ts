/** Bytes of a text. */
export const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

/** One beat of a body: text, bytes, a pause in ms, `stay` (silent for ever) or `break` (the transfer breaks). */
export type Beat = string | Uint8Array<ArrayBuffer> | number | { readonly do: "stay" | "break" };

export const stay: Beat = { do: "stay" };
export const breakOff: Beat = { do: "break" };

/** A body that plays beats; it tells whether somebody cancelled it. */
export interface Played {
  readonly response: Response;
  readonly cancelled: () => boolean;
}

/** An answer that plays beats as its body comes to be read. */
export function play(beats: readonly Beat[], headers: Record<string, string> = {}): Played {
  const left = [...beats];
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const beat = left.shift();
      if (beat === undefined) return controller.close();
      if (typeof beat === "string") return controller.enqueue(bytes(beat));
      if (beat instanceof Uint8Array) return controller.enqueue(beat);
      if (typeof beat === "number") {
        await new Promise((resolve) => setTimeout(resolve, beat));
        return this.pull!(controller);
      }
      if (beat.do === "stay") return new Promise(() => {});
      controller.error(new TypeError("terminated"));
    },
    cancel() {
      cancelled = true;
    },
  }, { highWaterMark: 0 });
  const response = new Response(body, { headers: { "content-type": "text/event-stream", ...headers } });
  return { response, cancelled: () => cancelled };
}

/** What a client read of a body, and whether its transfer broke. */
export async function readAll(response: Response): Promise<{ text: string; broken: boolean }> {
  const decoder = new TextDecoder();
  let text = "";
  try {
    for await (const chunk of response.body ?? []) text += decoder.decode(chunk, { stream: true });
    return { text, broken: false };
  } catch {
    return { text, broken: true };
  }
}

const chunk = (delta: object, finish_reason: string | null = null) =>
  `data: ${
    JSON.stringify({ object: "chat.completion.chunk", choices: [{ index: 0, delta, finish_reason }] })
  }\n\n`;

/** Events of an OpenAI chat stream. */
export const openai = {
  start: chunk({ role: "assistant", content: "" }),
  word: (content: string): string => chunk({ content }),
  finish: chunk({}, "stop"),
  done: "data: [DONE]\n\n",
  error: (type: string, message = "no"): string =>
    `data: ${JSON.stringify({ error: { message, type } })}\n\n`,
};
/** A healthy one. */
export const healthy: readonly string[] = [
  openai.start,
  openai.word("Hel"),
  openai.word("lo"),
  openai.finish,
  openai.done,
];
