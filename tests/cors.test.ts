import assert from "node:assert/strict";
import { test } from "node:test";
import { createGateway } from "../src/index.ts";
import { ask, script } from "./support/script.ts";

const app = "https://app.example";
const asks = {
  "origin": app,
  "access-control-request-method": "POST",
  "access-control-request-headers": "authorization",
};

/** A request as a server receives it: browsers forbid pages to set these fields, servers see them all the same. */
function fromBrowser(path: string, method: string, fields: Record<string, string>): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(fields)) headers.set(name, value);
  return new Proxy(ask(path, { method }), {
    get: (target, name) => name === "headers" ? headers : Reflect.get(target, name, target),
  });
}

test("CORS is off: a preflight goes to the provider like any other request", async () => {
  const { fetch, calls } = script(new Response(null, { status: 204 }));
  const response = await createGateway({ fetch }).handle(fromBrowser("/openai/x", "OPTIONS", asks));
  assert.equal(calls[0]!.method, "OPTIONS");
  assert.equal(response.headers.get("access-control-allow-origin"), null);
});

test("with CORS off, no page of another origin may read an answer, whatever its provider says of that", async () => {
  const provider = () =>
    new Response("hi", { headers: { "access-control-allow-origin": "*", "access-control-max-age": "9" } });
  for (const host of [{}, { amendable: true, fetch: () => Promise.resolve(provider()) }]) {
    const settings = "fetch" in host ? {} : { fetch: script(provider()).fetch };
    const response = await createGateway(settings).handle(
      fromBrowser("/openai/x", "GET", { origin: app }),
      host,
    );
    assert.equal(response.status, 200);
    const told = [...response.headers.keys()].filter((name) => name.startsWith("access-control-"));
    assert.deepEqual(told, []);
  }
});

test("with CORS on, a preflight is answered without asking a provider", async () => {
  const { fetch, calls } = script();
  const gateway = createGateway({ fetch, gateways: { g: { cors: { origins: [app] } } } });
  const response = await gateway.handle(fromBrowser("/openai/x", "OPTIONS", asks));
  assert.equal(response.status, 204);
  assert.equal(response.headers.get("access-control-allow-origin"), app);
  assert.equal(response.headers.get("access-control-allow-headers"), "authorization");
  assert.match(response.headers.get("access-control-allow-methods")!, /POST/);
  assert.equal(calls.length, 0);
});

test("with CORS on, answers and errors are marked for the origins that may read them", async () => {
  const provider = () =>
    new Response("hi", {
      headers: {
        "access-control-allow-origin": "https://provider.example",
        "access-control-allow-credentials": "true",
      },
    });
  const { fetch } = script(provider(), provider());
  const gateway = createGateway({ fetch, gateways: { g: { cors: { origins: [app] } } } });
  const allowed = await gateway.handle(fromBrowser("/openai/x", "GET", { origin: app }));
  assert.equal(allowed.headers.get("access-control-allow-origin"), app);
  assert.equal(allowed.headers.get("access-control-expose-headers"), "*");
  assert.equal(allowed.headers.get("access-control-allow-credentials"), null);
  assert.equal(await allowed.text(), "hi");
  const refused = await gateway.handle(fromBrowser("/openai/x", "GET", { origin: "https://evil.example" }));
  assert.equal(refused.headers.get("access-control-allow-origin"), null);
  assert.equal(refused.headers.get("vary"), "origin");
  const wrong = await gateway.handle(fromBrowser("/nope/x", "GET", { origin: app }));
  assert.deepEqual([wrong.status, wrong.headers.get("access-control-allow-origin")], [400, app]);
});
