/** Names of what can go wrong: keys of the one table that gives Cloudflare's number and the status. */
export type ErrorCode =
  | "no_gateway"
  | "network"
  | "timeout"
  | "odd_status"
  | "overloaded"
  | "rate_limited"
  | "quota"
  | "content_filter"
  | "context_length"
  | "provider_error"
  | "malformed"
  | "truncated"
  | "abandoned"
  | "open"
  | "crowded"
  | "limited"
  | "no_key"
  | "key_unavailable"
  | "spent"
  | "store_unavailable"
  | "client_left"
  | "unknown_provider"
  | "unauthorized"
  | "invalid"
  | "too_large"
  | "wrong_method"
  | "not_found"
  | "internal";

/** Cloudflare's number, the HTTP status that goes with it, and what it says by default. */
const table: Readonly<Record<ErrorCode, readonly [internalCode: number, status: number, message: string]>> = {
  no_gateway: [2001, 400, "Please configure AI Gateway"],
  network: [2005, 502, "Failed to get response from provider"],
  timeout: [2005, 504, "Failed to get response from provider"],
  odd_status: [2005, 502, "Failed to get response from provider"],
  overloaded: [2005, 529, "The provider is overloaded"],
  rate_limited: [2005, 429, "The provider limits the rate"],
  quota: [2005, 429, "The quota at the provider is spent"],
  content_filter: [2005, 502, "The provider's filter stopped the answer"],
  context_length: [2005, 502, "The prompt is too long for the model"],
  provider_error: [2005, 502, "The provider answered with an error"],
  malformed: [2005, 502, "The provider's answer is malformed"],
  truncated: [2005, 502, "The provider's answer is incomplete"],
  abandoned: [2005, 502, "Another step answered first"],
  open: [2005, 503, "The provider failed too often and is left alone for a while"],
  crowded: [2003, 429, "Too many calls to the provider at once"],
  limited: [2003, 429, "Rate limited"],
  spent: [2041, 429, "Spend limit exceeded"],
  store_unavailable: [7009, 503, "The gateway cannot count, because its store fails"],
  no_key: [2040, 400, "No key for the provider"],
  key_unavailable: [7009, 503, "The gateway's key for the provider cannot be had"],
  client_left: [2005, 499, "The client closed the connection"],
  unknown_provider: [2008, 400, "Invalid provider"],
  unauthorized: [2009, 401, "Unauthorized"],
  invalid: [7001, 400, "Invalid request"],
  too_large: [7001, 413, "Request body is too large"],
  wrong_method: [7001, 405, "Method not allowed"],
  not_found: [7003, 404, "Not found"],
  internal: [7000, 500, "Internal error"],
};

/** What may be said besides code and message. */
export interface GatewayErrorOptions {
  readonly description?: string;
  readonly allow?: readonly string[];
  readonly cause?: unknown;
}

/** An error that a client may read: what, which, what was expected; never a key, never a URL. */
export class GatewayError extends Error {
  override readonly name = "GatewayError";
  readonly code: ErrorCode;
  /** Cloudflare's number. */
  readonly internalCode: number;
  /** HTTP status of the answer. */
  readonly status: number;
  /** More than the message says, such as a provider's own words. */
  readonly description: string | undefined;
  /** Methods that would have been right, for `wrong_method`. */
  readonly allow: readonly string[];

  constructor(code: ErrorCode, message?: string, options: GatewayErrorOptions = {}) {
    const [internalCode, status, standard] = table[code];
    super(message ?? standard, "cause" in options ? { cause: options.cause } : {});
    this.code = code;
    this.internalCode = internalCode;
    this.status = status;
    this.description = options.description;
    this.allow = options.allow ?? [];
  }
}

/** Something of a client's, or of the settings, is not what it has to be; what it is instead may be a secret. */
export function wrong(name: string, expected: string): GatewayError {
  return new GatewayError("invalid", `${name}: Expected ${expected}`);
}

/** Whatever was thrown, as an error that a client may read; a stranger's message stays inside. */
export function explain(thrown: unknown): GatewayError {
  return thrown instanceof GatewayError ? thrown : new GatewayError("internal", undefined, { cause: thrown });
}

/**
 * The error as Cloudflare AI Gateway words it: `error` is an array, and the Workers binding reads `name`,
 * `internalCode` and `description`.
 */
export function toResponse(error: GatewayError, headers: Record<string, string> = {}): Response {
  const { internalCode, status, message, description = message } = error;
  const envelope = {
    success: false,
    result: [],
    messages: [],
    error: [{ code: internalCode, message }],
    name: "AiGatewayError",
    httpCode: status,
    internalCode,
    message,
    description,
  };
  return Response.json(envelope, { status, headers });
}
