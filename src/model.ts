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
  const model = NAMING.test(url) ? modelIn(url) : undefined;
  if (model !== undefined) return model;
  return NO_JSON.test(headers["content-type"] ?? "") ? undefined : await body.read(readModel);
}

/** What one of these has in common, or is encoded; most URLs have nothing of it. */
const NAMING = /\/(models?|tunedModels|endpoints|deployments|run)\/|%/;

function modelIn(url: string): string | undefined {
  const [written = ""] = url.split("?", 1);
  const path = decode(written); // One model has one name, however a client has written it.
  for (const pattern of PATHS) {
    const [, model] = pattern.exec(path) ?? [];
    if (model) return model;
  }
  return undefined;
}

/** Types of bodies that name no model, or none that can be found. */
const NO_JSON = /^(multipart|audio|image|video)\/|^application\/octet-stream/i;

/** Longest body that is parsed as a whole, in bytes: that is faster, but builds all of it. */
const SHORT = 64 * 1024;
const utf8 = new TextDecoder("utf-8", { fatal: true });

function readModel(json: Uint8Array<ArrayBuffer>): string | undefined {
  return (json.byteLength <= SHORT ? modelInShort(json) : undefined) ?? modelInLong(json);
}

function modelInShort(json: Uint8Array<ArrayBuffer>): string | undefined {
  try {
    const { model } = JSON.parse(utf8.decode(json));
    return typeof model === "string" ? model : undefined;
  } catch {
    return undefined;
  }
}

/** Also where a runtime does not parse what is nested too deeply. */
function modelInLong(json: Uint8Array<ArrayBuffer>): string | undefined {
  const parts = cut(json, "model", [], 1);
  const [value] = parts?.skeleton.startsWith("{") ? parts.values : [];
  return value?.[0] === QUOTE ? JSON.parse(new TextDecoder().decode(value)) : undefined;
}
