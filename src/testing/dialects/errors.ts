import type { ErrorKind } from "../parts.ts";

/** A word of an API for an error; the status is the usual one unless the API has its own. */
type Word = readonly [word: string, status?: number];

/** An error kind in the words of each API; those without a column tell status and message only. */
export interface ErrorWords {
  readonly status: number;
  readonly message: string;
  readonly openai: readonly [type: string, code: string | null];
  readonly anthropic: Word;
  readonly gemini: Word;
  readonly bedrock: Word;
  readonly tgi: Word;
  /** A number, 0 where none is documented. */
  readonly workersAi: Word;
}

/** An error kind as one API puts it. */
export function errorIn(
  api: "anthropic" | "gemini" | "bedrock" | "tgi" | "workersAi",
  kind: ErrorKind,
): { status: number; message: string; word: string } {
  const { status, message, [api]: [word, own] } = errorWords[kind];
  return { status: own ?? status, message, word };
}

/**
 * @see https://platform.openai.com/docs/guides/error-codes
 * @see https://docs.anthropic.com/en/api/errors
 * @see https://ai.google.dev/gemini-api/docs/troubleshooting
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html
 * @see https://developers.cloudflare.com/workers-ai/platform/errors/
 */
export const errorWords: Readonly<Record<ErrorKind, ErrorWords>> = {
  "bad-request": {
    status: 400,
    message: "The request is invalid.",
    openai: ["invalid_request_error", null],
    anthropic: ["invalid_request_error"],
    gemini: ["INVALID_ARGUMENT"],
    bedrock: ["ValidationException"],
    tgi: ["validation", 422],
    workersAi: ["5004"],
  },
  "authentication": {
    status: 401,
    message: "The API key is invalid.",
    openai: ["invalid_request_error", "invalid_api_key"],
    anthropic: ["authentication_error"],
    gemini: ["UNAUTHENTICATED"],
    bedrock: ["UnrecognizedClientException", 403],
    tgi: ["authentication"],
    workersAi: ["10000"],
  },
  "permission": {
    status: 403,
    message: "The API key may not use this model.",
    openai: ["invalid_request_error", null],
    anthropic: ["permission_error"],
    gemini: ["PERMISSION_DENIED"],
    bedrock: ["AccessDeniedException"],
    tgi: ["permission"],
    workersAi: ["5018"],
  },
  "not-found": {
    status: 404,
    message: "The model does not exist.",
    openai: ["invalid_request_error", "model_not_found"],
    anthropic: ["not_found_error"],
    gemini: ["NOT_FOUND"],
    bedrock: ["ResourceNotFoundException"],
    tgi: ["not_found"],
    workersAi: ["5007", 400],
  },
  "too-large": {
    status: 413,
    message: "The request is too large.",
    openai: ["invalid_request_error", null],
    anthropic: ["request_too_large"],
    gemini: ["INVALID_ARGUMENT"],
    bedrock: ["ValidationException", 400],
    tgi: ["validation"],
    workersAi: ["3006"],
  },
  "rate-limit": {
    status: 429,
    message: "Rate limit reached. Please try again later.",
    openai: ["requests", "rate_limit_exceeded"],
    anthropic: ["rate_limit_error"],
    gemini: ["RESOURCE_EXHAUSTED"],
    bedrock: ["ThrottlingException"],
    tgi: ["overloaded"],
    workersAi: ["3040"],
  },
  "insufficient-quota": {
    status: 429,
    message: "You exceeded your current quota, please check your plan and billing details.",
    openai: ["insufficient_quota", "insufficient_quota"],
    anthropic: ["billing_error", 402],
    gemini: ["RESOURCE_EXHAUSTED"],
    bedrock: ["ServiceQuotaExceededException", 400],
    tgi: ["overloaded"],
    workersAi: ["3036"],
  },
  "server": {
    status: 500,
    message: "The server had an error while processing the request.",
    openai: ["server_error", null],
    anthropic: ["api_error"],
    gemini: ["INTERNAL"],
    bedrock: ["InternalServerException"],
    tgi: ["generation", 424],
    workersAi: ["0"],
  },
  "overloaded": {
    status: 503,
    message: "The model is overloaded. Please try again later.",
    openai: ["server_error", "server_is_overloaded"],
    anthropic: ["overloaded_error", 529],
    gemini: ["UNAVAILABLE"],
    bedrock: ["ServiceUnavailableException"],
    tgi: ["overloaded", 429],
    workersAi: ["3040", 429],
  },
  "timeout": {
    status: 504,
    message: "The request took too long.",
    openai: ["server_error", "timeout"],
    anthropic: ["timeout_error"],
    gemini: ["DEADLINE_EXCEEDED"],
    bedrock: ["ModelTimeoutException", 408],
    tgi: ["generation", 424],
    workersAi: ["3007", 408],
  },
  "context-length": {
    status: 400,
    message: "The prompt is too long: 210000 tokens are more than the maximum of 200000.",
    openai: ["invalid_request_error", "context_length_exceeded"],
    anthropic: ["invalid_request_error"],
    gemini: ["INVALID_ARGUMENT"],
    bedrock: ["ValidationException"],
    tgi: ["validation", 422],
    workersAi: ["3006", 413],
  },
  "content-filter": {
    status: 400,
    message: "The prompt was refused by the content filter.",
    openai: ["invalid_request_error", "content_filter"],
    anthropic: ["invalid_request_error"],
    gemini: ["INVALID_ARGUMENT"],
    bedrock: ["ValidationException"],
    tgi: ["validation", 422],
    workersAi: ["5004"],
  },
};
