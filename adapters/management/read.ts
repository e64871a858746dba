import { Refusal } from "./refusal.ts";

/** Largest body, in bytes. */
const LARGEST = 1024 * 1024;

/**
 * The JSON of a body.
 *
 * @throws {Refusal} where it is too large, or no JSON
 */
export async function readJson(request: Request): Promise<unknown> {
  const text = new TextDecoder().decode(await readAll(request.body));
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal("invalid", [{ message: "body: Expected JSON", path: ["body"] }]);
  }
}

async function readAll(body: ReadableStream<Uint8Array> | null): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (const reader = body?.getReader(); reader !== undefined;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    // Read to the end all the same: on Node, a connection whose body is left half-read never carries another request.
    if (length <= LARGEST) chunks.push(value);
  }
  if (length > LARGEST) throw new Refusal("too_large", `body: Expected at most ${LARGEST} bytes`);
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
