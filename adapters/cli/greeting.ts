import type { Settings } from "../../src/index.ts";

/** Three requests to try against a gateway that has just started. */
export function greeting(origin: string, { basePath = "", gateways = {} }: Settings): string {
  const url = origin + basePath.replace(/\/$/, "");
  const [id = "my-gateway", { authentication = false } = {}] = Object.entries(gateways)[0] ?? [];
  const token = authentication ? ' \\\n    -H "cf-aig-authorization: Bearer $TOKEN"' : "";
  return `waygate listens on ${origin}

  curl ${url}/healthz
  curl ${url}/v1/me/${id}/openai/chat/completions${token} \\
    -H "authorization: Bearer $OPENAI_API_KEY" \\
    -H "content-type: application/json" -d '{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Hi"}]}'
  curl ${url}/v1/me/${id}${token} \\
    -H "content-type: application/json" -d '[
    {"provider":"openai","endpoint":"chat/completions","authorization":"Bearer '$OPENAI_API_KEY'",
     "query":{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Hi"}]}},
    {"provider":"groq","endpoint":"chat/completions","authorization":"Bearer '$GROQ_API_KEY'",
     "query":{"model":"llama-3.1-8b-instant","messages":[{"role":"user","content":"Hi"}]}}]'

Without a key and a network: npx waygate demo, in a clone npm run demo`;
}

/** Gateway ids that nobody can reach over HTTP, though their settings are no mistake: code in the same program may. */
export function warnOfClosed({ gateways = {} }: Settings): string | undefined {
  const closed = Object.entries(gateways).filter(([, { authentication, tokens = [], verify }]) =>
    authentication && tokens.length === 0 && !verify
  );
  if (closed.length === 0) return undefined;
  const which = closed.map(([id]) => id).join(", ");
  return `nobody comes in to these gateway ids, because they have authentication without tokens: ${which}`;
}

/** What the operator should know of who may come in; undefined where there is nothing to tell. */
export function warnOfStrangers(hostname: string, { gateways }: Settings): string | undefined {
  if (/^(127(\.\d+){3}|::1|localhost)$/.test(hostname)) return undefined;
  const open = Object.entries(gateways ?? {}).filter(([, { authentication }]) => !authentication).map((
    [id],
  ) => id);
  if (gateways && open.length === 0) return undefined;
  const which = gateways ? `these gateway ids: ${open.join(", ")}` : "every gateway id";
  return `${hostname} can be reached by others, and without authentication they may use ${which}`;
}
