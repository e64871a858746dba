/**
 * A gateway next to the routes of a `Bun.serve`: what no route takes goes to the gateway.
 *
 *     bun run examples/bun-routes.ts
 *     curl http://127.0.0.1:8787/v1/me/my-gateway/openai/models -H "authorization: Bearer $OPENAI_API_KEY"
 */
import { createGateway } from "waygate";
import { mount } from "waygate/bun";

const gateway = createGateway({
  providers: { ollama: { base: Bun.env.OLLAMA_URL ?? "http://127.0.0.1:11434/v1" } },
});

const server = Bun.serve({
  ...mount(gateway, { port: Number(Bun.env.PORT ?? 8787) }),
  routes: {
    "/": new Response("Hello"),
    "/users/:id": (request) => Response.json({ id: request.params.id }),
  },
});

console.log(`Bun listens on ${server.url}`);
