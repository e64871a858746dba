/** A managed gateway on Workers, whose logs and settings lie in D1. */
import { type D1, d1Logs } from "../../../adapters/d1-logs.ts";
import { d1Settings } from "../../../adapters/d1-settings.ts";
import { mount, type WorkerHandler } from "../../../adapters/workers.ts";
import type { Settings } from "../../../src/index.ts";
import { managedGateway } from "./gateway.ts";

interface Bindings {
  readonly SETTINGS: Settings;
  readonly LOGS: D1;
  readonly GATEWAYS: D1;
}

const worker: WorkerHandler<Bindings> = mount(({ SETTINGS, LOGS, GATEWAYS }) =>
  managedGateway(SETTINGS, { logs: d1Logs(LOGS), gateways: d1Settings(GATEWAYS) })
);

export default worker;
