import type { Metadata } from "./metadata.ts";

/** How much is kept of what others wrote. */
export interface Brevity {
  /** Most characters of a path. */
  readonly path: number;
  /** Most characters of metadata, as JSON. */
  readonly metadata: number;
}

/** Most characters of a name, such as a model or an event id. */
const NAME = 256;

/** The beginning of what others wrote, so that nobody fills a log with few requests. */
export function brief(text: string, most: number = NAME): string {
  const begun = text.length > most ? text.slice(0, most).replace(/[\uD800-\uDBFF]$/, "") : text;
  return JSON.parse(JSON.stringify(begun)); // A slice would hold on to all that it was cut from.
}

/** The same, of what may not be there. */
export function briefly(text: string | null | undefined): string | null {
  return text === null || text === undefined ? null : brief(text);
}

/** A path without its query. */
export function briefPath(endpoint: string, { path }: Brevity): string {
  return brief(endpoint.split("?", 1)[0]!, path);
}

/** Metadata, unless they are too long. */
export function briefMetadata(metadata: Metadata | undefined, { metadata: most }: Brevity): Metadata | null {
  return metadata && JSON.stringify(metadata).length <= most ? metadata : null;
}
