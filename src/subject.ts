import { credentialsIn, isCredential } from "./headers.ts";
import { modelOf } from "./model.ts";
import type { Counted } from "./public.ts";
import type { Context, Step } from "./types.ts";

/** Whose count it is: nothing of it can be read back, and it has the length of a key. */
export async function subjectOf(per: readonly Counted[], step: Step, context: Context): Promise<string> {
  if (per.length === 0) return "";
  return await context.sha256(
    JSON.stringify(await Promise.all(per.map((what) => tell(what, step, context)))),
  );
}

function tell(what: Counted, step: Step, context: Context): unknown {
  switch (what) {
    case "credential":
      return context.ledger.caller ?? credentialsOf(step);
    case "address":
      return context.address();
    case "provider":
      return plainSlug(step.provider);
    case "model":
      return modelOf(step);
    default:
      return metadataOf(step, context)?.[what.slice("metadata.".length)];
  }
}

/** The credentials that a client brings for a provider, in header fields and in the query. */
export function credentialsOf({ headers, url }: Step): [name: string, value: string][] {
  const at = url.indexOf("?");
  const query = at < 0 ? [] : [...new URLSearchParams(url.slice(at))];
  return [...credentialsIn(headers), ...query.filter(([name]) => isCredential(name) || name === "key")];
}

/** What the client says about a step, or else about its request. */
export function metadataOf({ metadata }: Step, context: Context): Context["metadata"] {
  return metadata ?? context.metadata;
}

/** A provider has one name, however a client calls it. */
export function plainSlug(slug: string): string {
  return slug.replace(/^custom-/, "");
}
