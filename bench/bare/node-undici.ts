/** The bare proxy on Node: `node:http` before undici's pool, no web objects; small request bodies are read first. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import process from "node:process";
import { Pool } from "undici";
import { HOPS } from "./node-hops.ts";

const { PORT, UP } = process.env;
const SMALL = 64 * 1024;
const pool = new Pool(UP!, { connections: 512, headersTimeout: 0, bodyTimeout: 0 });

createServer((incoming, outgoing) => {
  carry(incoming, outgoing).catch((error) => outgoing.destroy(error));
}).listen(Number(PORT), "127.0.0.1", 4096);

async function carry(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const length = incoming.headers["content-length"];
  const body = Number(length ?? Infinity) <= SMALL ? await read(incoming) : incoming;
  const headers: string[] = body === incoming && length ? ["content-length", length] : [];
  for (let at = 0; at < incoming.rawHeaders.length; at += 2) {
    if (!HOPS.has(incoming.rawHeaders[at]!.toLowerCase())) {
      headers.push(incoming.rawHeaders[at]!, incoming.rawHeaders[at + 1]!);
    }
  }
  const method = incoming.method as "POST";
  const answer = await pool.request({
    path: incoming.url!,
    method,
    headers,
    body: method as string === "GET" ? null : body,
  });
  const { connection: _, "keep-alive": __, "transfer-encoding": ___, ...fields } = answer.headers;
  outgoing.writeHead(answer.statusCode, fields);
  answer.body.pipe(outgoing);
}

async function read(incoming: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}
