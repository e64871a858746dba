import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesBody, requestBody } from "../src/body.ts";
import { modelOf } from "../src/model.ts";
import type { Body, Step } from "../src/types.ts";

const BASE = "https://provider.test/";
const text = (json: string) => bytesBody(new TextEncoder().encode(json));
const none = text("");

function step(path: string, body: Body, contentType: string | undefined = "application/json"): Step {
  const headers = contentType ? { "content-type": contentType } : {};
  const rest = {
    index: 0,
    provider: "p",
    endpoint: path,
    method: "POST",
    options: {},
    watched: "always" as const,
    metered: false,
    captured: false,
    authorize: (step: Step) => Promise.resolve(step),
  };
  return { ...rest, url: BASE + path, headers, body };
}

test("the model is read from the paths that name one", async () => {
  const paths = {
    "v1beta/models/gemini-2.5-pro:generateContent?alt=sse": "gemini-2.5-pro",
    "v1/projects/p/locations/us/publishers/anthropic/models/claude@1:rawPredict": "claude@1",
    "model/us.anthropic.claude-v1%3A0/invoke": "us.anthropic.claude-v1:0",
    "openai/deployments/mine/chat/completions?api-version=1": "mine",
    "client/v4/accounts/a/ai/run/@cf/meta/llama-3-8b": "@cf/meta/llama-3-8b",
    "v1/models/black/flux/predictions": "black/flux",
  };
  for (const [path, model] of Object.entries(paths)) assert.equal(await modelOf(step(path, none)), model);
});

test("otherwise the model is the body's own, whatever stands around it", async () => {
  const bodies = [
    '{"model":"m"}',
    '{"messages":[{"model":"inner"}],"model":"m"}',
    '{"model":"n","model":"m"}',
    `{"model":"m","messages":"${"x".repeat(100_000)}"}`,
    `{"deep":${"[".repeat(20_000)}${"]".repeat(20_000)},"model":"m"}`,
    ' { "\\u006dodel" : "\\u006d" } ',
  ];
  for (const body of bodies) assert.equal(await modelOf(step("chat/completions", text(body))), "m", body);
});

test("no model is found where none is told, or not as text", async () => {
  for (
    const body of ["{}", '{"model":7}', '{"model":{"model":"m"}}', '[{"model":"m"}]', '{"model":"m"', ""]
  ) {
    assert.equal(await modelOf(step("chat/completions", text(body))), undefined, body);
  }
});

test("a body that says that it is no JSON is left unread", async () => {
  for (
    const type of ["multipart/form-data; boundary=x", "application/octet-stream", "application/x-ndjson"]
  ) {
    const request = new Request(BASE, { method: "POST", body: '{"model":"m"}' });
    const upload = step("audio", requestBody(request, 100), type);
    assert.equal(await modelOf(upload), undefined);
    assert.equal(request.bodyUsed, false);
  }
});

test("who only looks at how a body begins takes nothing of it", async () => {
  for (const [content, model] of [["no JSON", undefined], ['{"model":"m"}', "m"]]) {
    const request = new Request(BASE, { method: "POST", body: content! });
    const body = requestBody(request, 100);
    const [first, again] = await Promise.all([1, 2].map(() => modelOf(step("x", body, "text/plain"))));
    assert.deepEqual([first, again], [model, model]);
    assert.equal(body.open() instanceof Uint8Array, model !== undefined);
    assert.equal(await body.keep(), true);
    assert.equal(await new Response(body.open()).text(), content);
  }
});

test("a body whose declared length is over the limit is left unread", async () => {
  const headers = { "content-length": "13" };
  const request = new Request(BASE, { method: "POST", body: '{"model":"m"}', headers });
  assert.equal(await modelOf(step("chat/completions", requestBody(request, 12))), undefined);
  assert.equal(request.bodyUsed, false);
});

test("a body that was read for its model still goes on as it was", async () => {
  const body = requestBody(new Request(BASE, { method: "POST", body: '{ "model": "m" }' }), 100);
  assert.equal(await modelOf(step("chat/completions", body, "application/vnd.x+json; charset=utf-8")), "m");
  assert.equal(await new Response(body.open()).text(), '{ "model": "m" }');
});
