/** A Worker whose gateway keeps its logs in memory, and tells them at `/records`. */
import { mount, type WorkerHandler } from "../../adapters/workers.ts";
import { createGateway, memoryLogs } from "../../src/index.ts";

interface Bindings {
  readonly BASE: string;
}

const logs = memoryLogs();
const worker: WorkerHandler<Bindings> = mount(({ BASE }) =>
  createGateway({ logs, providers: { wall: { base: BASE } } })
);

export default {
  async fetch(...call: Parameters<typeof worker.fetch>): Promise<Response> {
    if (new URL(call[0].url).pathname !== "/records") return await worker.fetch(...call);
    return Response.json((await logs.list({})).records);
  },
};
