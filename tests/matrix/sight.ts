import { Agent, type IncomingHttpHeaders, request } from "node:http";
import type { Question } from "./question.ts";

/** What a client saw of one answer. */
export interface Sight {
  /** 0 where there was none. */
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Whether the transfer ended well, visibly broke, or never ended. */
  readonly end: "clean" | "broken" | "never";
  /** Ms until the client knew. */
  readonly ms: number;
}

/** Asks on a connection of its own, and waits for the end for at most `patience` ms. */
export function look({ url, headers, body }: Question, patience: number): Promise<Sight> {
  const began = performance.now();
  const chunks: Buffer[] = [];
  let status = 0;
  let seen: IncomingHttpHeaders = {};
  return new Promise((resolve) => {
    const agent = new Agent();
    const outgoing = request(url, { method: "POST", headers, agent, maxHeaderSize: 1 << 20 });
    const finish = (end: Sight["end"]) => {
      clearTimeout(timer);
      resolve({ status, headers: seen, body: Buffer.concat(chunks), end, ms: performance.now() - began });
      agent.destroy();
    };
    const timer = setTimeout(() => {
      finish("never");
      outgoing.destroy();
    }, patience);
    outgoing.on("error", () => finish("broken")).on("response", (incoming) => {
      status = incoming.statusCode ?? 0;
      seen = incoming.headers;
      incoming.on("data", (chunk) => chunks.push(chunk)).on("error", () => finish("broken"))
        .on("end", () => finish("clean"));
    }).end(body);
  });
}
