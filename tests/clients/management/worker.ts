/** A managed gateway on Workers, whose logs lie in D1. */
import { type D1, d1Logs } from "../../../adapters/d1-logs.ts";
import { mount, type WorkerHandler } from "../../../adapters/workers.ts";
import type { Settings } from "../../../src/index.ts";
import { managedGateway } from "./gateway.ts";

interface Bindings {
  readonly SETTINGS: Settings;
  readonly LOGS: D1;
}

const worker: WorkerHandler<Bindings> = mount(({ SETTINGS, LOGS }) =>
  managedGateway(SETTINGS, { logs: d1Logs(LOGS) })
);

export default worker;
