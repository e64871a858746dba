import assert from "node:assert/strict";
import { test } from "node:test";
import { createGateway } from "../src/index.ts";
import { ask, readError, script } from "./support/script.ts";

test("a native request keeps its method, path, query, body and the headers that are the provider's business", async () => {
  const { fetch, calls } = script(new Response("", { status: 200 }));
  const headers = {
    "authorization": "Bearer sk-1",
    "anthropic-beta": "a,b",
    "idempotency-key": "7",
    "prefer": "wait",
    "x-stainless-lang": "js",
    "content-type": "application/json",
  };
  const request = ask("/openai/files/a%2Fb:c@d?x=1&y=%20&x=2", { method: "PUT", body: "{}", headers });
  await createGateway({ fetch }).handle(new Request(request, { method: "PUT" }));
  const [call] = calls;
  assert.equal(call!.method, "PUT");
  assert.equal(call!.url, "https://api.openai.com/v1/files/a%2Fb:c@d?x=1&y=%20&x=2");
  assert.equal(call!.body, "{}");
  for (const [name, value] of Object.entries(headers)) assert.equal(call!.headers.get(name), value, name);
});

test("what is not the provider's business stays behind", async () => {
  const { fetch, calls } = script(new Response(""));
  const dropped = {
    "connection": "keep-alive, x-hop",
    "x-hop": "1",
    "keep-alive": "timeout=5",
    "te": "trailers",
    "upgrade": "h2c",
    "proxy-authorization": "Basic x",
    "proxy-connection": "close",
    "expect": "100-continue",
    "host": "waygate.test",
    "cookie": "c=1",
    "origin": "https://app.example",
    "referer": "https://app.example/",
    "forwarded": "for=1.2.3.4",
    "via": "1.1 x",
    "x-forwarded-for": "1.2.3.4",
    "x-forwarded-proto": "https",
    "x-real-ip": "1.2.3.4",
    "true-client-ip": "1.2.3.4",
    "cf-connecting-ip": "1.2.3.4",
    "cf-ray": "1",
    "cdn-loop": "cloudflare",
    "cf-aig-authorization": "Bearer gateway-token",
    "cf-aig-metadata": "{}",
    "cf-aig-anything": "1",
    "waygate-commit": "event",
  };
  const arrived = new Headers();
  for (const [name, value] of Object.entries(dropped)) arrived.set(name, value);
  const request = new Proxy(ask("/openai/models"), {
    get: (target, name) => name === "headers" ? arrived : Reflect.get(target, name, target),
  });
  await createGateway({ fetch }).handle(request);
  assert.equal(calls.length, 1);
  for (const name of Object.keys(dropped)) assert.equal(calls[0]!.headers.get(name), null, name);
});

test("an answer comes back with its status, body and headers, less what belongs to the connection", async () => {
  const headers = {
    "content-type": "text/plain",
    "x-request-id": "r1",
    "openai-processing-ms": "12",
    "retry-after": "3",
    "set-cookie": "c=1",
    "alt-svc": "h3",
    "connection": "x-hop",
    "x-hop": "1",
    "keep-alive": "timeout=5",
    "cf-aig-step": "77",
    "cf-aig-anything": "1",
    "waygate-trail": "forged",
  };
  const { fetch } = script(new Response("hi", { status: 418, headers }));
  const response = await createGateway({ fetch }).handle(ask("/openai/x"));
  assert.equal(response.status, 418);
  assert.equal(await response.text(), "hi");
  for (const name of ["content-type", "x-request-id", "openai-processing-ms", "retry-after"] as const) {
    assert.equal(response.headers.get(name), headers[name]);
  }
  for (const name of ["set-cookie", "alt-svc", "connection", "x-hop", "keep-alive", "cf-aig-anything"]) {
    assert.equal(response.headers.get(name), null, name);
  }
  assert.equal(response.headers.get("cf-aig-step"), "0");
  assert.match(response.headers.get("waygate-trail")!, /^openai;step=0;status=418;ms=\d+$/);
  assert.equal(response.headers.get("cf-aig-request-id"), response.headers.get("cf-aig-log-id"));
});

test("statuses without a body come back without one", async () => {
  for (const status of [204, 205, 304]) {
    const { fetch } = script(new Response(null, { status, headers: { etag: '"1"' } }));
    const response = await createGateway({ fetch }).handle(ask("/openai/x"));
    assert.equal(response.status, status);
    assert.equal(response.body, null);
    assert.equal(response.headers.get("etag"), '"1"');
  }
});

