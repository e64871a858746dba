import { EventEmitter } from "node:events";
import type { Readable } from "node:stream";
import { Agent, request } from "undici";
import { GatewayError } from "../src/index.ts";
import type { Fetch } from "../src/types.ts";
import { abandon, toResponse } from "./node-response.ts";
import { toChunks } from "./node-streams.ts";

/** Longest wait for a connection where nothing else is asked for, in ms. */
const CONNECT_TIMEOUT = 10_000;
/** Most pools at once besides the usual one: there is one for each wait that is asked for. */
const MOST_AGENTS = 16;
/** These pools by their longest wait for a connection in ms, the one used last at the end. */
const agents = new Map<number, Agent>();
/** The pool of all who ask for no wait of their own; a client who asks for many shall not cost them their connections. */
let usual: Agent | undefined;

/**
 * `fetch` over undici's pool. Node's own decodes bodies, adds headers, takes a 407 for a network error, cuts after
 * 300 s, and costs several times as much.
 */
export const fetch: Fetch = async (url, { method, headers, body, signal, connectTimeout }) => {
  const answer = await request(url, {
    dispatcher: agentFor(connectTimeout),
    method: method as "POST",
    headers: headers as Record<string, string>,
    body: body instanceof ReadableStream ? toChunks(body) as Readable : body as Uint8Array | null,
    signal: relay(signal!),
  });
  const { statusCode: status } = answer;
  if (status > 599) {
    abandon(answer.body);
    throw new GatewayError("odd_status", undefined, { description: String(status) });
  }
  const statusText = /^[\t\x20-\x7e\x80-\xff]*$/.test(answer.statusText) ? answer.statusText : "";
  const bodiless = method === "HEAD" || [204, 205, 304].includes(status);
  if (bodiless) answer.body.resume();
  return toResponse(bodiless ? null : answer.body, answer.headers, { status, statusText });
};

/** The pool for a wait. */
function agentFor(connectTimeout = CONNECT_TIMEOUT): Agent {
  if (connectTimeout === CONNECT_TIMEOUT) return usual ??= createAgent(connectTimeout);
  const agent = agents.get(connectTimeout) ?? createAgent(connectTimeout);
  agents.delete(connectTimeout);
  agents.set(connectTimeout, agent);
  if (agents.size > MOST_AGENTS) retireOldest();
  return agent;
}

/** It has no other clock: the gateway has them all. */
function createAgent(connectTimeout: number): Agent {
  return new Agent({ connectTimeout, headersTimeout: 0, bodyTimeout: 0, maxHeaderSize: 1024 * 1024 });
}

/** Calls in flight may finish. */
function retireOldest(): void {
  const [connectTimeout, agent] = agents.entries().next().value!;
  agents.delete(connectTimeout);
  agent.close().catch(() => {});
}

/** The same signal as undici follows it for a third of its own price; it is let go when undici lets go. */
function relay(signal: AbortSignal): EventEmitter {
  signal.throwIfAborted();
  const emitter = new EventEmitter();
  const abort = () => emitter.emit("abort");
  signal.addEventListener("abort", abort);
  emitter.once("removeListener", () => signal.removeEventListener("abort", abort));
  return emitter;
}
