import type { LoggedAttempt, LogRecord, Trace } from "../src/index.ts";
import { attemptErrorOf, errorOf, isOurs } from "./otel-errors.ts";
import { attributes, type KeyValue, nanos, text } from "./otel-json.ts";
import { names, operationName, providerName, RESERVED } from "./otel-names.ts";

/** A span in OTLP JSON. */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly flags: number;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly KeyValue[];
  readonly status: { readonly code?: number };
}

const SERVER = 2, CLIENT = 3;
const ERROR = { code: 2 }, UNSET = {};
/** Sampled, and somebody knows whether the parent is remote; the other, that it is. */
const LOCAL = 0x101, REMOTE = 0x301;

/** Attributes that are the gateway's to say. */
const OWN: ReadonlySet<string> = new Set(Object.values(names));

/** The spans of a request: its own and one for each attempt; none where its trace is not sampled. */
export function spansOf(record: LogRecord): Span[] {
  const { trace = inventTrace() } = record;
  return trace.sampled ? [serverSpan(record, trace), ...attemptSpans(record, trace)] : [];
}

function inventTrace(): Trace {
  return { traceId: crypto.randomUUID().replaceAll("-", ""), spanId: inventSpan(), sampled: true };
}

/** The later half of a random UUID; its first bit is set, so that it is never all zeros, which is no id. */
function inventSpan(): string {
  return crypto.randomUUID().slice(19).replace("-", "");
}

/** What a request did; tokens and cost are here alone, so that who adds up spans counts nothing twice. */
function serverSpan(record: LogRecord, { traceId, spanId, parentSpanId }: Trace): Span {
  const began = Date.parse(record.created_at);
  return {
    traceId,
    spanId,
    ...(parentSpanId !== undefined && { parentSpanId }),
    flags: parentSpanId === undefined ? LOCAL : REMOTE,
    name: nameOf(record),
    kind: SERVER,
    startTimeUnixNano: nanos(began),
    endTimeUnixNano: nanos(began + record.duration),
    attributes: attributes([
      [names.operation, operationName(record.path)],
      [names.provider, providerName(record.provider)],
      [names.model, record.model],
      [names.inputTokens, record.tokens_in],
      [names.outputTokens, record.tokens_out],
      [names.cachedTokens, record.tokens_cached],
      [names.reasoningTokens, record.tokens_reasoning],
      [names.cost, { double: record.cost }],
      [names.finishReasons, record.finish_reason === null ? null : [record.finish_reason]],
      [names.timeToFirstChunk, { double: record.ttft === null ? null : record.ttft / 1000 }],
      [names.errorType, errorOf(record)],
      [names.method, record.method],
      [names.status, record.status_code],
      [names.log, record.id],
      [names.event, record.event_id === record.id ? null : record.event_id],
      [names.gateway, record.gateway],
      [names.slug, record.provider],
      [names.step, record.step],
      [names.cached, record.cached],
      [names.ending, record.ending],
      [names.waste, { double: record.waste }],
      ...metadataOf(record),
    ]),
    status: isOurs(record) ? ERROR : UNSET,
  };
}

/** What the client says; it replaces nothing that the gateway says. */
function metadataOf({ metadata }: LogRecord): [string, string | number | boolean | null][] {
  const isOwn = (key: string) => OWN.has(key) || RESERVED.some((start) => key.startsWith(start));
  return Object.entries(metadata ?? {}).filter(([key]) => !isOwn(key));
}

function nameOf({ path, model }: LogRecord): string {
  return model === null ? operationName(path) : text(`${operationName(path)} ${model}`);
}

function attemptSpans(record: LogRecord, { traceId, spanId: parentSpanId }: Trace): Span[] {
  const began = Date.parse(record.created_at);
  const winner = record.attempts.findLast(({ step, result }) => step === record.step && isStatus(result));
  return record.attempts.map((attempt) => ({
    traceId,
    spanId: attempt.spanId ?? inventSpan(),
    parentSpanId,
    flags: LOCAL,
    name: attempt.step === record.step ? nameOf(record) : text(`attempt ${attempt.provider}`),
    kind: CLIENT,
    startTimeUnixNano: nanos(began + attempt.began),
    endTimeUnixNano: nanos(began + endOf(attempt, record, attempt === winner)),
    attributes: attemptAttributes(attempt, record),
    status: attemptErrorOf(attempt) === undefined ? UNSET : ERROR,
  }));
}

const isStatus = (result: unknown): result is number => typeof result === "number";

/** Ms from the request's beginning. Of an attempt that was given up nobody knows it: then no later than the answer. */
function endOf({ began, ms }: LoggedAttempt, { duration, ttfb, error }: LogRecord, won: boolean): number {
  if (won && error === null) return Math.max(began, duration);
  return ms === null ? Math.max(began, ttfb ?? duration) : began + ms;
}

function attemptAttributes(attempt: LoggedAttempt, record: LogRecord): KeyValue[] {
  // Path and model of a step that did not answer are not in the record.
  const same = attempt.step === record.step;
  return attributes([
    [names.operation, same ? operationName(record.path) : null],
    [names.provider, providerName(attempt.provider)],
    [names.model, same ? record.model : null],
    [names.errorType, attemptErrorOf(attempt)],
    [names.status, isStatus(attempt.result) ? attempt.result : null],
    [names.slug, attempt.provider],
    [names.step, attempt.step],
    [names.ending, attempt.ending],
    [names.attemptInput, attempt.tokens_in],
    [names.attemptOutput, attempt.tokens_out],
    [names.attemptCost, { double: attempt.cost }],
  ]);
}
