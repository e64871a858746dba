/** Bare proxies on Bun: `whole` returns the answer of `fetch` itself, `stream` makes a new one over its body. */
import process from "node:process";

const { PORT, UP, FORM } = process.env;

/** Request bodies up to this length are read before they are sent, in bytes: cheaper than a stream. */
const SMALL = 64 * 1024;

Bun.serve({
  port: Number(PORT),
  hostname: "127.0.0.1",
  idleTimeout: 0,
  maxRequestBodySize: Number.MAX_SAFE_INTEGER,
  async fetch(request) {
    const { method, headers, url } = request;
    headers.delete("host");
    const small = Number(headers.get("content-length") ?? Infinity) <= SMALL;
    const body = small ? await request.arrayBuffer() : request.body;
    const init = {
      method,
      headers,
      body: body ?? null,
      redirect: "manual",
      decompress: false,
    } as RequestInit;
    const answer = await fetch(UP + url.slice(url.indexOf("/", 8)), init);
    return FORM === "whole" ? answer : new Response(answer.body, answer);
  },
});
