import type { Readable } from "node:stream";
import { Agent, request } from "undici";
import type { Fetch } from "../src/types.ts";
import { toChunks, toWeb } from "./node-streams.ts";

/** No clock of its own: the gateway has them all. */
const agent = new Agent({ headersTimeout: 0, bodyTimeout: 0, maxHeaderSize: 1024 * 1024 });

/**
 * `fetch` over undici's pool. Node's own decodes bodies, adds headers, takes a 407 for a network error, cuts after
 * 300 s, and costs several times as much.
 */
export const fetch: Fetch = async (url, { method, headers, body, signal }) => {
  const answer = await request(url, {
    dispatcher: agent,
    method: method as "POST",
    headers: headers as Record<string, string>,
    body: body instanceof ReadableStream ? toChunks(body) as Readable : body as Uint8Array | null,
    signal: signal!,
  });
  const { statusCode: status } = answer;
  const statusText = /^[\t\x20-\x7e\x80-\xff]*$/.test(answer.statusText) ? answer.statusText : "";
  try {
    const fields = Object.entries(answer.headers).flatMap(([name, value]): [string, string][] =>
      Array.isArray(value) ? value.map((one) => [name, one]) : [[name, value ?? ""]]
    );
    const bodiless = method === "HEAD" || [204, 205, 304].includes(status);
    if (bodiless) answer.body.resume();
    return new Response(bodiless ? null : toWeb(answer.body, abandon), {
      status,
      statusText,
      headers: fields,
    });
  } catch (error) {
    abandon(answer.body);
    throw error;
  }
};

/** Closes an answer that nobody wants to read. */
function abandon(readable: Readable): void {
  readable.on("error", () => {}).destroy();
}
