import type { LoggedAttempt, LogRecord } from "../src/index.ts";
import { emptyHistogram, observe } from "./histogram.ts";
import { boundSets, type Chosen, OTHER } from "./prometheus-sets.ts";
import { expose, type Family, type Labels, type Sample, TEXT } from "./prometheus-text.ts";

/** What is counted, and how. */
export interface PrometheusSettings {
  /** Most sets of gateway, provider and model that are counted apart; what is beyond is `other`. @default 500 */
  readonly limit?: number;
  /** Upper bounds of the buckets of both histograms, in seconds. @default from 0.01 to 163.84, each twice the one before */
  readonly buckets?: readonly number[];
  /** Whether requests, tokens and money are also counted by who asked, in a label `caller`. @default false */
  readonly callers?: boolean;
}

/** Counts requests for Prometheus. */
export interface PrometheusMetrics {
  /** Counts a request that has ended. */
  onEnd(record: LogRecord): void;
  /** All counts so far, in the text format 0.0.4. */
  text(): string;
  /** Answers a scrape; it lets everybody in. */
  handle(request: Request): Response;
}

/** A metric that grows. */
interface Metric extends Family {
  add(labels: Labels, value: number | null): void;
}

/**
 * Counts requests in memory and tells them to Prometheus.
 *
 * @throws {TypeError} when a setting is wrong
 */
export function prometheusMetrics(settings: PrometheusSettings = {}): PrometheusMetrics {
  const { limit = 500, buckets = DEFAULT_BUCKETS, callers = false } = settings;
  check(limit, buckets);
  const bound = boundSets(limit);
  const boundProvider = boundSets(limit);
  const metrics = {
    requests: metric("waygate_requests_total", "Requests that ended, by class of their status."),
    tokens: metric("waygate_tokens_total", "Tokens of prompts and answers that clients got."),
    cost: metric("waygate_cost_dollars_total", "Cost of the answers that clients got, in USD."),
    waste: metric("waygate_waste_dollars_total", "Cost of answers that no client got, in USD."),
    duration: metric("waygate_request_duration_seconds", "Time until the last byte.", buckets),
    firstToken: metric("waygate_time_to_first_token_seconds", "Time until a stream told something.", buckets),
    attempts: metric("waygate_attempts_total", "Attempts at providers, by what came of them."),
  };
  const text = () => expose(Object.values(metrics));

  return {
    onEnd(record) {
      const chosen = bound({
        gateway: record.gateway,
        provider: record.provider,
        model: record.model ?? "",
        ...(callers && { caller: record.caller ?? "" }),
      });
      count(metrics, record, chosen);
      for (const attempt of record.attempts) {
        const { provider } = boundProvider({ gateway: "", provider: attempt.provider, model: "" });
        metrics.attempts.add({ provider, outcome: outcomeOf(attempt) }, 1);
      }
    },
    text,
    handle({ method }) {
      if (method === "GET") return new Response(text(), { headers: { "content-type": TEXT } });
      if (method === "HEAD") return new Response(null, { headers: { "content-type": TEXT } });
      return new Response("Method not allowed\n", { status: 405, headers: { allow: "GET, HEAD" } });
    },
  };
}

const DEFAULT_BUCKETS: readonly number[] = Array.from({ length: 15 }, (_, power) => 2 ** power / 100);

function check(limit: number, buckets: readonly number[]): void {
  if (!Number.isSafeInteger(limit) || limit < 1) {
    throw new TypeError("prometheusMetrics: limit: Expected a whole number of at least 1");
  }
  const rises = (bound: number, place: number) =>
    Number.isFinite(bound) && bound > (buckets[place - 1] ?? -Infinity);
  if (!Array.isArray(buckets) || !buckets.every(rises)) {
    throw new TypeError("prometheusMetrics: buckets: Expected numbers, each greater than the one before");
  }
}

function metric(name: string, help: string, bounds?: readonly number[]): Metric {
  const samples = new Map<string, Sample>();
  return {
    name,
    help,
    ...(bounds && { bounds }),
    samples: { [Symbol.iterator]: () => samples.values() },
    add(labels, value) {
      // Counters only grow: a cost below 0, which a client may make up, is none.
      if (value === null || !(value >= 0)) return;
      const key = JSON.stringify(labels);
      const sample = samples.get(key) ?? { labels, histogram: emptyHistogram(bounds ?? []) };
      samples.set(key, sample);
      observe(sample.histogram, bounds ?? [], value);
    },
  };
}

type Counted = "requests" | "tokens" | "cost" | "waste" | "duration" | "firstToken";

function count(metrics: Readonly<Record<Counted, Metric>>, record: LogRecord, chosen: Chosen): void {
  const labels = { ...chosen };
  const { gateway, provider, model } = chosen;
  const timed = { gateway, provider, model };
  const cached = String(record.cached);
  metrics.requests.add({ ...labels, status: classOf(record.status_code), cached }, 1);
  metrics.tokens.add({ ...labels, cached, direction: "input" }, record.tokens_in);
  metrics.tokens.add({ ...labels, cached, direction: "output" }, record.tokens_out);
  metrics.cost.add(labels, record.cost);
  metrics.waste.add(labels, record.waste);
  metrics.duration.add({ ...timed, cached }, record.duration / 1000);
  metrics.firstToken.add({ ...timed, cached }, record.ttft === null ? null : record.ttft / 1000);
}

function classOf(status: number): string {
  return status >= 100 && status < 600 ? `${Math.floor(status / 100)}xx` : OTHER;
}

/** `ok`, a class of statuses, or a word for what went wrong. */
function outcomeOf({ result, ending }: LoggedAttempt): string {
  if (result === null) return "aborted";
  if (typeof result === "string") return result;
  if (result >= 400) return classOf(result);
  return ending === null || ending === "complete" ? "ok" : ending;
}
