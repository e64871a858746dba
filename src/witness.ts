import type { Dialect, Framing, StreamError, Usage } from "./dialects/dialect.ts";
import { parse } from "./parse.ts";
import { isEncoded } from "./encoding.ts";
import { GatewayError } from "./errors.ts";
import { BODILESS } from "./headers.ts";
import { concat } from "./peek.ts";
import { blame, createStreamWitness } from "./stream-witness.ts";
import type { Answer } from "./types.ts";

/** Judges an answer while its bytes pass. */
export interface Witness {
  /** Whether it is a stream whose events can be read. */
  readonly reads: boolean;
  /** Events so far. */
  readonly events: number;
  /** Of these, events that told something of the answer; where events cannot be read, chunks. */
  readonly told: number;
  /** Whether it told something of the answer before anything went wrong. */
  readonly spoke: boolean;
  /** What went wrong first: an error event, or data that are none. */
  readonly flaw: GatewayError | undefined;
  /** Whether the provider itself told of an error. */
  readonly blamed: boolean;
  /** Whether an answer that ends here is complete. */
  readonly whole: boolean;
  /** Tokens as far as it told of them. */
  readonly usage: Usage | undefined;
  /** Why the model stopped, as far as it told. */
  readonly reason: string | undefined;
  hear(chunk: Uint8Array): void;
  /** The provider has ended the answer. */
  close(): void;
  /** The answer belongs to the client: what only goes on with it need not be read any more. */
  trust(): void;
  /** The error event that may follow the bytes so far; undefined where none may. */
  farewell(error: StreamError): Uint8Array<ArrayBuffer> | undefined;
}

/** While it is being made. */
type Mutable<Type> = { -readonly [Name in keyof Type]: Type[Name] };

/** The witness of an answer: it reads where the answer is a stream in the step's dialect, and is not compressed. */
export function witnessOf(answer: Answer): Witness {
  const framing = framingOf(answer);
  if (framing) return createStreamWitness(answer.step.dialect!, framing);
  return meters(answer) ? createMeter(answer.step.dialect!) : createBystander();
}

/** Whether somebody has to know what a plain answer tells of tokens. */
function meters({ step: { dialect, metered }, response: { ok, headers } }: Answer): boolean {
  return metered && ok && dialect !== undefined && isJsonType(mediaType(headers)) && !isEncoded(headers);
}

/** How the events of an answer are framed, if it is a stream whose events can be read. */
export function framingOf({ step: { dialect }, response }: Answer): Framing | undefined {
  const { ok, status, headers } = response;
  const framing = dialect?.framings[mediaType(headers)];
  return ok && framing && !BODILESS.has(status) && !isEncoded(headers) ? framing : undefined;
}

/** What is wrong with a whole answer: an event or all of it says JSON and is none, or is an error. */
export function flawOf(answer: Answer, bytes: Uint8Array): GatewayError | undefined {
  const { step: { dialect }, response: { status, headers } } = answer;
  const framing = framingOf(answer);
  if (framing) return flawIn(createStreamWitness(dialect!, framing), bytes);
  if (!isJsonType(mediaType(headers)) || BODILESS.has(status) || isEncoded(headers)) return undefined;
  const data = new TextDecoder().decode(bytes);
  if (parse(data) === undefined) return new GatewayError("malformed");
  const { error } = dialect?.read({ type: "message", data }) ?? {};
  return error && blame(error);
}

function flawIn(witness: Witness, bytes: Uint8Array): GatewayError | undefined {
  witness.hear(bytes);
  witness.close();
  return witness.flaw;
}

/** `stream+json` is a line for each event. */
function isJsonType(type: string): boolean {
  return /[/+]json$/.test(type) && type !== "application/stream+json";
}

/** The media type of a body, without its parameters. */
export function mediaType(headers: Headers): string {
  return (headers.get("content-type") ?? "").split(";", 1).join().trim().toLowerCase();
}

/** A witness that cannot read: every chunk tells something, every end is a good one. */
function createBystander(): Mutable<Witness> {
  const witness: Mutable<Witness> = {
    reads: false,
    events: 0,
    told: 0,
    spoke: false,
    flaw: undefined,
    blamed: false,
    whole: true,
    usage: undefined,
    reason: undefined,
    hear() {
      witness.told++;
      witness.spoke = true;
    },
    close() {},
    trust() {},
    farewell: () => undefined,
  };
  return witness;
}

/** Bytes of a plain answer whose tokens are looked for; those of a longer one stay unknown. */
const LONGEST_METERED = 4 * 1024 * 1024;

/** A bystander that remembers what it heard, and reads in the end what that tells of tokens. */
function createMeter(dialect: Dialect): Witness {
  const witness = createBystander();
  let chunks: Uint8Array[] = [];
  let length = 0;
  return Object.assign(witness, {
    hear(chunk: Uint8Array) {
      witness.told++;
      witness.spoke = true;
      length += chunk.byteLength;
      if (length <= LONGEST_METERED) chunks.push(chunk);
    },
    close() {
      if (length > LONGEST_METERED) return;
      const data = new TextDecoder().decode(concat(chunks, length));
      chunks = [];
      const { usage, reason } = dialect.read({ type: "message", data });
      witness.usage = usage;
      witness.reason = reason;
    },
  });
}
