import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { toNode, toWeb } from "./node-streams.ts";

/**
 * What came in as a web-standard request, whose signal aborts when the client leaves. An upload that the provider
 * refuses stays unread; Node swallows the rest when the answer is sent.
 */
export function toRequest(incoming: IncomingMessage, outgoing: ServerResponse): Request {
  const { method = "GET", url = "/", rawHeaders, headers: { host = "localhost" } } = incoming;
  const headers = new Headers();
  for (let at = 0; at < rawHeaders.length; at += 2) headers.append(rawHeaders[at]!, rawHeaders[at + 1]!);
  const left = new AbortController();
  outgoing.once("close", () => outgoing.writableFinished || left.abort());
  const body = method === "GET" || method === "HEAD" ? null : toWeb(incoming);
  const init = { method, headers, body, signal: left.signal, duplex: "half" } as RequestInit;
  return new Request(url.startsWith("/") ? `http://${host}${url}` : url, init);
}

/** The head goes out at once, before the first byte of the body; a body that breaks breaks the connection. */
export async function send(
  { status, statusText, headers, body }: Response,
  outgoing: ServerResponse,
): Promise<void> {
  outgoing.writeHead(status, statusText || undefined, [...headers].flat());
  outgoing.flushHeaders();
  if (body) await pipeline(toNode(body), outgoing);
  else outgoing.end();
}
