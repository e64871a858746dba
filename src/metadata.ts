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

const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * The text of a header field as it was meant: clients write UTF-8, of which most runtimes read each byte as a character.
 */
export function asWritten(field: string): string {
  if (!/[\u0080-\u00ff]/.test(field) || /[\u0100-\uffff]/.test(field)) return field;
  try {
    return utf8.decode(Uint8Array.from(field, (char) => char.charCodeAt(0)));
  } catch {
    return field;
  }
}
