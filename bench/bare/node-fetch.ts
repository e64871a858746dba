/** The proxy that Node suggests: a server in the style of `fetch` before the global `fetch`. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import process from "node:process";
import { Readable } from "node:stream";
import { HOPS } from "./node-hops.ts";

const { PORT, UP } = process.env;

createServer((incoming, outgoing) => {
  send(incoming, outgoing).catch((error) => outgoing.destroy(error));
}).listen(Number(PORT), "127.0.0.1", 4096);

async function handle({ method, headers, body, url }: Request): Promise<Response> {
  const fields = [...headers].filter(([name]) => !HOPS.has(name));
  const init = { method, headers: fields, body, duplex: "half", redirect: "manual" } as RequestInit;
  const answer = await fetch(UP + url.slice(url.indexOf("/", 8)), init);
  return new Response(answer.body, answer);
}

async function send(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const headers = Object.entries(incoming.headers) as [string, string][];
  const body = incoming.method === "GET" ? null : (Readable.toWeb(incoming) as unknown as ReadableStream);
  const init = { method: incoming.method, headers, body, duplex: "half" } as RequestInit;
  const answer = await handle(new Request(`http://localhost${incoming.url}`, init));
  const fields = [...answer.headers].filter(([name]) =>
    name !== "connection" && name !== "transfer-encoding"
  );
  outgoing.writeHead(answer.status, fields.flat());
  if (!answer.body) return void outgoing.end();
  for await (const chunk of answer.body) {
    if (!outgoing.write(chunk)) await new Promise((resolve) => outgoing.once("drain", resolve));
  }
  outgoing.end();
}
