/** A Worker that logs into D1, before a provider that is always well. */
import { type D1, d1Logs } from "../../adapters/d1-logs.ts";
import { mount, type WorkerHandler } from "../../adapters/workers.ts";
import { createGateway } from "../../src/index.ts";

const worker: WorkerHandler<{ readonly LOGS: D1 }> = mount(({ LOGS }) =>
  createGateway({ logs: d1Logs(LOGS), fetch: () => Promise.resolve(Response.json({})) })
);

export default worker;
