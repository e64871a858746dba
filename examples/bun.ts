/**
 * A gateway on Bun: every known provider, and an Ollama of your own.
 *
 *     bun run examples/bun.ts
 *     curl http://127.0.0.1:8787/v1/me/my-gateway/openai/chat/completions \
 *       -H "authorization: Bearer $OPENAI_API_KEY" -H "content-type: application/json" \
 *       -d '{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Hi"}]}'
 */
import { createGateway } from "waygate";
import { mount } from "waygate/bun";

const gateway = createGateway({
  gateways: { "my-gateway": { maxAttempts: 3, requestTimeout: 30_000 } },
  providers: { ollama: { base: Bun.env.OLLAMA_URL ?? "http://127.0.0.1:11434/v1" } },
});

export default mount(gateway, { port: Number(Bun.env.PORT ?? 8787) });
