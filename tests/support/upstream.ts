import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What a provider saw of one request. */
export interface Seen {
  readonly method: string;
  /** Path and query string, exactly as they stood in the request line. */
  readonly path: string;
  /** Names and values in the order and case in which they came. */
  readonly rawHeaders: readonly string[];
  readonly headers: IncomingMessage["headers"];
  /** The whole body, once it has come. */
  readonly body: Promise<Buffer>;
  /** Settles when the connection is gone before the answer was finished, with the time in ms. */
  readonly left: Promise<number>;
}

/** A provider on loopback that does as the test says and remembers what it saw. */
export interface Upstream {
  readonly url: string;
  readonly seen: Seen[];
  readonly server: Server;
  stop(): Promise<void>;
}

/** How a provider answers. It need not read the body: that is done for it. */
export type Script = (request: IncomingMessage, response: ServerResponse, seen: Seen) => unknown;

/** Starts a provider. */
export async function upstream(script: Script): Promise<Upstream> {
  const seen: Seen[] = [];
  const server = createServer({ maxHeaderSize: 256 * 1024, requestTimeout: 0 }, (request, response) => {
    const one: Seen = {
      method: request.method ?? "",
      path: request.url ?? "",
      rawHeaders: request.rawHeaders,
      headers: request.headers,
      body: readAll(request),
      left: new Promise((resolve) => {
        response.once("close", () => response.writableFinished || resolve(performance.now()));
      }),
    };
    one.body.catch(() => {});
    seen.push(one);
    script(request, response, one);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    server,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}
