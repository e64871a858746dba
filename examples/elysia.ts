/**
 * A gateway under `/ai` of an Elysia app.
 *
 *     bun run examples/elysia.ts
 *     curl http://127.0.0.1:3000/ai/v1/me/my-gateway/openai/models -H "authorization: Bearer $OPENAI_API_KEY"
 *
 * This gateway lets everybody in, so it listens on this machine alone.
 */
import { Elysia } from "elysia";
import { createGateway } from "waygate";
import { host } from "waygate/bun";

const gateway = createGateway({
  basePath: "/ai",
  providers: { ollama: { base: Bun.env.OLLAMA_URL ?? "http://127.0.0.1:11434/v1" } },
});

// `parse: "none"` keeps the hooks of other plugins from reading the body before the gateway does; `idleTimeout: 0`
// keeps Bun from ending a stream that pauses while the model thinks.
const app = new Elysia({ serve: { idleTimeout: 0 } })
  .get("/", () => "Hello")
  .all("/ai/*", ({ request }) => gateway.handle(request, host), { parse: "none" })
  .listen({ hostname: "127.0.0.1", port: Number(Bun.env.PORT ?? 3000) });

console.log(`Elysia listens on ${app.server?.url}`);
