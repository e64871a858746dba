/**
 * A gateway under `/ai` of a Next.js app: as `app/ai/v1/[...path]/route.ts`. A route handler is a function from Request
 * to Response, so there is nothing to adapt.
 *
 *     npm install ./waygate-0.1.0.tgz && npm run dev    # `npm ci && npm pack` in a clone makes it
 *     curl http://127.0.0.1:3000/ai/v1/me/my-gateway/openai/models -H "authorization: Bearer $OPENAI_API_KEY"
 *
 * Tested as the functions that it exports, called with Requests; not inside Next.js, which is not installed here. A stream is cut after `maxDuration` seconds where the host of your app has such a limit.
 */
import { env } from "node:process";
import { createGateway } from "waygate";

const gateway = createGateway({
  basePath: "/ai",
  providers: { ollama: { base: env.OLLAMA_URL ?? "http://127.0.0.1:11434/v1" } },
});

/** Nothing of it is made when the app is built. */
export const dynamic = "force-dynamic";
/** In seconds. */
export const maxDuration = 300;

const handle = (request: Request): Promise<Response> => gateway.handle(request);

export {
  handle as DELETE,
  handle as GET,
  handle as HEAD,
  handle as OPTIONS,
  handle as PATCH,
  handle as POST,
  handle as PUT,
};
