import { testInside } from "./with-databases.ts";

await testInside("inside-d1-settings.ts", { databases: "SETTINGS", count: 20 });
