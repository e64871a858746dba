/** A proxy on Node whose heads are web objects and whose bodies stay Node's streams: what an adapter could reach. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import process from "node:process";
import { Agent, request } from "undici";
import { HOPS } from "./node-hops.ts";

const { PORT, UP } = process.env;
const dispatcher = new Agent({ connections: 512, headersTimeout: 0, bodyTimeout: 0 });

createServer((incoming, outgoing) => {
  carry(incoming, outgoing).catch((error) => outgoing.destroy(error));
}).listen(Number(PORT), "127.0.0.1", 4096);

async function carry(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const headers = new Headers();
  for (let at = 0; at < incoming.rawHeaders.length; at += 2) {
    headers.append(incoming.rawHeaders[at]!, incoming.rawHeaders[at + 1]!);
  }
  const method = incoming.method as "POST";
  const length = headers.get("content-length");
  const fields = Object.fromEntries([...headers].filter(([name]) => !HOPS.has(name)));
  if (length) fields["content-length"] = length;
  const bodiless = method as string === "GET";
  const answer = await request(UP + incoming.url!, {
    dispatcher,
    method,
    headers: fields,
    body: bodiless ? null : incoming,
  });
  const head = new Response(null, { status: answer.statusCode, headers: answer.headers as HeadersInit });
  outgoing.writeHead(head.status, [...head.headers].filter(([name]) => name !== "connection").flat());
  answer.body.pipe(outgoing);
}
