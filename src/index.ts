/**
 * waygate: an AI gateway as one function from Request to Response.
 *
 * @module
 */
import { createGateway } from "./gateway.ts";
import type { Gateway } from "./types.ts";

export { createGateway } from "./gateway.ts";
export { GatewayError } from "./errors.ts";
export type { ErrorCode } from "./errors.ts";
export { memoryStore } from "./store.ts";
export type {
  Backoff,
  Binding,
  BreakerSettings,
  Cors,
  Count,
  Counter,
  Encoding,
  Fetch,
  FetchInit,
  Fields,
  Gateway,
  GatewaySettings,
  Host,
  Options,
  Place,
  Provider,
  RunOptions,
  Settings,
  Share,
  Store,
  UniversalStep,
  Visit,
} from "./types.ts";

/** A gateway with no configuration: every account and gateway id is open, nothing is kept. */
export const handle: Gateway["handle"] = createGateway().handle;
