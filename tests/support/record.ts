import type { LoggedAttempt, LogRecord } from "../../src/index.ts";

/** When the requests of tests came, in ms since the epoch. */
export const BEGAN: number = Date.parse("2026-11-22T12:00:00.000Z");

/** The record of a good request, but for what a test says. */
export function record(changes: Partial<LogRecord> = {}): LogRecord {
  return {
    id: "019ab000-0000-7000-8000-000000000001",
    created_at: "2026-11-22T12:00:00.000Z",
    account: "a",
    gateway: "g",
    provider: "openai",
    model: "gpt-5",
    path: "v1/chat/completions",
    method: "POST",
    duration: 1500,
    status_code: 200,
    success: true,
    cached: false,
    step: 0,
    tokens_in: 100,
    tokens_out: 20,
    tokens_cached: 30,
    tokens_reasoning: 5,
    cost: 0.25,
    custom_cost: false,
    waste: null,
    metadata: null,
    event_id: "019ab000-0000-7000-8000-000000000001",
    caller: null,
    user_agent: null,
    request_content_type: "application/json",
    response_content_type: "text/event-stream",
    request_size: 200,
    response_size: 2000,
    ttfb: 300,
    ttft: 400,
    finish_reason: "stop",
    ending: "complete",
    error: null,
    attempts: [attempt()],
    feedback: null,
    score: null,
    ...changes,
  };
}

/** A good attempt, but for what a test says. */
export function attempt(changes: Partial<LoggedAttempt> = {}): LoggedAttempt {
  return {
    step: 0,
    provider: "openai",
    result: 200,
    began: 10,
    ms: 290,
    ending: "complete",
    tokens_in: 100,
    tokens_out: 20,
    cost: 0.25,
    ...changes,
  };
}
