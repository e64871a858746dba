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
 * The model that a step asks for, where its URL or its JSON body names one. A body that is no JSON, or too long to be
 * kept, stays unread.
 */
export async function modelOf(step: Step): Promise<string | undefined> {
  const { url } = step;
  const model = NAMING.test(url) ? modelIn(url) : undefined;
  if (model !== undefined) return model;
  return await isLegible(step) ? await step.body.read(readModel) : undefined;
}

/** The same of a step that is over, as far as it was read: nobody waits for the rest of a body any more. */
export async function knownModelOf(step: Step): Promise<string | undefined> {
  return step.body.open() instanceof ReadableStream ? modelIn(step.url) : await modelOf(step);
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

const JSON_TYPE = /[/+]json\s*(;|$)/i;
/** Types of bodies in which nobody looks for JSON, whatever they begin with. */
const NO_JSON = /^(multipart|audio|image|video)\/|^application\/(octet-stream|(x-)?ndjson|jsonl|json-seq)\b/i;
const BRACE = 0x7b;
const BLANKS: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf]); // And a byte order mark.

/**
 * Whether a body is worth being read for what is told in JSON: it says that it is JSON or, because many clients say
 * nothing, or `text/plain`, begins as an object does. All others stay streams.
 */
export async function isLegible({ headers, body }: Pick<Step, "headers" | "body">): Promise<boolean> {
  const type = headers["content-type"] ?? "";
  return JSON_TYPE.test(type) || (!NO_JSON.test(type) && beginsAsObject(await body.begin()));
}

/** Blanks alone tell nothing: what follows may be an object. */
function beginsAsObject(bytes: Uint8Array): boolean {
  const first = bytes.find((byte) => !BLANKS.has(byte));
  return first === undefined ? bytes.byteLength > 0 : first === BRACE;
}

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
