import { isEncoded } from "./encoding.ts";
import { GatewayError } from "./errors.ts";
import type { Answer, Fields, Outcome } from "./types.ts";

/** Characters that a text has to have to be taken for a secret. */
const SHORTEST = 6;

/**
 * The key itself, unless it is JSON, which never travels, and what a step's header fields have that those without it
 * have not; as they are, and as JSON and URLs write them.
 */
export function secretsIn(headers: Fields, without: Fields, key: string): readonly string[] {
  const made = Object.entries(headers).filter(([name, value]) => without[name] !== value);
  const words = made.flatMap(([, value]) => [value, value.slice(value.lastIndexOf(" ") + 1)]);
  const plain = [...key.startsWith("{") ? [] : [key], ...words].filter(({ length }) => length >= SHORTEST);
  const written = plain.flatMap((secret) => [
    secret,
    JSON.stringify(secret).slice(1, -1),
    secret.replaceAll("/", "\\/"),
    encodeURIComponent(secret),
  ]);
  return [...new Set(written)].sort((one, other) => other.length - one.length);
}

/**
 * An outcome without the gateway's own secrets, which some providers repeat in their errors: asterisks stand for their
 * bytes, and a header field that holds one is left out.
 *
 * @param secrets tells them, where there is something to look through
 */
export function scrub(outcome: Outcome, secrets: () => readonly string[]): Outcome {
  if (outcome.kind === "answer") {
    const masked = { ...outcome, mask: (bytes: Uint8Array) => maskBytes(bytes.slice(), secrets()) };
    return outcome.response.ok ? masked : scrubAnswer(masked, secrets());
  }
  const { error } = outcome;
  if (error.description === undefined) return outcome;
  const description = mask(error.description, secrets());
  return { ...outcome, error: new GatewayError(error.code, error.message, { description }) };
}

function scrubAnswer(answer: Answer, secrets: readonly string[]): Answer {
  const { body, status, statusText, headers } = answer.response;
  const clean = new Headers(headers);
  if (isEncoded(headers)) return { ...answer, amendable: true, response: unreadable(answer.response, clean) };
  headers.forEach((value, name) => {
    if (mask(value, secrets) !== value) clean.delete(name);
  });
  const response = new Response(body && maskBody(body, secrets), {
    status,
    statusText: mask(statusText, secrets),
    headers: clean,
  });
  return { ...answer, amendable: true, response };
}

/** An error that comes compressed, though nobody asked for that, may hold a secret: its body is left out. */
function unreadable({ body, status, statusText }: Response, headers: Headers): Response {
  body?.cancel().catch(() => {});
  headers.delete("content-encoding");
  headers.delete("content-length");
  return new Response(null, { status, statusText, headers });
}

function mask(text: string, secrets: readonly string[]): string {
  return secrets.reduce((text, secret) => text.replaceAll(secret, "*".repeat(secret.length)), text);
}

/**
 * The same bytes, as many, but asterisks for each secret, wherever the body is cut: what may be the beginning of one
 * waits for the next chunk.
 */
export function maskBody(
  body: ReadableStream<Uint8Array>,
  secrets: readonly string[],
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let held = new Uint8Array();

  /** The bytes that go on now. */
  function take(chunk: Uint8Array): Uint8Array {
    const bytes = new Uint8Array(held.length + chunk.length);
    bytes.set(held);
    bytes.set(chunk, held.length);
    const text = textOf(bytes);
    maskBytes(bytes, secrets, text);
    const kept = Math.max(...secrets.map((secret) => overhang(text, secret)));
    held = bytes.slice(bytes.length - kept);
    return bytes.subarray(0, bytes.length - kept);
  }

  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      for (;;) {
        const { done, value } = await reader.read();
        const bytes = done ? held : take(value);
        if (bytes.length > 0) controller.enqueue(bytes);
        if (done) return controller.close();
        if (bytes.length > 0) return;
      }
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
}

const ASTERISK = 0x2a;

/** The same bytes, in which every secret is hidden. */
function maskBytes(bytes: Uint8Array, secrets: readonly string[], text: string = textOf(bytes)): Uint8Array {
  for (const secret of secrets) {
    for (let at = text.indexOf(secret); at >= 0; at = text.indexOf(secret, at + 1)) {
      bytes.fill(ASTERISK, at, at + secret.length);
    }
  }
  return bytes;
}

/** One character for each byte. */
function textOf(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}

/** How many characters at the end of a text a secret may begin with. */
function overhang(text: string, secret: string): number {
  for (let length = Math.min(secret.length - 1, text.length); length > 0; length--) {
    if (secret.startsWith(text.slice(text.length - length))) return length;
  }
  return 0;
}
