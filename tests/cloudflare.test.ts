import assert from "node:assert/strict";
import { test } from "node:test";
import { createGateway, type Settings } from "../src/index.ts";
import { readError, script } from "./support/script.ts";

/** What `docs/moving-from-cloudflare.md` says of Cloudflare's protocol, as far as no other test does. */
function move(settings: Settings = {}, ...answers: readonly Response[]) {
  const { fetch, calls } = script(...answers);
  const gateway = createGateway({ fetch, ...settings });
  const send = (path: string, headers: Record<string, string> = {}, body: unknown = {}) =>
    gateway.handle(
      new Request(`http://waygate.test${path}`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify(body),
      }),
    );
  return { gateway, calls, send };
}

const absent = [
  ["the Unified API", "/v1/a/g/compat/chat/completions", 400, 2008],
  ["the Run API", "/v1/a/g/run", 400, 2008],
  ["the REST API", "/client/v4/accounts/a/ai/run", 404, 7003],
  ["the REST API in OpenAI's words", "/client/v4/accounts/a/ai/v1/chat/completions", 404, 7003],
  ["a provider that is not known", "/v1/a/g/adobe-firefly/v3/images/generate", 400, 2008],
  ["Google AI Studio by another name", "/v1/a/g/google/v1beta/models", 400, 2008],
] as const;
for (const [what, path, status, code] of absent) {
  test(`${what} is not there: ${status} / ${code}`, async () => {
    const { send, calls } = move();
    const answer = await send(path);
    assert.equal(answer.status, status);
    assert.equal((await readError(answer)).code, code);
    assert.equal(calls.length, 0);
  });
}

test("compat is no provider of the universal endpoint", async () => {
  const { send } = move();
  const answer = await send("/v1/a/g", {}, [{ provider: "compat", endpoint: "chat/completions", query: {} }]);
  assert.equal((await readError(answer)).code, 2008);
});

test("what Cloudflare alone knows is taken out of a request and does nothing", async () => {
  const { send, calls } = move({}, new Response("{}"));
  const knobs = { "cf-aig-zdr": "true", "cf-aig-gateway-id": "other" };
  const answer = await send("/v1/a/g/openai/chat/completions", knobs);
  assert.equal(answer.status, 200);
  assert.deepEqual([...calls[0]!.headers.keys()].filter((name) => name.startsWith("cf-")), []);
  for (const name of ["cf-aig-model", "cf-aig-provider", "cf-aig-dlp", "cf-aig-run-id"]) {
    assert.equal(answer.headers.get(name), null, name);
  }
});

test("Google's own endpoint in OpenAI's words is reached below its provider", async () => {
  const { send, calls } = move({}, new Response("{}"));
  await send("/v1/a/g/google-ai-studio/v1beta/openai/chat/completions");
  assert.equal(
    calls[0]!.url,
    "https://generativelanguage.googleapis.com/v1beta/openai/chat/completions",
  );
});

test("a time to keep an answer counts from one second on", async () => {
  const { send } = move({}, new Response("{}"));
  const answer = await send("/v1/a/g/openai/chat/completions", { "cf-aig-cache-ttl": "1" });
  assert.equal(answer.headers.get("cf-aig-cache-status"), "MISS");
});

test("a service account that a client brings for Vertex goes on as it came", async () => {
  const { send, calls } = move({}, new Response("{}"));
  const authorization = `Bearer ${btoa('{"client_email":"me"}')}`;
  await send("/v1/a/g/google-vertex-ai/v1/projects/p/locations/us-east1/x", { authorization });
  assert.equal(calls[0]!.headers.get("authorization"), authorization);
});

test("getLog gives undefined where there is no log", async () => {
  assert.equal(await move().gateway.getLog("none"), undefined);
});

test("settings of what is not there are refused by name", () => {
  for (const name of ["guardrails", "dlp", "logpush", "zdr"]) {
    const gateways = { g: { [name]: {} } };
    assert.throws(() => createGateway({ gateways }), {
      message: new RegExp(`settings.gateways.g.${name}: Expected`),
    });
  }
});
