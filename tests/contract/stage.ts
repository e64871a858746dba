import { readFileSync } from "node:fs";
import { Agent, type ClientRequest, type IncomingMessage, request, type ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import { type Runtime, serve, type Served } from "../support/serve.ts";
import { type Script, type Seen, type Upstream, upstream } from "../support/upstream.ts";

/** A gateway on one runtime, in a process of its own, before a provider that plays what a test tells it. */
export interface Stage {
  readonly runtime: Runtime;
  readonly gateway: Served;
  readonly provider: Upstream;
  /** The gateway's path of that provider. */
  readonly path: string;
  /** Tells the provider how to answer from now on, and forgets what it saw. */
  play(script: Script): void;
  /** What the provider saw since `play`. */
  readonly heard: readonly Seen[];
  /** The first of it, as soon as it comes. */
  seen(): Promise<Seen>;
  stop(): Promise<void>;
}

/** Sets the stage. */
export async function setStage(runtime: Runtime): Promise<Stage> {
  let script: Script = (_request, response) => response.end("ok");
  let announce: (seen: Seen) => void = () => {};
  let first: Promise<Seen>;
  const expectOne = () => first = new Promise((resolve) => announce = resolve);
  expectOne();
  const heard: Seen[] = [];
  const provider = await upstream((request, response, seen) => {
    if (request.url === "/base/silent") return beSilent(response);
    heard.push(seen);
    announce(seen);
    response.on("error", () => {});
    return script(request, response, seen);
  });
  const gateway = await serve(runtime, { providers: { wall: { base: `${provider.url}/base` } } });
  return {
    runtime,
    gateway,
    provider,
    path: "/v1/a/g/wall",
    heard,
    play(next) {
      script = next;
      heard.length = 0;
      expectOne();
    },
    seen: () => first,
    async stop() {
      await gateway.stop();
      await provider.stop();
    },
  };
}

/** Says nothing for 12 s in mid-stream, which is longer than any runtime's default patience. */
function beSilent(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream" }).write("data: 1\n\n");
  setTimeout(() => response.end("data: 2\n\n"), 12_000);
}

/** What a client asks. */
export interface Ask {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array;
  readonly agent?: Agent;
}

/** Opens a request to the gateway with Node's plain client: it adds nothing and decodes nothing. */
export function open(url: string, { method, headers = {}, body, agent }: Ask = {}): ClientRequest {
  const outgoing = request(url, {
    method: method ?? (body ? "POST" : "GET"),
    headers,
    agent: agent ?? new Agent(),
  });
  outgoing.on("error", () => {});
  outgoing.end(body);
  return outgoing;
}

/** An answer's head, as soon as it is there; its body is still to come. */
export function head(outgoing: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => outgoing.once("response", resolve).once("error", reject));
}

/** A whole answer. */
export interface Whole {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

/** Asks and reads the whole answer. @throws when the answer breaks off */
export async function ask(url: string, init: Ask = {}): Promise<Whole> {
  const answer = await head(open(url, init));
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk);
  const { statusCode = 0, headers, rawHeaders } = answer;
  return { status: statusCode, headers, rawHeaders, body: Buffer.concat(chunks) };
}

/** A connection on which a test writes what no client would. */
export interface Wire {
  readonly socket: Socket;
  /** Everything received so far. */
  readonly received: () => string;
  /** Settles when the gateway closes the connection, by whatever means. */
  readonly closed: Promise<void>;
  /** Settles when the text received so far matches. */
  until(pattern: RegExp): Promise<string>;
}

/** Connects to a gateway without a client in between. */
export function wire(url: string, text: string): Wire {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  let received = "";
  socket.setEncoding("latin1").on("data", (chunk) => received += chunk).on("error", () => {});
  socket.write(text, "latin1");
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  return {
    socket,
    received: () => received,
    closed,
    async until(pattern) {
      for (let waited = 0; waited < 10_000; waited += 5) {
        if (pattern.test(received)) return received;
        await pause(5);
      }
      throw new Error(`never received ${pattern}: ${JSON.stringify(received.slice(0, 500))}`);
    },
  };
}

/** Waits. */
export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Fails when something does not happen in time. */
export async function within<Value>(ms: number, what: string, promise: Promise<Value>): Promise<Value> {
  let timer: ReturnType<typeof setTimeout>;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not happen within ${ms} ms`)), ms);
  });
  return await Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Resident memory of a process, in MiB. */
export function resident(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1024;
}

/** By how many MiB a process grew at most while something was done. */
export async function growth(pid: number, work: () => Promise<unknown>): Promise<number> {
  const before = resident(pid);
  let most = before;
  const watch = setInterval(() => most = Math.max(most, resident(pid)), 20);
  await work().finally(() => clearInterval(watch));
  return Math.max(most, resident(pid)) - before;
}
