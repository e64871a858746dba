import type { Cell } from "./cells.ts";
import type { Providers } from "./providers.ts";
import { RETRY_DELAY, type Row } from "./rows.ts";

/** A number beyond 2^53 and odd spaces, which survive only where nobody prints them again. */
export const QUERY =
  `{"model":"m", "stream" :true,"max_tokens":64,"messages":[],"seed":12345678901234567891}`;

/** What a client asks. */
export interface Question {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

type Address = keyof Providers["urls"];
/** Faults that do not live with all the others. */
const elsewhere: Readonly<Record<string, Address>> = { "refused": "deaf", "length-too-small": "muddy" };
const homeOf = ({ fault }: Row): Address => elsewhere[fault] ?? "faulty";
const path = (fault: string, { endpoint }: Cell["tongue"]) => `fault/${fault}/${endpoint}`;

/** The healthy answer that stands beside a row's. */
export const healthyOf = ({ fault }: Row): string =>
  fault.endsWith(";stream=0") ? "healthy;stream=0" : "healthy";

/** Asks the provider itself. */
export function alone({ tongue, row }: Pick<Cell, "tongue" | "row">, { urls }: Providers): Question {
  return {
    url: `${urls[homeOf(row)]}/${path(row.fault, tongue)}`,
    headers: { "content-type": "application/json", ...tongue.headers },
    body: QUERY,
  };
}

/** Asks a gateway; the key tells the provider's calls for this cell from all others. */
export function question(cell: Cell, gateway: string, key: string): Question {
  const { tongue, row, way } = cell;
  const once = way.attempts > 1 ? ";times=1" : "";
  const { headers: fields } = tongue;
  const step = {
    provider: homeOf(row),
    headers: fields,
    endpoint: path(`${row.fault}${once};key=${key}`, tongue),
  };
  const headers = headersOf(cell);
  if (way.native) {
    return { url: `${gateway}/v1/a/g/${step.provider}/${step.endpoint}`, headers, body: QUERY };
  }
  const healthy = {
    provider: "well",
    headers: fields,
    endpoint: path(`${healthyOf(row)};key=${key}`, tongue),
  };
  const steps = way.fallback ? [step, healthy] : [step];
  const bodies = steps.map((step) => `${JSON.stringify(step).slice(0, -1)},"query":${QUERY}}`);
  return { url: `${gateway}/v1/a/g`, headers, body: `[${bodies}]` };
}

function headersOf({ tongue, row: { clocks }, way, policy, untold }: Cell): Record<string, string> {
  return {
    "content-type": "application/json",
    ...tongue.headers,
    ...(!untold && { "waygate-commit": policy }),
    "cf-aig-max-attempts": String(way.attempts),
    "cf-aig-retry-delay": String(RETRY_DELAY),
    ...(clocks.requestTimeout && { "cf-aig-request-timeout": String(clocks.requestTimeout) }),
    ...(clocks.idleTimeout && { "waygate-idle-timeout": String(clocks.idleTimeout) }),
  };
}
