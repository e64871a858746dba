import type { ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import { toNode } from "./node-streams.ts";

/**
 * The head goes out at once, with the first bytes of the body where they are there already; a body that breaks breaks
 * the connection.
 */
export function send({ status, statusText, headers, body }: Response, outgoing: ServerResponse): void {
  outgoing.writeHead(status, statusText || undefined, [...headers].flat());
  if (!body) return void outgoing.end();
  const { socket } = outgoing;
  socket?.cork();
  outgoing.write("", "latin1"); // Sends the head as it is; flushHeaders() would print it as UTF-8.
  pour(toNode(body), outgoing);
  setImmediate(() => socket?.uncork());
}

/** What `pipeline` does, without the error that it makes for each body that ends well. */
function pour(body: Readable, outgoing: ServerResponse): void {
  body.on("error", () => outgoing.destroy());
  body.once("close", () => body.readableEnded || outgoing.destroy());
  if (outgoing.destroyed) return void body.destroy();
  outgoing.once("close", () => outgoing.writableFinished || body.destroy());
  body.pipe(outgoing);
}
