/**
 * A gateway on Node: every known provider, and an Ollama of your own.
 *
 *     node examples/node.ts
 *     curl http://127.0.0.1:8787/v1/me/my-gateway/openai/chat/completions \
 *       -H "authorization: Bearer $OPENAI_API_KEY" -H "content-type: application/json" \
 *       -d '{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Hi"}]}'
 */
import process from "node:process";
import { createGateway } from "waygate";
import { serve } from "waygate/node";

const gateway = createGateway({
  gateways: { "my-gateway": { maxAttempts: 3, requestTimeout: 30_000 } },
  providers: { ollama: { base: process.env.OLLAMA_URL ?? "http://127.0.0.1:11434/v1" } },
});

const server = await serve(gateway, { port: Number(process.env.PORT ?? 8787) });
console.log(`waygate listens on ${server.url}`);
process.once("SIGTERM", () => server.stop());
