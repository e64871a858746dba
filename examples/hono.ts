/**
 * A gateway under `/ai` of a Hono app, here on Bun or Deno.
 *
 *     bun run examples/hono.ts
 *     deno serve --unstable-no-legacy-abort --allow-net --allow-env --host 127.0.0.1 --port 3000 examples/hono.ts
 *     curl http://127.0.0.1:3000/ai/v1/me/my-gateway/openai/models -H "authorization: Bearer $OPENAI_API_KEY"
 *
 * This gateway lets everybody in, so it listens on this machine alone.
 */
import { env } from "node:process";
import { Hono } from "hono";
import { createGateway } from "waygate";

const gateway = createGateway({
  basePath: "/ai",
  providers: { ollama: { base: env.OLLAMA_URL ?? "http://127.0.0.1:11434/v1" } },
});

const app = new Hono();
app.get("/", (context) => context.text("Hello"));
app.all("/ai/*", (context) => gateway.handle(context.req.raw));

/** Bun would end a stream that pauses for ten seconds; a model may think for longer. */
export default { fetch: app.fetch, hostname: "127.0.0.1", idleTimeout: 0 };
