import { faults } from "../../src/testing/index.ts";
import type { Options } from "../../src/options.ts";
import type { GatewaySettings, Provider } from "../../src/public.ts";
import type { Draw } from "../support/draw.ts";

/** Keys that may be seen by providers and by nobody else. */
export const SECRET = "sk-soak-secret";

/** How a client behaves. */
export interface Manner {
  /** Pause after each chunk, in ms. */
  readonly pause: number;
  /** When it leaves, in ms; undefined for one that stays to the end. */
  readonly leaves?: number | "at the first chunk";
}

/** One request of a soak. */
export interface Visit {
  readonly shape: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
  /** The model, which no other request under way has: an answer with another's is somebody else's. */
  readonly mark: string;
  readonly manner: Manner;
}

/** What is asked of one provider. */
interface Call {
  readonly provider: string;
  readonly endpoint: string;
  readonly options: Options;
}

/** The gateway ids of a soak. */
export const gateways: Readonly<Record<string, GatewaySettings>> = {
  plain: {},
  breaking: { breaker: { minimum: 5, window: 2000, cooldown: 100 } },
};

/** The providers of a soak: all lead to faulty ones, and one of those has very much to say. */
export const providersAt = (
  faulty: string,
  refused: string,
  wordy: string,
): Record<string, Partial<Provider>> => ({
  faulty: { base: faulty },
  deaf: { base: refused },
  wordy: { base: wordy },
  crowded: { base: faulty, maxConcurrent: 4 },
  many: {
    base: faulty,
    spread: [{ key: `${SECRET}-1` }, { key: `${SECRET}-2`, weight: 2 }, { base: refused }],
  },
});

/** What would go on for longer than anybody waits who has no clock. */
const ENDLESS = ["silence", "half-head", "stall", "pings", "length-too-large", "drip", "drip-head"];
const names = faults.filter(({ kind }) => kind !== "address").map(({ name }) => name);
const ending = names.filter((name) => !ENDLESS.includes(name));
/** Settings without which a fault would cost the test more than the gateway. */
const cheaper: Readonly<Record<string, string>> = { "gzip-bomb": ";mib=1" };

const endpoints = [
  "v1/chat/completions",
  "v1/messages",
  "v1/responses",
  "v1beta/models/m:streamGenerateContent?alt=sse",
] as const;

/** Options as a native request tells them. */
const fields: Readonly<Partial<Record<keyof Options, string>>> = {
  requestTimeout: "cf-aig-request-timeout",
  idleTimeout: "waygate-idle-timeout",
  totalTimeout: "waygate-total-timeout",
  commit: "waygate-commit",
  maxAttempts: "cf-aig-max-attempts",
  retryDelay: "cf-aig-retry-delay",
};

/** What may be asked for, so that a client gets its answer within its patience. */
interface Terms {
  readonly faults: readonly string[];
  /** The same, where no option is given. */
  readonly unclocked: readonly string[];
  /** How often there is a clock for all of it. */
  readonly clocked: number;
}

const leaving: Terms = { faults: names, unclocked: names, clocked: 0.5 };
/** On a runtime that may not notice a leaver, a clock ends the call. */
const leavingUnseen: Terms = { faults: names, unclocked: ending, clocked: 1 };
const hurried: Terms = { faults: names, unclocked: ending, clocked: 1 };
const patient: Terms = { faults: ending, unclocked: ending, clocked: 0 };

type Shape = (draw: Draw, mark: string, terms: Terms) => Omit<Visit, "shape" | "mark" | "manner">;

const shapes: Readonly<Record<string, Shape>> = {
  untouched: (draw, mark, { unclocked }) => native(draw, mark, callOf(draw, unclocked, "faulty")),
  native: (draw, mark, terms) =>
    native(draw, mark, callOf(draw, terms.faults, providerOf(draw), clocks(draw, terms))),
  retried: (draw, mark, terms) =>
    native(draw, mark, callOf(draw, terms.faults, providerOf(draw), retries(draw, terms))),
  spread: (draw, mark, terms) => native(draw, mark, callOf(draw, terms.faults, "many", retries(draw, terms))),
  universal: (draw, mark, terms) => universal(draw, mark, terms, () => clocks(draw, terms)),
  hedged: (draw, mark, terms) =>
    universal(draw, mark, terms, () => ({ ...clocks(draw, terms), hedgeAfter: draw.between(1, 40) })),
};

/**
 * Draws a request.
 *
 * @param noticed whether the runtime notices everybody who leaves
 */
export function drawVisit(draw: Draw, mark: string, noticed: boolean): Visit {
  const shape = draw.of(Object.keys(shapes));
  const parting = noticed ? leaving : leavingUnseen;
  const terms = draw.of([parting, hurried, patient]);
  const manner = terms === parting ? leaver(draw) : { pause: draw.chance(0.2) ? draw.between(1, 8) : 0 };
  return { shape, mark, manner, ...shapes[shape]!(draw, mark, terms) };
}

function leaver(draw: Draw): Manner {
  return { pause: draw.between(0, 4), leaves: draw.chance(0.3) ? "at the first chunk" : draw.between(0, 80) };
}

function native(draw: Draw, mark: string, { provider, endpoint, options }: Call): ReturnType<Shape> {
  const knobs = Object.entries(options).map(([name, value]) => [fields[name as keyof Options]!, `${value}`]);
  return {
    path: `/v1/a/${gatewayOf(draw)}/${provider}/${endpoint}`,
    headers: { authorization: `Bearer ${SECRET}`, ...Object.fromEntries(knobs) },
    body: JSON.stringify(queryOf(draw, mark)),
  };
}

function universal(
  draw: Draw,
  mark: string,
  { faults }: Terms,
  drawOptions: () => Options,
): ReturnType<Shape> {
  const steps = Array.from({ length: draw.between(1, 3) }, () => {
    const { provider, endpoint, options } = callOf(draw, faults, providerOf(draw), drawOptions());
    const authorization = `Bearer ${SECRET}`;
    return { provider, endpoint, authorization, config: options, query: queryOf(draw, mark) };
  });
  return { path: `/v1/a/${gatewayOf(draw)}`, headers: {}, body: JSON.stringify(steps) };
}

function callOf(draw: Draw, faults: readonly string[], provider: string, options: Options = {}): Call {
  const fault = provider === "wordy" || draw.chance(0.4) ? "healthy" : draw.of(faults);
  return { provider, options, endpoint: `fault/${fault}${cheaper[fault] ?? ""}/${draw.of(endpoints)}` };
}

const queryOf = (draw: Draw, mark: string) => ({ model: mark, stream: draw.chance(0.7), messages: [] });
const gatewayOf = (draw: Draw) => draw.of(Object.keys(gateways));
const providerOf = (draw: Draw) =>
  draw.chance(0.005) ? "wordy" : draw.of(["faulty", "faulty", "crowded", "many", "deaf"]);

function retries(draw: Draw, terms: Terms): Options {
  return { ...clocks(draw, terms), maxAttempts: draw.between(2, 3), retryDelay: draw.between(0, 10) };
}

function clocks(draw: Draw, { clocked }: Terms): Options {
  const ms = () => draw.between(20, 100);
  return {
    ...(draw.chance(0.5) && { requestTimeout: ms() }),
    ...(draw.chance(0.5) && { idleTimeout: ms() }),
    ...(draw.chance(clocked) && { totalTimeout: ms() }),
    ...(draw.chance(0.5) && { commit: draw.of(["headers", "event", "complete"] as const) }),
  };
}
