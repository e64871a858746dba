/** The mock provider of streams and large bodies, in this very process, so that both ends share one clock. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Events of a stream, and the pause between them in ms. */
export const EVENTS = 100;
const PAUSE = 2;
/** Bytes of a large body, and where its reader falls asleep, for how many ms. */
export const LARGE: number = 200 * 1024 * 1024;
export const SLEEPS_AT: number = 50 * 1024 * 1024;
export const SLEEP = 500;

const piece = new Uint8Array(64 * 1024);

/** A mock provider that listens. */
export interface Live {
  readonly url: string;
  close(): void;
}

/** A stream of events at `POST …/completions`, a large body at `GET`, and whatever else is sent is read. */
export async function startLive(): Promise<Live> {
  const server = createServer({ keepAliveTimeout: 0 }, (incoming, outgoing) => {
    answer(incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", 4096, resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  if (incoming.method === "GET") return download(outgoing);
  return incoming.url!.endsWith("completions") ? stream(incoming, outgoing) : upload(incoming, outgoing);
}

/** The head and the first event go out as soon as the question is there. */
async function stream(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  for await (const _ of incoming);
  outgoing.writeHead(200, { "content-type": "text/event-stream" });
  for (let sent = 0; sent < EVENTS; sent++) {
    if (sent > 0) await sleep(PAUSE);
    outgoing.write(event(sent === EVENTS - 1 ? "stop" : null));
  }
  outgoing.end("data: [DONE]\n\n");
}

/** A chunk of a chat completion that tells when it was sent. */
function event(reason: string | null): string {
  const choices = [{ index: 0, delta: { content: "proxies " }, logprobs: null, finish_reason: reason }];
  const data = {
    id: "chatcmpl-1",
    object: "chat.completion.chunk",
    created: 1,
    model: "gpt-4o-mini",
    choices,
  };
  return `data: ${JSON.stringify({ ...data, at: performance.now() })}\n\n`;
}

async function upload(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  let read = 0;
  for await (const chunk of incoming) {
    if (read < SLEEPS_AT && read + chunk.length >= SLEEPS_AT) await sleep(SLEEP);
    read += chunk.length;
  }
  outgoing.writeHead(200, { "content-type": "application/json" }).end(`{"read":${read}}`);
}

async function download(outgoing: ServerResponse): Promise<void> {
  const gone = once(outgoing, "close");
  outgoing.writeHead(200, { "content-type": "application/octet-stream", "content-length": LARGE });
  for (let sent = 0; sent < LARGE; sent += piece.length) {
    if (outgoing.write(piece)) continue;
    if (outgoing.destroyed) return;
    await Promise.race([once(outgoing, "drain"), gone]);
  }
  outgoing.end();
}
