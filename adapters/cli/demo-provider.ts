import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Pause between two tokens of a stream, in ms. */
const TOKEN_PAUSE = 60;

/** What a stand-in saw of a request, and how it answered. */
export interface Sight {
  readonly provider: string;
  readonly request: string;
  readonly authorization: string;
  readonly status: number;
}

/** A stand-in for a provider, on loopback. */
export interface DemoProvider {
  /** What goes into the `base` of a provider's row. */
  readonly base: string;
  /** How many of the next requests it refuses with 503. */
  failures: number;
  stop(): void;
}

/** Starts a stand-in that speaks OpenAI's chat protocol and tells what it sees. */
export async function startProvider(name: string, tell: (sight: Sight) => void): Promise<DemoProvider> {
  const server = createServer(async (request, response) => {
    const { stream = false } = await readJson(request);
    const status = provider.failures-- > 0 ? 503 : 200;
    const { method, url, headers: { authorization = "no key" } } = request;
    tell({ provider: name, request: `${method} ${url}`, authorization, status });
    const words = `Hello from ${name}, the provider that is up when the other one is not.`.split(/(?<= )/);
    if (status === 503) return sendJson(response, status, { error: { message: `${name} is down` } });
    if (stream) return await sendEvents(response, words);
    sendJson(response, status, { choices: [{ message: { role: "assistant", content: words.join("") } }] });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const provider: DemoProvider = {
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    failures: 0,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
  return provider;
}

async function readJson(request: IncomingMessage): Promise<{ stream?: boolean }> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += chunk;
  return JSON.parse(text);
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}

async function sendEvents(response: ServerResponse, tokens: readonly string[]): Promise<void> {
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const content of tokens) {
    response.write(`data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`);
    await sleep(TOKEN_PAUSE);
  }
  response.end("data: [DONE]\n\n");
}
