/** Writes the JSON Schema of settings that the package ships: `npm run schema`. */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { settingsJsonSchema } from "./settings-schema.ts";

const file = fileURLToPath(new URL("../../waygate.schema.json", import.meta.url));
writeFileSync(file, `${JSON.stringify(settingsJsonSchema(), null, 2)}\n`);
