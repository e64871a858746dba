/**
 * waygate: an AI gateway as one function from Request to Response.
 *
 * @module
 */
import { createGateway } from "./gateway.ts";
import { table } from "./providers/table.ts";
import type { Gateway } from "./public.ts";

export { bodyOf, jsonOf } from "./body.ts";
export { compose, when } from "./compose.ts";
export { createGateway } from "./gateway.ts";
export { forgetProvider } from "./epoch.ts";
export { explainRequest } from "./explain-request.ts";
export { GatewayError } from "./errors.ts";
export { inspectSettings } from "./inspect.ts";
export type { ErrorCode } from "./errors.ts";
export { fromCloudflare } from "./settings/cloudflare.ts";
export { memoryLogs } from "./memory-logs.ts";
export { answer, discard, succeeded } from "./outcome.ts";
export { memoryStore } from "./store.ts";
export type { DialectName, Usage } from "./dialects/dialect.ts";
export type { Explanation } from "./explain-request.ts";
export type { ExplainedChoice, ExplainedField, ExplainedStep } from "./explain-step.ts";
export type { ExplainedLimit } from "./explain-limits.ts";
export type { Inspection, Problem } from "./inspect.ts";
export type { Backoff, CommitPolicy, FallbackCause, Options } from "./options.ts";
export type {
  Binding,
  BreakerSettings,
  Budget,
  CacheSettings,
  Call,
  CloudflareSettings,
  Cors,
  Counted,
  Gateway,
  GatewaySettings,
  Layers,
  OtelTarget,
  Place,
  Price,
  Provider,
  RateLimit,
  RunOptions,
  Secret,
  Settings,
  Share,
  SpendLimits,
  SpendRule,
  StoredKey,
  Telemetry,
  Token,
  UniversalStep,
  Visit,
} from "./public.ts";
export type {
  AttemptNote,
  GatewayRetention,
  LogEntry,
  LogFilter,
  LoggedAttempt,
  LogKey,
  LogPage,
  LogPatch,
  LogQuery,
  LogRange,
  LogRecord,
  LogStore,
  RequestNote,
  Retention,
  StatsQuery,
  StatsRow,
  Trace,
} from "./logs.ts";
export type { Count, Counter, MemoryLimits, Store } from "./store.ts";
export type {
  Answer,
  Attempt,
  Authorize,
  Body,
  Choice,
  Context,
  Digest,
  Encoding,
  Ending,
  Failure,
  Fetch,
  FetchInit,
  Fields,
  Host,
  Layer,
  Ledger,
  Outcome,
  Plan,
  Reader,
  Respond,
  Stage,
  Step,
  Watched,
} from "./types.ts";

/** A gateway with no configuration: every account and gateway id is open, nothing is kept. */
export const handle: Gateway["handle"] = /* @__PURE__ */ (() => createGateway().handle)();

/** Slugs of the providers that are there without any settings. */
export const knownProviders: readonly string[] = Object.keys(table);
