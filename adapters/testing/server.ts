/**
 * A faulty provider on a port of its own, which also plays the faults below HTTP.
 *
 * @module
 */
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { createEngine, type Engine } from "../../src/testing/engine.ts";
import type { CallRecord, FaultySettings } from "../../src/testing/types.ts";
import { createIntake } from "./intake.ts";
import { send } from "./reply.ts";
import { readBody, readHead } from "./request.ts";

/** What may be set for a faulty provider and its address. */
export interface FaultyServerSettings extends FaultySettings {
  /** @default 0, a free one */
  readonly port?: number;
  /** @default "127.0.0.1" */
  readonly hostname?: string;
}

/** A faulty provider on a port of its own. */
export interface FaultyServer {
  /** Its origin, such as `http://127.0.0.1:41234`. */
  readonly url: string;
  /** An origin on loopback at which nobody listens: connections to it are refused. */
  readonly refused: string;
  /** Every request so far, in the order of arrival. */
  readonly calls: readonly CallRecord[];
  /** How many connections are open now, those included that a client keeps for later. */
  readonly open: number;
  /** Closes the server and every connection. */
  stop(): Promise<void>;
}

/**
 * Serves a faulty provider, on Node, Bun and Deno. It plays every fault.
 *
 * @throws when it cannot listen there, and when the fault for all calls cannot be played
 */
export async function startFaultyServer(
  { port = 0, hostname = "127.0.0.1", ...settings }: FaultyServerSettings = {},
): Promise<FaultyServer> {
  const engine = createEngine(settings);
  const open = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
    serve(engine, socket).catch(() => socket.destroy());
  });
  const taken = await listen(server, port, hostname);
  const deaf = await takePort();
  return {
    url: `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${taken}`,
    refused: `http://127.0.0.1:${deaf.port}`,
    calls: engine.calls,
    get open() {
      return open.size;
    },
    async stop() {
      const over = close(server);
      for (const socket of open) socket.destroy();
      deaf.free();
      await over;
    },
  };
}

/** Answers the requests of one connection, one after another. */
async function serve(engine: Engine, socket: Socket): Promise<void> {
  const intake = createIntake(socket);
  let leave = () => {};
  intake.gone.addEventListener("abort", () => leave(), { once: true });
  while (!intake.gone.aborted) {
    const head = await readHead(intake);
    const entry = engine.enter(head.method, head.path, head.headers);
    leave = () => entry.end("aborted");
    const reply = await engine.choose(entry, await readBody(intake, head));
    await send(reply, { socket, gone: intake.gone, end: entry.end });
  }
}

/** Takes a port at which nobody listens: that of an outgoing connection, which nobody else is given. */
async function takePort(): Promise<{ port: number; free: () => void }> {
  const ends: Socket[] = [];
  const server = createServer((socket) => void ends.push(socket));
  const port = await listen(server);
  const socket = connect(port, "127.0.0.1");
  ends.push(socket);
  await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
  server.close();
  return { port: socket.localPort!, free: () => ends.forEach((end) => end.destroy()) };
}

function listen(server: Server, port = 0, hostname = "127.0.0.1"): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject)
      .listen(port, hostname, () => resolve((server.address() as AddressInfo).port));
  });
}

const close = (server: Server) => new Promise<void>((resolve) => server.close(() => resolve()));
