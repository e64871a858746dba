import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import type { Script } from "../../support/upstream.ts";

/** One exchange with a provider, as it was recorded. */
interface Recording {
  readonly url: string;
  readonly init: { readonly method: string; readonly body: string };
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  };
}

/** What is sent where the recording left out the bytes of a picture: no text in any encoding. */
export const PICTURE: Uint8Array = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0xff, 0x00, 0xfe, 0x80, 1, 2, 3]);

/** Fields that tell of the recorded connection, or of a length that no longer holds. */
const STALE = new Set(["connection", "content-encoding", "content-length", "transfer-encoding"]);

/**
 * Answers `/{host}/{path}` as that host answered, if method, path and JSON body are those of a recording;
 * otherwise with 501 and what was asked for.
 */
export function replay(): Script {
  const recordings = readRecordings();
  return async (request, response, seen) => {
    const body = (await seen.body).toString();
    const asked = `${request.method} https:/${request.url}`;
    const found = recordings.find(({ url, init }) =>
      asked === `${init.method} ${url}` && isDeepStrictEqual(parse(body), parse(init.body))
    );
    if (!found) {
      response.writeHead(501, { "content-type": "text/plain" }).end(`no recording of ${asked} ${body}`);
      return;
    }
    response.writeHead(found.response.status, fieldsOf(found));
    for (const piece of piecesOf(found)) response.write(piece);
    response.end();
  };
}

function readRecordings(): Recording[] {
  const file = new URL("../data/recordings.json", import.meta.url);
  return Object.values(JSON.parse(readFileSync(file, "utf8")));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function fieldsOf({ response }: Recording): Record<string, string> {
  return Object.fromEntries(Object.entries(response.headers).filter(([name]) => !STALE.has(name)));
}

/** Streams come in pieces that end within events, and within characters. */
function piecesOf({ response }: Recording): Uint8Array[] {
  const type = response.headers["content-type"] ?? "";
  if (type.startsWith("image/")) return [PICTURE];
  const bytes = Buffer.from(response.body);
  if (!type.startsWith("text/event-stream")) return [bytes];
  return Array.from({ length: Math.ceil(bytes.length / 37) }, (_, index) => {
    return bytes.subarray(index * 37, (index + 1) * 37);
  });
}
