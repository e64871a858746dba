/** The bare proxy on Deno: both bodies are streams. */
import process from "node:process";

const { PORT, UP } = process.env;

Deno.serve({ port: Number(PORT), hostname: "127.0.0.1", onListen() {} }, async (request) => {
  const { method, headers, body, url } = request;
  const init: RequestInit = { method, headers, body, redirect: "manual" };
  const answer = await fetch(UP + url.slice(url.indexOf("/", 8)), init);
  return new Response(answer.body, answer);
});
