import { databases, testInside } from "./inside.ts";
import { seed } from "./logs-records.ts";

await testInside("inside-d1.ts", {
  d1Databases: databases("LOGS", 40),
  bindings: { SEED: String(seed) },
});
