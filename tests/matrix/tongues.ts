import { type Row, rows } from "./rows.ts";

/** A protocol that clients read. */
export interface Tongue {
  readonly name: string;
  readonly endpoint: string;
  /** Fields that ask for a stream where the body does not. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Finds error events. */
  readonly error: RegExp;
  /** Ends what ends between two events. @default a blank line */
  readonly boundary?: RegExp;
  /** Which rows it is tried with. @default all */
  readonly faults?: readonly string[];
}

/** Faults whose consequences depend on the protocol. */
const telling: readonly string[] = [
  "healthy",
  "filtered",
  "error-json",
  "429",
  "slow-first-token;ms=900",
  "stall",
  "cut",
  "cut;after=0",
  "cut-in-event",
  "break;ms=100",
  "malformed",
  "missing-terminal",
  "error-event",
  "error-event;kind=rate-limit",
  "error-after-start",
  "error-after-token",
  "empty",
  "start-only",
  "pings",
  "pings-only",
  "pings-first",
];

const errorEvent = /^event: error\ndata: .*\n\n/gm;
const errorObject = /^data: \{"error":.*\}\n\n/gm;

export const tongues: readonly Tongue[] = [
  { name: "openai", endpoint: "v1/chat/completions", error: errorObject },
  { name: "responses", endpoint: "v1/responses", error: errorEvent, faults: telling },
  { name: "anthropic", endpoint: "v1/messages", error: errorEvent, faults: telling },
  {
    name: "gemini",
    endpoint: "v1beta/models/m:streamGenerateContent?alt=sse",
    error: errorObject,
    faults: telling,
  },
  {
    name: "gemini-array",
    endpoint: "v1beta/models/m:streamGenerateContent",
    error: /\{"error":/g,
    boundary: /\}$/,
    faults: telling,
  },
  { name: "cohere", endpoint: "v2/chat", error: /"finish_reason":"ERROR"/g, faults: telling },
  { name: "workers-ai", endpoint: "@cf/meta/m", error: /"success":false/g, faults: telling },
  {
    name: "replicate",
    endpoint: "v1/predictions",
    headers: { "accept": "text/event-stream" },
    error: errorEvent,
    faults: telling,
  },
  { name: "tgi", endpoint: "generate_stream", error: /"error_type":/g, faults: telling },
  {
    name: "bedrock",
    endpoint: "model/m/converse-stream",
    error: /:exception-type/g,
    boundary: /^$/,
    faults: telling,
  },
];

/** The rows of a protocol. */
export const rowsOf = ({ faults }: Tongue): readonly Row[] =>
  rows.filter(({ fault }) => !faults || faults.includes(fault));
