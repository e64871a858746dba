import { faults } from "../../src/testing/index.ts";
import type { Options } from "../../src/options.ts";

/** What every wait of the matrix is a multiple of, in ms: clocks that end a silence, and pauses of faults. */
export const BEAT = 300;

/** One fault as the matrix asks for it. */
export interface Row {
  /** Its name and settings, as a request names it. */
  readonly fault: string;
  /** Whether its answer is a good one, or when it goes wrong: before it has told anything, or after that. */
  readonly strikes: "never" | "before" | "after";
  /** Clocks that end its silence. */
  readonly clocks: Pick<Options, "requestTimeout" | "idleTimeout">;
  /** Whether the wait for its end says something; otherwise it takes its time by itself. */
  readonly timed: boolean;
  /** What the provider asks to wait before the next attempt, in ms. */
  readonly pause: number;
}

const patient = { requestTimeout: BEAT, idleTimeout: 10 * BEAT };
/** Settings of faults that would take too long, or would not be the same each time, without them. */
const settings: Readonly<Record<string, string>> = {
  "slow-headers": `ms=${BEAT}`,
  "slow-first-token": `ms=${BEAT}`,
  "pause": `ms=${BEAT}`,
  "drip": "ms=0",
  "drip-head": "ms=0",
  "break": "ms=100",
  "fin-chunked": "ms=100",
  "fin-length": "ms=100",
  "reset-chunked": "ms=100",
  "reset-length": "ms=100",
  "gzip-bomb": "mib=1",
};

/** Rows besides the one of every fault: hints of a provider that limits the rate, plain answers, longer waits. */
const further: readonly string[] = [
  "429;retry-after=0",
  "429;retry-after=1",
  "429;retry-after=31",
  `429;retry-after-ms=${BEAT}`,
  "429;retry-after-date=-60",
  "429;retry-after-date=60",
  "429;x-should-retry=false",
  "html;status=200",
  "error-event;kind=rate-limit",
  "error-event;kind=server",
  `slow-headers;ms=${3 * BEAT}`,
  `slow-first-token;ms=${3 * BEAT}`,
  "cut;after=0",
  "healthy;stream=0",
  "cut;stream=0",
  "break;stream=0",
  "stall;stream=0",
  "malformed;stream=0",
];

const never = /^(healthy|header-flood|pings-first|pause|drip|drip-head|slow-(headers|first-token);ms=300)\b/;
const after =
  /^(stall|cut|cut-in-event|break|malformed|missing-terminal|error-after-token|(reset|fin)-(chunked|length)|length-too-(large|small))(;|$)(?!after=0)/;

const clocks: readonly (readonly [fault: RegExp, clocks: Row["clocks"]])[] = [
  [/^(silence|half-head)$/, { requestTimeout: BEAT }],
  [/^(stall|pings|length-too-large)(;|$)/, { idleTimeout: BEAT }],
  [/^slow-.*=900$/, patient],
];

const pauses: Readonly<Record<string, number>> = {
  "429;retry-after=0": 0,
  "429;retry-after=1": 1000,
  [`429;retry-after-ms=${BEAT}`]: BEAT,
  "429;retry-after-date=-60": 0,
};

/** Pause of the gateway between two attempts, in ms. */
export const RETRY_DELAY = 20;

/** The row of a fault. */
function rowOf(fault: string): Row {
  return {
    fault,
    strikes: never.test(fault) ? "never" : after.test(fault) ? "after" : "before",
    timed: !/^(drip|gzip-bomb)/.test(fault),
    clocks: clocks.find(([pattern]) => pattern.test(fault))?.[1] ?? {},
    pause: pauses[fault] ?? RETRY_DELAY,
  };
}

const named = faults.map(({ name }) => settings[name] ? `${name};${settings[name]}` : name);

/** Every row, those of one fault beside each other. */
export const rows: readonly Row[] = named.flatMap((fault) => {
  const name = fault.split(";", 1)[0];
  return [fault, ...further.filter((other) => other.split(";", 1)[0] === name)].map(rowOf);
});
