/**
 * A gateway under `/ai` of a SvelteKit app: as `src/hooks.server.ts`. What is for the gateway never reaches the routes.
 *
 *     npm install ./waygate-0.1.0.tgz && npm run dev    # `npm ci && npm pack` in a clone makes it
 *     curl http://127.0.0.1:5173/ai/v1/me/my-gateway/openai/models -H "authorization: Bearer $OPENAI_API_KEY"
 *
 * Tested as the function that it is, called with Requests; not inside SvelteKit, which is not installed here. Its `adapter-node` refuses bodies over 512 kB unless `BODY_SIZE_LIMIT` says otherwise.
 */
import { env } from "node:process";
import { createGateway } from "waygate";

/** As much of SvelteKit's `Handle` as is used here; in an app, take `import type { Handle } from "@sveltejs/kit"`. */
type Handle = (input: {
  readonly event: { readonly request: Request; readonly url: URL };
  readonly resolve: (event: { readonly request: Request; readonly url: URL }) => Response | Promise<Response>;
}) => Promise<Response>;

const gateway = createGateway({
  basePath: "/ai",
  providers: { ollama: { base: env.OLLAMA_URL ?? "http://127.0.0.1:11434/v1" } },
});

export const handle: Handle = async ({ event, resolve }) =>
  event.url.pathname.startsWith("/ai/") ? await gateway.handle(event.request) : await resolve(event);
