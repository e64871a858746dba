import { SECOND_BOUNDS, TOKEN_BOUNDS } from "./otel-names.ts";

/** What is counted, and how it is told. */
export interface Instrument {
  readonly name: string;
  readonly unit: string;
  readonly description: string;
  /** Of a histogram alone. */
  readonly bounds?: readonly number[];
  /** Whether its sum is told as an integer. */
  readonly whole?: boolean;
}

type Named = "tokens" | "duration" | "firstChunk" | "requests" | "errors" | "cost" | "waste";

/** Every metric. */
export const instruments: Readonly<Record<Named, Instrument>> = {
  tokens: {
    name: "gen_ai.client.token.usage",
    unit: "{token}",
    description: "Number of input and output tokens used.",
    bounds: TOKEN_BOUNDS,
  },
  duration: {
    name: "gen_ai.client.operation.duration",
    unit: "s",
    description: "GenAI operation duration.",
    bounds: SECOND_BOUNDS,
  },
  firstChunk: {
    name: "gen_ai.client.operation.time_to_first_chunk",
    unit: "s",
    description: "Time to receive the first chunk.",
    bounds: SECOND_BOUNDS,
  },
  requests: { name: "waygate.requests", unit: "{request}", description: "Requests that ended.", whole: true },
  errors: {
    name: "waygate.errors",
    unit: "{request}",
    description: "Requests that ended without success.",
    whole: true,
  },
  cost: { name: "waygate.cost", unit: "{USD}", description: "Cost of the answers that clients got." },
  waste: { name: "waygate.waste", unit: "{USD}", description: "Cost of answers that no client got." },
};
