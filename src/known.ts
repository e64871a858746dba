import { dialectOf, dialects } from "./dialects/table.ts";
import type { Known } from "./providers/directory.ts";
import { table } from "./providers/table.ts";

/** All that is known of providers without any settings. */
export const known: Known = { rows: table, dialectOf, dialects };
