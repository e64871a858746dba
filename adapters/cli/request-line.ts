import type { LogRecord } from "../../src/index.ts";
import { plain } from "./plain.ts";

/** What is written for each request. */
export interface RequestLine {
  /** When it came, such as `2026-11-22T12:00:00.000Z`. */
  readonly time: string;
  readonly method: string;
  /** Where it went: gateway id, provider and model; of a request that was refused at the door, its path. */
  readonly gateway?: string;
  readonly provider?: string;
  readonly model?: string | null;
  readonly path?: string;
  readonly status: number;
  /** Until its last byte. */
  readonly ms: number;
  readonly tokens_in?: number | null;
  readonly tokens_out?: number | null;
  /** USD. */
  readonly cost?: number | null;
  readonly cached?: boolean;
  /** How often providers were asked. */
  readonly attempts?: number;
  /** Index of the step that answered. */
  readonly step?: number;
  /** What went wrong, in a word. */
  readonly error?: string | null;
  /** `cf-aig-log-id`. */
  readonly id?: string;
}

/** What a record says in a line. */
export function lineOf(record: LogRecord): RequestLine {
  const { method, gateway, provider, model, tokens_in, tokens_out, cost, cached, step, id } = record;
  const broken = record.ending === "complete" ? null : record.ending;
  return {
    time: record.created_at,
    method,
    gateway,
    provider,
    model,
    status: record.status_code,
    ms: record.duration,
    tokens_in,
    tokens_out,
    cost,
    cached,
    attempts: record.attempts.length,
    step,
    error: record.error ?? broken,
    id,
  };
}

/** How a text is set off. */
export type Paint = (style: "green" | "red" | "dim", text: string) => string;

/** A line for people. */
export function tellLine(line: RequestLine, paint: Paint): string {
  const { gateway, provider, model, path = "", status, ms, error } = line;
  const time = new Date(line.time).toTimeString().slice(0, 8);
  const where = gateway === undefined ? [path] : [gateway, provider, model];
  const target = where.filter((part) => part !== null && part !== undefined).map(brief).join(" ");
  const what = [`${Math.round(ms)} ms`, ...tellCosts(line), ...tellTrouble(line), ...(error ? [error] : [])];
  const code = paint(status < 400 ? "green" : "red", String(status));
  return `${paint("dim", time)} ${brief(line.method)} ${target} ${code} ${what.join(", ")}`;
}

function tellCosts({ tokens_in, tokens_out, cost }: RequestLine): readonly string[] {
  const isKnown = (value: number | null | undefined) => value !== null && value !== undefined;
  const tokens = isKnown(tokens_in) || isKnown(tokens_out);
  return [
    ...(tokens ? [`${tokens_in ?? "?"}+${tokens_out ?? "?"} tokens`] : []),
    ...(isKnown(cost) ? [tellDollars(cost!)] : []),
  ];
}

function tellTrouble({ cached, attempts = 0, step = 0 }: RequestLine): readonly string[] {
  return [
    ...(cached ? ["cached"] : []),
    ...(attempts > 1 ? [`${attempts} attempts`] : []),
    ...(step > 0 ? [`fell back to step ${step}`] : []),
  ];
}

/** Cents, or of less than a dollar two digits that tell something. */
export function tellDollars(cost: number): string {
  return `$${cost === 0 || cost >= 0.995 ? cost.toFixed(2) : cost.toPrecision(2)}`;
}

/** A stranger's text, as much of it as a line has room for. */
function brief(text: string): string {
  const shown = plain(text);
  return shown.length > 120 ? `${shown.slice(0, 119)}…` : shown;
}
