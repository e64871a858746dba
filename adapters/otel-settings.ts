import type { Fetch } from "../src/index.ts";

/** Where telemetry goes, and how. */
export interface OtelSettings {
  /** The collector, such as `http://127.0.0.1:4318`; also the whole URL of its traces, if that ends in `/v1/traces`. */
  readonly url: string;
  /** Header fields for the collector, such as `authorization`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** As Cloudflare calls it; its `protobuf` is not spoken. @default "json" */
  readonly content_type?: "json";
  /** Attributes of the service. @default `service.name` is `waygate`, `service.instance.id` a random UUID */
  readonly resource?: Readonly<Record<string, string | number | boolean>>;
  /** Longest that spans wait, in ms. @default 5000 */
  readonly interval?: number;
  /** Most spans of one call; as many are sent at once. @default 512 */
  readonly batch?: number;
  /** Most spans that wait; what comes then is dropped. @default 2048 */
  readonly queue?: number;
  /** Longest that one call to the collector, or a `flush`, may take, in ms. @default 10000 */
  readonly timeout?: number;
  /** How metrics are sent; false for none. */
  readonly metrics?: false | MetricSettings;
  /** Is told when the collector begins to fail; no secret is in it. @default console.warn */
  readonly warn?: (message: string) => void;
  /** Calls the collector. @default globalThis.fetch */
  readonly fetch?: Fetch;
  /** The clock, in ms since the epoch. @default Date.now */
  readonly now?: () => number;
  /** Calls something later, and gives what prevents it. @default setTimeout, which keeps no process alive */
  readonly after?: (ms: number, run: () => void) => () => void;
}

/** How metrics are sent. */
export interface MetricSettings {
  /** Longest that they wait, in ms. @default 60000 */
  readonly interval?: number;
  /** Most sets of attributes of one metric; what is beyond counts as `otel.metric.overflow`. @default 2000 */
  readonly limit?: number;
}

/** Settings that were checked and completed. */
export interface CheckedOtel {
  readonly headers: Readonly<Record<string, string>>;
  readonly interval: number;
  readonly batch: number;
  readonly queue: number;
  readonly timeout: number;
  readonly metrics: Required<MetricSettings> | undefined;
  readonly warn: (message: string) => void;
  readonly fetch: Fetch;
  readonly now: () => number;
}

/** Longest time that timers take, in ms. */
const LONGEST = 2 ** 31 - 1;

/** @throws {TypeError} naming the setting and what was expected */
export function readSettings(settings: OtelSettings): CheckedOtel {
  const { content_type = "json", metrics = {}, batch = 512, queue = 2048 } = settings;
  if (content_type !== "json") throw unfit("content_type", "json; protobuf is not spoken");
  const { interval = 60_000, limit = 2000 } = metrics || {};
  return {
    headers: { ...readHeaders(settings.headers), "content-type": "application/json" },
    interval: whole("interval", settings.interval ?? 5000, 0),
    batch: whole("batch", batch, 1),
    queue: whole("queue", queue, 1),
    timeout: whole("timeout", settings.timeout ?? 10_000, 1),
    metrics: metrics && {
          interval: whole("metrics.interval", interval, 0),
          limit: whole("metrics.limit", limit, 1),
        } || undefined,
    warn: settings.warn ?? ((message) => console.warn(message)),
    fetch: settings.fetch ?? ((url, init) => fetch(url, init)),
    now: settings.now ?? Date.now,
  };
}

/** Where traces and metrics go. @throws {TypeError} when that is no URL */
export function readPlaces(url: string): { readonly traces: string; readonly metrics: string } {
  const base = URL.canParse(url) ? new URL(url) : undefined;
  if (!base || !/^https?:$/.test(base.protocol) || base.username || base.password || base.hash) {
    throw unfit("url", "an absolute http or https URL without credentials or fragment");
  }
  const root = base.pathname.replace(/\/(v1\/traces\/?)?$/, "");
  const at = (path: string) => base.origin + root + path + base.search;
  return { traces: /\/v1\/traces$/.test(base.pathname) ? url : at("/v1/traces"), metrics: at("/v1/metrics") };
}

/** Header fields by lower-case name. What a runtime says of one that is wrong may quote it, so that it is not told. */
function readHeaders(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  try {
    return Object.fromEntries(new Headers(headers));
  } catch {
    throw unfit("headers", "names and values of header fields");
  }
}

function whole(name: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least && value <= LONGEST) return value;
  throw unfit(name, `a whole number of at least ${least}`);
}

function unfit(name: string, expected: string): TypeError {
  return new TypeError(`otelExporter: ${name}: Expected ${expected}`);
}
