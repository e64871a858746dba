import type { IncomingMessage, ServerResponse } from "node:http";

/** How the provider shall answer; it reads this from the request's own body. */
export interface Told {
  readonly status?: number;
  readonly usage?: { readonly input: number; readonly output: number };
  readonly stream?: boolean;
  /** A plain text instead of JSON. */
  readonly text?: string;
  /** Ms. */
  readonly delay?: number;
}

const json = "application/json";

/** Answers as the request's own body tells. */
export function play(request: IncomingMessage, response: ServerResponse, body: string): void {
  const { told = {} } = (body === "" ? {} : JSON.parse(body)) as { told?: Told };
  const { status = 200, text, stream, delay = 0 } = told;
  const type = text !== undefined ? "text/plain; charset=utf-8" : stream ? "text/event-stream" : json;
  const words = text ?? (stream ? streamOf(told) : JSON.stringify(answerOf(request.url!, told)));
  setTimeout(() => response.writeHead(status, { "content-type": type }).end(words), delay);
}

function streamOf({ usage }: Told): string {
  const choice = (delta: object, finish_reason: string | null) => ({
    choices: [{ index: 0, delta, finish_reason }],
  });
  const events = [choice({ content: "Hi" }, null), choice({}, "stop"), {
    choices: [],
    usage: asOpenAi(usage),
  }];
  return [...events.map((event) => JSON.stringify(event)), "[DONE]"].map((data) => `data: ${data}\n\n`).join(
    "",
  );
}

function answerOf(path: string, { status = 200, usage }: Told): object {
  if (status !== 200) return { error: { message: "no" } };
  if (!path.endsWith("messages")) {
    const choices = [{ index: 0, message: { content: "Hi" }, finish_reason: "stop" }];
    return { choices, usage: asOpenAi(usage) };
  }
  return { type: "message", content: [], stop_reason: "end_turn", usage: asAnthropic(usage) };
}

function asOpenAi(usage: Told["usage"]): object | undefined {
  return usage && { prompt_tokens: usage.input, completion_tokens: usage.output };
}

function asAnthropic(usage: Told["usage"]): object | undefined {
  return usage && { input_tokens: usage.input, output_tokens: usage.output };
}
