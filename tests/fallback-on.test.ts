import assert from "node:assert/strict";
import { test } from "node:test";
import { createGateway } from "../src/index.ts";
import { askUniversal, type Line, readError, script, silence } from "./support/script.ts";
import { breakOff, openai, play } from "./support/sse.ts";

const failed = (status: number, code = "") => Response.json({ error: { code } }, { status });

/** Whether the next step is tried after the line. */
async function movesOn(line: Line, fallbackOn: unknown, config: object = {}): Promise<boolean> {
  const { fetch, calls } = script(line, Response.json("good"));
  const step = { provider: "openai", endpoint: "chat/completions", query: 0 };
  const response = await createGateway({ fetch }).handle(
    askUniversal([{ ...step, config: { fallbackOn, ...config } }, step]),
  );
  await response.text();
  return calls.length === 2;
}

const cases: readonly (readonly [name: string, line: () => Line, matching: unknown, other: unknown])[] = [
  ["a status", () => failed(404), 404, 400],
  ["a class of statuses", () => failed(418), "4xx", "5xx"],
  ["a broken connection", () => new TypeError("reset"), "network", "timeout"],
  [
    "a stream that breaks before it says anything",
    () => () => play([openai.start, breakOff]).response,
    "network",
    503,
  ],
  ["a provider's own timeout", () => failed(504), "timeout", "network"],
  ["a rate limit", () => failed(429), "rate_limit", "5xx"],
  [
    "a rate limit told in a stream",
    () => () => play([openai.error("rate_limit_exceeded")]).response,
    "rate_limit",
    "network",
  ],
  [
    "an overloaded provider, told in a stream",
    () => () => play([openai.error("overloaded_error")]).response,
    "5xx",
    429,
  ],
  ["a filter's refusal", () => failed(400, "content_filter"), "content_filter", "context_length"],
  [
    "a prompt that is too long",
    () => failed(400, "context_length_exceeded"),
    "context_length",
    "content_filter",
  ],
];

for (const [name, line, matching, other] of cases) {
  test(`fallbackOn: ${name} moves on where it is listed, and only there`, async () => {
    assert.equal(await movesOn(line(), [matching]), true);
    assert.equal(await movesOn(line(), [other]), false);
    assert.equal(await movesOn(line(), []), false);
  });
}

test("fallbackOn: silence moves on where timeout is listed", async () => {
  assert.equal(await movesOn(silence, ["timeout"], { requestTimeout: 15 }), true);
  assert.equal(await movesOn(silence, ["network"], { requestTimeout: 15 }), false);
});

test("fallbackOn: an answer that was searched for its reason stays whole", async () => {
  const { fetch } = script(failed(400, "no_such_thing"));
  const step = { provider: "openai", endpoint: "x", query: 0, config: { fallbackOn: ["content_filter"] } };
  const response = await createGateway({ fetch }).handle(askUniversal([step, step]));
  assert.equal(response.status, 400);
  assert.deepEqual(await response.json(), { error: { code: "no_such_thing" } });
});

test("fallbackOn: what is no cause is refused with what was expected", async () => {
  const step = { provider: "openai", endpoint: "x", query: 0, config: { fallbackOn: ["6xx"] } };
  const response = await createGateway({ fetch: script().fetch }).handle(askUniversal([step]));
  const { code, message } = await readError(response);
  assert.equal(code, 7001);
  assert.match(
    message,
    /^\[0\]\.config\.fallbackOn\[0\]: Expected a status, a class such as "5xx", or one of timeout,/,
  );
});
