/** A Worker with a gateway whose store lies in Durable Objects; no provider says the same twice, and Groq fails. */
import { durableObjectStore, GatewayStore, type ObjectNamespace } from "../../adapters/durable-object.ts";
import { mount, type WorkerHandler } from "../../adapters/workers.ts";
import { createGateway } from "../../src/index.ts";

interface Env {
  readonly STORE: ObjectNamespace;
}

const worker: WorkerHandler<Env> = mount(({ STORE }) =>
  createGateway({
    store: durableObjectStore(STORE),
    fetch: (url) =>
      Promise.resolve(Response.json(crypto.randomUUID(), { status: url.includes("groq") ? 500 : 200 })),
    gateways: {
      limited: { rateLimit: { limit: 100, interval: 1e9 } },
      cached: { cacheTtl: 60 },
      breaking: { maxAttempts: 1, breaker: { minimum: 5 } },
    },
  })
);

export { GatewayStore };
export default worker;
