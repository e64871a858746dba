import type { LogRecord, OtelTarget, Telemetry } from "../src/index.ts";
import { type MetricSettings, type OtelSettings, readSettings } from "./otel-settings.ts";

/** How collectors of gateways are told; where they are, each gateway says. */
export interface OtelExportersSettings
  extends Omit<OtelSettings, "url" | "headers" | "content_type" | "metrics"> {
  /** How metrics are sent; Cloudflare sends none. @default false */
  readonly metrics?: false | MetricSettings;
  /** Sends after each request, without waiting for others: on Workers timers end with the request. @default false */
  readonly each?: boolean;
}

/** Tells the collectors of gateways, each by an exporter of its own. */
export interface OtelExporters extends Telemetry {
  onEnd(record: LogRecord, targets: readonly OtelTarget[]): void | Promise<void>;
  /** Spans that are lost, of all collectors together. */
  readonly dropped: number;
}

/** What one of them does. */
export interface Exporter {
  onEnd(record: LogRecord): void;
  flush(): Promise<void>;
  readonly dropped: number;
}

/** How long an exporter is kept that nobody uses, in ms: longer than it ever tries to send something. */
const IDLE = 3_600_000;

/**
 * Exporters by gateway and collector. They outlive the settings that they come from, so that a change of others neither
 * splits batches nor begins sums anew.
 *
 * @param create makes one
 */
export function createExporters(
  { each = false, metrics = false, ...settings }: OtelExportersSettings,
  create: (settings: OtelSettings) => Exporter,
): OtelExporters {
  const { warn, now } = readSettings({ url: "", metrics, ...settings });
  const exporters = new Map<string, { readonly exporter: Exporter; used: number }>();
  let lost = 0;

  function find(gateway: string, target: OtelTarget): Exporter {
    const key = JSON.stringify([gateway, target]);
    const found = exporters.get(key);
    if (found) {
      found.used = now();
      return found.exporter;
    }
    forgetIdle();
    const exporter = create({
      ...settings,
      metrics,
      url: target.url,
      headers: fieldsOf(target),
      warn: (message) => warn(`gateway ${gateway}: ${message}`),
    });
    exporters.set(key, { exporter, used: now() });
    return exporter;
  }

  function forgetIdle(): void {
    for (const [key, { exporter, used }] of exporters) {
      if (used > now() - IDLE) continue;
      lost += exporter.dropped;
      exporters.delete(key);
    }
  }

  return {
    onEnd(record, targets) {
      const own = targets.map((target) => find(record.gateway, target));
      for (const exporter of own) exporter.onEnd(record);
      return each ? flushAll(own) : undefined;
    },
    flush: () => flushAll(Array.from(exporters.values(), ({ exporter }) => exporter)),
    get dropped() {
      return Array.from(exporters.values()).reduce((sum, { exporter }) => sum + exporter.dropped, lost);
    },
  };
}

async function flushAll(exporters: readonly Exporter[]): Promise<void> {
  await Promise.all(exporters.map((exporter) => exporter.flush()));
}

function fieldsOf({ headers = {}, authorization }: OtelTarget): Readonly<Record<string, string>> {
  const fields = new Headers(headers);
  if (authorization) fields.set("authorization", authorization);
  return Object.fromEntries(fields);
}
