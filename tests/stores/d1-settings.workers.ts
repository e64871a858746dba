import { databases, testInside } from "./inside.ts";

await testInside("inside-d1-settings.ts", { d1Databases: databases("SETTINGS", 20) });
