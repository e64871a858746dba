import { seed } from "./logs-records.ts";
import { testInside } from "./with-databases.ts";

await testInside("inside-d1.ts", { databases: "LOGS", count: 40, bindings: { SEED: String(seed) } });
