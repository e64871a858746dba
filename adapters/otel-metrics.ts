import type { LogRecord } from "../src/index.ts";
import { emptyHistogram, type Histogram, observe } from "./histogram.ts";
import { errorOf } from "./otel-errors.ts";
import { attributes, type KeyValue, nanos, type Value } from "./otel-json.ts";
import { type Instrument, instruments } from "./otel-instruments.ts";
import { names, operationName, providerName } from "./otel-names.ts";

/** Longest model, in characters, by which anything is counted. */
const LONGEST = 256;
const CUMULATIVE = 2;

type Labels = readonly (readonly [key: string, value: Value])[];
/** What came together under one set of attributes. */
interface Series {
  readonly attributes: readonly KeyValue[];
  readonly histogram: Histogram;
}

/** Adds up what requests were like. */
export interface Meter {
  record(record: LogRecord): void;
  /** All sums so far, as OTLP JSON. */
  metrics(now: number): unknown[];
}

/** @param limit most sets of attributes of one instrument; the last one stands for all others */
export function createMeter(limit: number): Meter {
  const all = new Map<Instrument, Map<string, Series>>(
    Object.values(instruments).map((one) => [one, new Map()]),
  );
  let began = Infinity;

  function seriesOf(instrument: Instrument, labels: Labels): Series {
    const series = all.get(instrument)!;
    const key = JSON.stringify(labels);
    const known = series.get(key);
    if (known) return known;
    if (series.size < limit - 1) return open(series, key, labels, instrument);
    return series.get("") ?? open(series, "", [[names.overflow, true]], instrument);
  }

  function add(instrument: Instrument, value: number | null, labels: Labels): void {
    // Sums that only grow take nothing else, such as a cost below 0 that a client has made up.
    if (value === null || !(value >= 0)) return;
    observe(seriesOf(instrument, labels).histogram, instrument.bounds ?? [], value);
  }

  return {
    record(record) {
      began = Math.min(began, Date.parse(record.created_at));
      const { tokens, duration, firstChunk, requests, errors, cost, waste } = instruments;
      const gateway: Labels = [[names.gateway, record.gateway]];
      const called: Labels = [
        [names.provider, providerName(record.provider)],
        [names.model, record.model?.slice(0, LONGEST)],
      ];
      const operation: Labels = [...gateway, [names.operation, operationName(record.path)], ...called];
      const error: Labels = [[names.errorType, errorOf(record)]];
      const cached: Labels = [[names.cached, record.cached]];
      // What the gateway kept itself took no tokens.
      if (!record.cached) {
        add(tokens, record.tokens_in, [...operation, [names.tokenType, "input"]]);
        add(tokens, record.tokens_out, [...operation, [names.tokenType, "output"]]);
      }
      add(duration, record.duration / 1000, [...operation, ...cached, ...error]);
      add(firstChunk, record.ttft === null ? null : record.ttft / 1000, [...operation, ...cached]);
      add(requests, 1, [...gateway, ...called, [names.status, record.status_code], ...cached]);
      if (!record.success) add(errors, 1, [...gateway, ...called, ...error]);
      add(cost, record.cost, [...gateway, ...called]);
      add(waste, record.waste, [...gateway, ...called]);
    },
    metrics: (now) =>
      Array.from(all).filter(([, series]) => series.size > 0).map(([instrument, series]) =>
        metric(instrument, [...series.values()], { began, now: Math.max(began, now) })
      ),
  };
}

function open(all: Map<string, Series>, key: string, labels: Labels, { bounds = [] }: Instrument): Series {
  const series = { attributes: attributes(labels), histogram: emptyHistogram(bounds) };
  all.set(key, series);
  return series;
}

function metric(
  { name, unit, description, bounds, whole }: Instrument,
  series: readonly Series[],
  { began, now }: { readonly began: number; readonly now: number },
): unknown {
  const time = { startTimeUnixNano: nanos(began), timeUnixNano: nanos(now) };
  const sum = ({ sum }: Histogram) => whole ? { asInt: String(sum) } : { asDouble: sum };
  if (!bounds) {
    const dataPoints = series.map(({ attributes, histogram }) => ({
      attributes,
      ...time,
      ...sum(histogram),
    }));
    return {
      name,
      unit,
      description,
      sum: { dataPoints, aggregationTemporality: CUMULATIVE, isMonotonic: true },
    };
  }
  const dataPoints = series.map(({ attributes, histogram: { counts, count, sum, min, max } }) => ({
    attributes,
    ...time,
    count: String(count),
    sum,
    ...(count > 0 && { min, max }),
    bucketCounts: counts.map(String),
    explicitBounds: bounds,
  }));
  return { name, unit, description, histogram: { dataPoints, aggregationTemporality: CUMULATIVE } };
}
