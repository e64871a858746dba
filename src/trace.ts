import type { Parted } from "./headers.ts";
import type { Trace } from "./logs.ts";
import type { Fields } from "./types.ts";

/**
 * Gives a request its place in the trace that it comes with, or in a new one.
 *
 * @see https://www.w3.org/TR/trace-context/#traceparent-header
 */
export function openTrace({ forward, knobs }: Parted): Trace {
  const [, traceId, parentSpanId, flags] =
    /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})/.exec(forward["traceparent"] ?? "") ?? [];
  const spanId = newSpanId();
  if (isId(traceId) && isId(parentSpanId)) {
    return { traceId, parentSpanId, spanId, sampled: (parseInt(flags!, 16) & 1) === 1 };
  }
  const told = knobs?.["cf-aig-otel-trace-id"]?.toLowerCase() ?? "";
  const parent = knobs?.["cf-aig-otel-parent-span-id"]?.toLowerCase() ?? "";
  return {
    traceId: /^[0-9a-f]{32}$/.test(told) && isId(told) ? told : crypto.randomUUID().replaceAll("-", ""),
    ...(/^[0-9a-f]{16}$/.test(parent) && isId(parent) && { parentSpanId: parent }),
    spanId,
    sampled: true,
  };
}

/** An id of zeros is none. */
function isId(digits: string | undefined): digits is string {
  return digits !== undefined && !/^0+$/.test(digits);
}

/** 16 hexadecimal digits. */
export function newSpanId(): string {
  return crypto.randomUUID().replaceAll("-", "").slice(16);
}

/** What tells the next one in line where it stands. */
export function traceparent({ traceId, sampled }: Trace, spanId: string): Fields {
  return { traceparent: `00-${traceId}-${spanId}-${sampled ? "01" : "00"}` };
}
