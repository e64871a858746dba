import { plainJson } from "./plain.ts";

/** JSON over several lines, in which what a terminal would obey is escaped. */
export function tellJson(value: unknown): string {
  return plainJson(JSON.stringify(value, null, 2));
}
