/** The Worker that `workers.ts` starts: a gateway with the settings of the binding `SETTINGS`. */
import { createGateway, type Settings } from "../../src/index.ts";
import { equip } from "./equip.ts";
import { mount, type WorkerHandler } from "../workers.ts";

interface Bindings {
  readonly SETTINGS: Settings;
}

const worker: WorkerHandler<Bindings> = mount(({ SETTINGS }) => createGateway(equip(SETTINGS, true)));

export default worker;
