/**
 * A gateway on Cloudflare Workers: every known provider, and an Ollama of your own behind a tunnel.
 *
 *     npx wrangler dev examples/workers.ts --name my-gateway --port 8787 \
 *       --compatibility-date 2025-09-01 --compatibility-flags enable_request_signal \
 *       --var OLLAMA_URL:https://ollama.example.com/v1
 *     curl http://127.0.0.1:8787/v1/me/my-gateway/openai/chat/completions \
 *       -H "authorization: Bearer $OPENAI_API_KEY" -H "content-type: application/json" \
 *       -d '{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Hi"}]}'
 */
import { createGateway } from "waygate";
import { mount } from "waygate/workers";

interface Env {
  readonly OLLAMA_URL: string;
}

export default mount(({ OLLAMA_URL }: Env) =>
  createGateway({
    gateways: { "my-gateway": { maxAttempts: 3, requestTimeout: 30_000 } },
    providers: { ollama: { base: OLLAMA_URL } },
  })
);
