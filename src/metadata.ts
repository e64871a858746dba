import { parse } from "./parse.ts";

/** What a client says about a request, such as whose it is: values by name, five where nobody allows more. */
export type Metadata = Readonly<Record<string, string | number | boolean | null>>;

/** Most entries where nobody says another number; those behind are ignored, as Cloudflare does. */
export const USUAL_METADATA = 5;
/** Names that begin so are Cloudflare's own. */
const RESERVED = "cf.";

/**
 * Reads `cf-aig-metadata`. What is no JSON object is ignored, and of an object what is nested.
 *
 * @param most entries that count
 */
export function readMetadata(text: string | undefined, most: number = USUAL_METADATA): Metadata | undefined {
  const value = text === undefined ? undefined : parse(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const counting = ([name, one]: [string, unknown]) =>
    !name.startsWith(RESERVED) && (typeof one !== "object" || one === null);
  return Object.fromEntries(Object.entries(value).filter(counting).slice(0, most));
}
