import { decode } from "./address.ts";
import { cut } from "./cut.ts";
import { QUOTE } from "./json.ts";
import type { Step } from "./types.ts";

/** Parts of a URL's path that name a model. */
const PATHS: readonly RegExp[] = [
  /\/(?:models|tunedModels|endpoints)\/([^/:]+):/, // Google
  /\/model\/([^/]+)\//, // Bedrock
  /\/deployments\/([^/]+)\//, // Azure
  /\/run\/(@.+)/, // Workers AI
  /\/models\/([^/]+\/[^/]+)\/predictions/, // Replicate
];

/**
 * The model that a step asks for, where its URL or its JSON body names one. A body that is not JSON, or too long to be
 * kept, stays unread.
 */
export async function modelOf({ url, headers, body }: Step): Promise<string | undefined> {
  const [written = ""] = url.split("?", 1);
  const path = decode(written); // One model has one name, however a client has written it.
  for (const pattern of PATHS) {
    const [, model] = pattern.exec(path) ?? [];
    if (model) return model;
  }
  if (!/\bjson\b/i.test(headers["content-type"] ?? "") || !await body.keep()) return undefined;
  const bytes = body.open();
  return bytes instanceof Uint8Array ? readModel(bytes as Uint8Array<ArrayBuffer>) : undefined;
}

function readModel(json: Uint8Array<ArrayBuffer>): string | undefined {
  const parts = cut(json, "model", [], 1);
  const [value] = parts?.skeleton.startsWith("{") ? parts.values : [];
  return value?.[0] === QUOTE ? JSON.parse(new TextDecoder().decode(value)) : undefined;
}
