/**
 * A gateway on Cloudflare Workers with all that it keeps: answers in KV, counts and circuits in Durable Objects, logs
 * in D1. Which is bound to what stands in `wrangler.jsonc`.
 *
 *     npx wrangler kv namespace create ANSWERS      # its id goes into wrangler.jsonc, as that of the next one
 *     npx wrangler d1 create waygate-logs
 *     npx wrangler dev --config examples/workers/wrangler.jsonc
 *     curl http://127.0.0.1:8787/v1/me/my-gateway/openai/chat/completions \
 *       -H "authorization: Bearer $OPENAI_API_KEY" -H "content-type: application/json" \
 *       -d '{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Hi"}]}'
 *
 * Tested in Miniflare, as wrangler.jsonc tells it; not on Cloudflare's network, and not with wrangler itself.
 */
import { createGateway } from "waygate";
import { type D1, d1Logs } from "waygate/d1";
import { durableObjectStore, GatewayStore, type ObjectNamespace } from "waygate/durable-object";
import { mount } from "waygate/workers";
import { type KvNamespace, workersKvStore } from "waygate/workers-kv";

interface Env {
  readonly ANSWERS: KvNamespace;
  readonly LOGS: D1;
  readonly STORE: ObjectNamespace;
  readonly OLLAMA_URL: string;
}

export { GatewayStore };

export default mount(({ ANSWERS, LOGS, STORE, OLLAMA_URL }: Env) =>
  createGateway({
    cacheStore: workersKvStore(ANSWERS),
    store: durableObjectStore(STORE),
    logs: d1Logs(LOGS),
    gateways: { "my-gateway": { cacheTtl: 3600, rateLimit: { limit: 600, interval: 60 }, maxAttempts: 3 } },
    providers: { ollama: { base: OLLAMA_URL } },
  })
);
