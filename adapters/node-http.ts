import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { toNode, toWeb } from "./node-streams.ts";

/**
 * What came in as a web-standard request, whose signal aborts when the client leaves. The host that the client named
 * says nothing here and could mislead. An upload that the provider refuses stays unread; Node swallows the rest.
 */
export function toRequest(incoming: IncomingMessage, outgoing: ServerResponse): Request {
  const { method = "GET", url = "/", rawHeaders } = incoming;
  const headers = new Headers();
  for (let at = 0; at < rawHeaders.length; at += 2) headers.append(rawHeaders[at]!, rawHeaders[at + 1]!);
  const left = new AbortController();
  outgoing.once("close", () => outgoing.writableFinished || left.abort());
  const body = method === "GET" || method === "HEAD" ? null : toWeb(incoming);
  const init = { method, headers, body, signal: left.signal, duplex: "half" } as RequestInit;
  return new Request(url.startsWith("/") ? `http://localhost${url}` : url, init);
}

/**
 * The head goes out at once, before the first byte of the body; a body that breaks breaks the connection. One that
 * breaks when the client has left already would end the process: `pipeline` has stopped listening by then.
 */
export async function send(
  { status, statusText, headers, body }: Response,
  outgoing: ServerResponse,
): Promise<void> {
  outgoing.writeHead(status, statusText || undefined, [...headers].flat());
  if (!body) return void outgoing.end();
  outgoing.write("", "latin1"); // Sends the head as it is; flushHeaders() would print it as UTF-8.
  await pipeline(toNode(body).on("error", () => {}), outgoing);
}