test("a redirect goes back to the client and is never followed", async () => {
  const redirects: unknown[] = [];
  const fetch = (_url: string, init: RequestInit) => {
    redirects.push(init.redirect);
    return Promise.resolve(
      new Response(null, { status: 307, headers: { location: "https://evil.example/" } }),
    );
  };
  const response = await createGateway({ fetch }).handle(ask("/openai/x", { body: "{}" }));
  assert.equal(response.status, 307);
  assert.equal(response.headers.get("location"), "https://evil.example/");
  assert.deepEqual(redirects, ["manual"]);
});

test("a method that is not for gateways is 405", async () => {
  const { fetch, calls } = script();
  const request = new Proxy(ask("/openai/x"), {
    get: (target, name) => name === "method" ? "TRACE" : Reflect.get(target, name, target),
  });
  const response = await createGateway({ fetch }).handle(request);
  assert.equal(response.status, 405);
  assert.match(response.headers.get("allow")!, /^GET, HEAD, POST/);
  assert.equal(calls.length, 0);
});

test("an unknown provider is 400 / 2008", async () => {
  for (const provider of ["nope", "constructor", "__proto__", "custom-openai-x"]) {
    const { fetch, calls } = script();
    const response = await createGateway({ fetch }).handle(ask(`/${provider}/chat/completions`));
    assert.equal(response.status, 400);
    assert.equal((await readError(response)).code, 2008);
    assert.equal(calls.length, 0);
  }
});

test("a query goes on as it came, backslashes too", async () => {
  const { fetch, calls } = script(Response.json("good"));
  const steps = [{ provider: "openai", endpoint: "x?a=\\b", query: {} }];
  assert.equal((await createGateway({ fetch }).handle(ask("", { body: JSON.stringify(steps) }))).status, 200);
  assert.equal(calls[0]!.url, "https://api.openai.com/v1/x?a=\\b");
});

const wayward = [
  "//evil.example/x",
  "https://evil.example/x",
  "HTTP:x",
  "javascript:alert(1)",
  "a\\b",
  "a%5c..%5cb",
  "..%2f..%2fevil",
  "a/%2e%2e/b",
  "a/%252e%252e/b",
  "a/.%2e/b",
  "a%0d%0ab",
  "a%00b",
  "%252e%252e%252fadmin",
  "%c0%ae%2e/../x%2f..",
  "x#y",
];
for (const endpoint of wayward) {
  test(`an endpoint like ${JSON.stringify(endpoint)} is refused with 400 / 7001 on both doors`, async () => {
    const { fetch, calls } = script();
    const gateway = createGateway({ fetch });
    const step = {
      provider: "openai",
      endpoint: endpoint.startsWith("/") ? `/${endpoint}` : endpoint,
      query: {},
    };
    const universal = await gateway.handle(ask("", { body: JSON.stringify([step]) }));
    assert.equal(universal.status, 400);
    const { code, message } = await readError(universal);
    assert.equal(code, 7001);
    assert.match(message, /^\[0\]\.endpoint: Expected a path below the provider/);
    if (!/[\\#]/.test(endpoint)) {
      const request = new Proxy(ask("/openai/x"), {
        get: (target, name) =>
          name === "url"
            ? `http://waygate.test/v1/a/g/openai/${step.endpoint}`
            : Reflect.get(target, name, target),
      });
      const native = await gateway.handle(request);
      assert.equal(native.status, 400);
      assert.match((await readError(native)).message, /^path: Expected a path below the provider/);
    }
    assert.equal(calls.length, 0);
  });
}

test("colons, encoded slashes and dots inside names are nothing wayward", async () => {
  const fine = [
    "llama3:8b/generate",
    "models/m:generateContent",
    "files/a%2Fb",
    "a/..b/c",
    "a/...",
    "@cf/x",
    "v1.5/x",
    "a%zz",
  ];
  for (const path of fine) {
    const { fetch, calls } = script(new Response(""));
    await createGateway({ fetch }).handle(ask(`/deepseek/${path}`));
    assert.equal(calls[0]?.url, `https://api.deepseek.com/${path}`);
  }
});

test("a short body that breaks when its client has left already ends that call, and nothing else", async () => {
  const body = new ReadableStream({
    async pull(controller) {
      await new Promise((resolve) => setTimeout(resolve));
      controller.error(new Error("the client has left"));
    },
  });
  const headers = { "content-length": "9" };
  const init = { method: "POST", headers, body, signal: AbortSignal.abort(), duplex: "half" } as RequestInit;
  const host = { collectUpTo: 10, fetch: script().fetch };
  const response = await createGateway().handle(new Request("http://x/v1/a/g/openai/x", init), host);
  assert.equal(response.status, 499);
  await new Promise((resolve) => setTimeout(resolve, 5));
});
