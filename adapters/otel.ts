import type { LogRecord } from "../src/index.ts";
import { type After, type Channel, createChannel } from "./otel-channel.ts";
import { deliver, type Delivered } from "./otel-deliver.ts";
import { createExporters, type OtelExporters, type OtelExportersSettings } from "./otel-exporters.ts";
import { attributes } from "./otel-json.ts";
import { createMeter } from "./otel-metrics.ts";
import { names, SCHEMA } from "./otel-names.ts";
import { type OtelSettings, readPlaces, readSettings } from "./otel-settings.ts";
import { type Span, spansOf } from "./otel-spans.ts";
import { within } from "./within.ts";

export type { OtelExporters, OtelExportersSettings } from "./otel-exporters.ts";
export type { MetricSettings, OtelSettings } from "./otel-settings.ts";

/** Tells an OpenTelemetry collector of requests. */
export interface OtelExporter {
  /** Takes the record of a request that has ended. It waits for nothing. */
  onEnd(record: LogRecord): void;
  /** Sends what waits; resolves when that is done or given up, at the latest after `timeout`. It never rejects. */
  flush(): Promise<void>;
  /** Spans that are lost: the queue was full, or the collector refused them or could not be reached. */
  readonly dropped: number;
}

/**
 * Sends a span for each request and each attempt, and metrics, by OTLP over HTTP as JSON.
 *
 * @throws {TypeError} when a setting is wrong; values of header fields are not told
 */
export function otelExporter(settings: OtelSettings): OtelExporter {
  const { headers, batch, queue, interval, timeout, metrics, warn, fetch, now } = readSettings(settings);
  const after = settings.after ?? later;
  const places = readPlaces(settings.url);
  const { resource } = settings;
  const waiting: Span[] = [];
  const meter = metrics && createMeter(metrics.limit);
  let dropped = 0, sending = 0;
  let dirty = false, owed = false;
  // Made when it is needed: on Workers nothing is random before the first request.
  let instance: string | undefined;

  function wrap(kind: "Spans" | "Metrics", inner: object): string {
    instance ??= crypto.randomUUID();
    const service = { [names.service]: "waygate", [names.instance]: instance, ...resource };
    const scope = { scope: { name: "waygate" }, ...inner, schemaUrl: SCHEMA };
    const whole = {
      resource: { attributes: attributes(Object.entries(service)) },
      [`scope${kind}`]: [scope],
    };
    return JSON.stringify({ [`resource${kind}`]: [whole] });
  }

  /** Delivers, and says when that begins to fail. */
  function courier(
    what: string,
    url: string,
  ): (body: string, extend: (ms: number) => void) => Promise<Delivered> {
    let failing = false;
    return async (body, extend) => {
      const delivered = await deliver(body, {
        postbox: { url, headers, fetch, timeout, now },
        after,
        extend,
      });
      if (!delivered.taken && !failing) warn(`otel: the collector of ${what} ${delivered.why}`);
      failing = !delivered.taken;
      return delivered;
    };
  }

  const sendSpans = courier("traces", places.traces);
  const sendMetrics = courier("metrics", places.metrics);
  const schedule = { now, after };
  const traces: Channel = createChannel({
    ...schedule,
    interval,
    waits: () => waiting.length > 0,
    full: () => waiting.length >= batch,
    async work(extend) {
      dropped += sending; // Of a call that never came back.
      for (let left = waiting.length; left > 0; left -= batch) {
        const spans = waiting.splice(0, Math.min(batch, left));
        sending = spans.length;
        const delivered = await sendSpans(wrap("Spans", { spans }), extend);
        sending = 0;
        dropped += delivered.taken ? Math.min(delivered.rejected, spans.length) : spans.length;
      }
    },
  });
  const sums: Channel | undefined = meter && createChannel({
    ...schedule,
    interval: metrics.interval,
    waits: () => dirty,
    full: () => false,
    async work(extend) {
      if (!dirty && !owed) return;
      dirty = false;
      const { taken } = await sendMetrics(wrap("Metrics", { metrics: meter.metrics(now()) }), extend);
      owed = !taken; // What is added next goes with it, so that nothing has to wait for it.
    },
  });

  return {
    onEnd(record) {
      const spans = spansOf(record);
      if (waiting.length + spans.length <= queue) waiting.push(...spans);
      else dropped += spans.length;
      if (waiting.length > 0) traces.soon();
      meter?.record(record);
      dirty = true;
      sums?.soon();
    },
    async flush() {
      await within(timeout, new AbortController().signal, Promise.all([traces.flush(), sums?.flush()]));
    },
    get dropped() {
      return dropped;
    },
  };
}

/**
 * What the settings of a gateway have as `otel`: it tells the collectors that each gateway id has as its own `otel`.
 *
 * @throws {TypeError} when a setting is wrong
 */
export function otelExporters(settings: OtelExportersSettings = {}): OtelExporters {
  return createExporters(settings, otelExporter);
}

/** A timer that, where it can be told so, keeps no process from ending. */
const later: After = (ms, run) => {
  const timer: unknown = setTimeout(run, ms);
  (timer as { readonly unref?: () => void }).unref?.();
  return () => clearTimeout(timer as number);
};
