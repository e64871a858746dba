/**
 * A gateway on Deno: every known provider, and an Ollama of your own.
 *
 *     deno serve --unstable-no-legacy-abort --allow-net --allow-env --host 127.0.0.1 --port 8787 examples/deno.ts
 *     curl http://127.0.0.1:8787/v1/me/my-gateway/openai/chat/completions \
 *       -H "authorization: Bearer $OPENAI_API_KEY" -H "content-type: application/json" \
 *       -d '{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Hi"}]}'
 *
 * On Deno Deploy it is the entry point as it stands, which was not tried there. Where no
 * `package.json` names `waygate`, add it to the `imports` of a `deno.json`, once it is published: as `npm:waygate`, or
 * from JSR as `jsr:@waygate/waygate`.
 */
import { createGateway } from "waygate";
import { mount } from "waygate/deno";

const gateway = createGateway({
  gateways: { "my-gateway": { maxAttempts: 3, requestTimeout: 30_000 } },
  providers: { ollama: { base: Deno.env.get("OLLAMA_URL") ?? "http://127.0.0.1:11434/v1" } },
});

export default mount(gateway);
