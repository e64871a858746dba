import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import type { ReadableStream as NodeStream } from "node:stream/web";
import { take } from "./node-response.ts";

/** Length in bytes up to which a body is sent in one piece, where no Node stream is behind it. */
const SHORT = 64 * 1024;

/**
 * The head goes out at once, with the first bytes of the body where they are there already; a body that breaks breaks
 * the connection.
 */
export function send(response: Response, outgoing: ServerResponse): void {
  const { status, statusText, headers } = response;
  outgoing.writeHead(status, statusText || undefined, [...headers].flat());
  const taken = take(response);
  if (taken instanceof Uint8Array) return void outgoing.end(taken);
  if (!taken && !response.body) return void outgoing.end();
  if (!taken && Number(headers.get("content-length") ?? Infinity) <= SHORT) {
    response.arrayBuffer().then((bytes) => outgoing.end(new Uint8Array(bytes)), () => outgoing.destroy());
    return;
  }
  const { socket } = outgoing;
  socket?.cork();
  outgoing.write("", "latin1"); // Sends the head as it is; flushHeaders() would print it as UTF-8.
  pour(taken ?? Readable.fromWeb(response.body as unknown as NodeStream), outgoing);
  setImmediate(() => socket?.uncork());
}

/** What `pipeline` does, without the error that it makes for each body that ends well. */
function pour(body: Readable, outgoing: ServerResponse): void {
  body.on("error", () => outgoing.destroy());
  body.once("close", () => body.readableEnded || outgoing.destroy());
  if (outgoing.destroyed) return void body.destroy();
  if (body.destroyed) return void outgoing.destroy(); // It broke before anybody listened, and says so no more.
  outgoing.once("close", () => outgoing.writableFinished || body.destroy());
  body.pipe(outgoing);
}
