import assert from "node:assert/strict";
import { test } from "node:test";
import { createGateway, type GatewaySettings, type Settings } from "../src/index.ts";
import { sha256 } from "../src/hash.ts";
import { createTokens } from "../src/tokens.ts";
import { ask, askUniversal, readError, script } from "./support/script.ts";

/** SHA-256 of `hashed`. */
const HASH = "8f4c5fc9ea1ebb4d1f2d8d7bb3ed3b8bdc4b5a3bd7d1ba0b0f4a4a3e9d6c1f00";
const good = () => Response.json("good");

/** A gateway `g` that is opened by `good` or as told, and what its provider sees. */
function lock(settings: GatewaySettings = {}) {
  const { fetch, calls } = script(good, good, good, good, good, good, good, good);
  const gateway = createGateway({
    fetch,
    gateways: { g: { authentication: true, tokens: ["good"], ...settings } },
  });
  return { gateway, calls };
}

async function assertRefused(response: Response): Promise<void> {
  assert.equal(response.status, 401);
  assert.equal((await readError(response)).code, 2009);
}

test("a token opens its gateway with and without `Bearer`, and no provider sees it", async () => {
  const { gateway, calls } = lock();
  for (const token of ["Bearer good", "bearer  good", "good"]) {
    const request = ask("/openai/models", {
      headers: { "cf-aig-authorization": token, authorization: "Bearer k" },
    });
    assert.equal((await gateway.handle(request)).status, 200, token);
  }
  for (const { headers } of calls) {
    assert.equal(headers.get("authorization"), "Bearer k");
    assert.equal(headers.get("cf-aig-authorization"), null);
  }
});

test("several tokens open a gateway, as text, named, and by their hash", async () => {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode("hashed"));
  const sha256 = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const tokens = ["one", { name: "ci", token: "two" }, { name: "ops", sha256: sha256.toUpperCase() }];
  const { gateway } = lock({ tokens });
  const statusOf = async (token: string) =>
    (await gateway.handle(ask("/openai/models", { headers: { "cf-aig-authorization": token } }))).status;
  for (const token of ["one", "two", "hashed"]) assert.equal(await statusOf(token), 200, token);
  for (const token of ["good", "three", "", sha256]) assert.equal(await statusOf(token), 401, token);
});

test("a token opens until its time is over", async () => {
  let now = Date.parse("2027-01-31T11:59:59Z");
  const tokens = createTokens([{ name: "own", token: "t", expires: "2027-01-31T12:00:00Z" }], () => now);
  assert.equal(await tokens.nameOf("t", sha256), "token own");
  now += 1000;
  assert.equal(await tokens.nameOf("t", sha256), undefined);
});

const slots = [
  ["authorization", "Bearer good"],
  ["authorization", "Key good"],
  ["authorization", "Token good"],
  ["x-api-key", "good"],
  ["x-goog-api-key", "good"],
  ["api-key", "good"],
  ["xi-api-key", "good"],
] as const;
for (const [name, value] of slots) {
  test(`a token where the provider's key goes opens the gateway and is taken out: ${name}: ${value}`, async () => {
    const { gateway, calls } = lock();
    const request = ask("/openai/models", { headers: { [name]: value, "x-other": "stays" } });
    assert.equal((await gateway.handle(request)).status, 200);
    assert.equal(calls[0]!.headers.get(name), null);
    assert.equal(calls[0]!.headers.get("x-other"), "stays");
  });
}

test("a token among others, or behind any white space, is taken out with its field", async () => {
  const { gateway, calls } = lock();
  for (const authorization of ["Bearer\tgood", "Bearer good, Bearer other", "good"]) {
    const headers = { "cf-aig-authorization": "good", authorization };
    assert.equal((await gateway.handle(ask("/openai/models", { headers }))).status, 200);
  }
  for (const { headers } of calls) assert.equal(headers.get("authorization"), null);
});

test("a token in a query string is refused, before anybody can write it down", async () => {
  const { gateway, calls } = lock();
  const headers = { "cf-aig-authorization": "good" };
  const step = { provider: "google-ai-studio", endpoint: "v1/models?key=good", query: {} };
  for (const request of [ask("/openai/models?key=good", { headers }), askUniversal([step], headers)]) {
    const response = await gateway.handle(request);
    assert.equal(response.status, 400);
    assert.match((await readError(response)).message, /token in a header field/);
  }
  assert.equal((await gateway.handle(ask("/openai/models?key=own", { headers }))).status, 200);
  assert.equal(calls.length, 1);
});

test("a token in both places is taken out of both", async () => {
  const { gateway, calls } = lock();
  const headers = { "cf-aig-authorization": "good", authorization: "Bearer good" };
  await gateway.handle(ask("/openai/models", { headers }));
  assert.equal(calls[0]!.headers.get("authorization"), null);
});

test("a wrong token is refused though another one stands where the provider's key goes", async () => {
  const { gateway, calls } = lock();
  const headers = { "cf-aig-authorization": "wrong", authorization: "Bearer good" };
  await assertRefused(await gateway.handle(ask("/openai/models", { headers })));
  assert.equal(calls.length, 0);
});

test("a WebSocket's protocols may carry the token; the provider's own go on", async () => {
  const { gateway, calls } = lock();
  const listed = "cf-aig-authorization.good, openai-insecure-api-key.k,realtime";
  const request = ask("/openai/realtime", { headers: { "sec-websocket-protocol": listed } });
  assert.equal((await gateway.handle(request)).status, 200);
  assert.equal(calls[0]!.headers.get("sec-websocket-protocol"), "openai-insecure-api-key.k, realtime");
  const alone = { "sec-websocket-protocol": "cf-aig-authorization.good" };
  await gateway.handle(ask("/openai/realtime", { headers: alone }));
  assert.equal(calls[1]!.headers.get("sec-websocket-protocol"), null);
  const wrong = { "sec-websocket-protocol": "cf-aig-authorization.wrong" };
  await assertRefused(await gateway.handle(ask("/openai/realtime", { headers: wrong })));
});

test("an open gateway passes no token of its protocols on either", async () => {
  const { fetch, calls } = script(good());
  const headers = { "sec-websocket-protocol": "cf-aig-authorization.any, realtime" };
  await createGateway({ fetch }).handle(ask("/openai/realtime", { headers }));
  assert.equal(calls[0]!.headers.get("sec-websocket-protocol"), "realtime");
});

test("the universal endpoint is opened by the request, never by a step, and steps keep no token", async () => {
  const { gateway, calls } = lock();
  const step = (authorization: string) => ({ provider: "openai", endpoint: "x", authorization, query: {} });
  await assertRefused(await gateway.handle(askUniversal([step("Bearer good")])));
  for (const name of ["cf-aig-authorization", "authorization"]) {
    await gateway.handle(askUniversal([step("Bearer good")], { [name]: "Bearer good" }));
    await gateway.handle(askUniversal([step("Bearer own")], { [name]: "Bearer good" }));
  }
  assert.deepEqual(calls.map(({ headers }) => headers.get("authorization")), [
    null,
    "Bearer own",
    null,
    "Bearer own",
  ]);
});

test("`verify` vouches for requests without a token, and cannot spoil their body", async () => {
  const { gateway, calls } = lock({
    tokens: [],
    async verify(request) {
      assert.equal(await request.text(), "");
      return request.headers.get("cf-aig-authorization") === "Bearer jwt" && request.url.endsWith("/x");
    },
  });
  const body = '{"model":"m"}';
  const headers = { "cf-aig-authorization": "Bearer jwt" };
  assert.equal((await gateway.handle(ask("/openai/x", { body, headers }))).status, 200);
  assert.equal(calls[0]!.body, body);
  await assertRefused(await gateway.handle(ask("/openai/y", { body, headers })));
  await assertRefused(await gateway.handle(ask("/openai/x", { body })));
});

test("a `verify` that fails lets nobody in, and its message stays inside", async () => {
  const { gateway, calls } = lock({ verify: () => Promise.reject(new Error("database at 10.0.0.1")) });
  const response = await gateway.handle(ask("/openai/models"));
  assert.equal(response.status, 500);
  assert.doesNotMatch(await response.text(), /10\.0\.0\.1/);
  assert.equal(calls.length, 0);
});

test("nobody is asked for a body before he was let in", async () => {
  const { gateway } = lock();
  const body = new ReadableStream({ pull: () => assert.fail("the body was read") }, { highWaterMark: 0 });
  const init = { method: "POST", body, duplex: "half" } as RequestInit;
  await assertRefused(await gateway.handle(new Request("http://waygate.test/v1/a/g", init)));
});

const wrong: readonly (readonly [settings: unknown, says: RegExp])[] = [
  [{ tokens: ["t"] }, /^settings\.gateways\.g: Expected authentication: true beside tokens or verify/],
  [{ verify: () => true }, /^settings\.gateways\.g: Expected authentication: true beside tokens or verify/],
  [
    { authentication: true, tokens: [""] },
    /^settings\.gateways\.g\.tokens\[0\]: Expected a token that is not empty/,
  ],
  [
    { authentication: true, tokens: [{}] },
    /^settings\.gateways\.g\.tokens\[0\]: Expected either a token or its sha256/,
  ],
  [{ authentication: true, tokens: [{ token: "t", sha256: HASH }] }, /tokens\[0\]: Expected either/],
  [
    { authentication: true, tokens: [{ sha256: "abc" }] },
    /tokens\[0\]\.sha256: Expected 64 hexadecimal digits/,
  ],
  [
    { authentication: true, tokens: [{ token: "t", expires: "soon" }] },
    /tokens\[0\]\.expires: Expected a date/,
  ],
  [
    { authentication: true, tokens: [{ token: "t", until: 1 }] },
    /tokens\[0\]\.until: Expected no such field/,
  ],
  [
    { authentication: true, tokens: ["two words"] },
    /tokens\[0\]: Expected a token without white space and commas/,
  ],
  [{ authentication: true, tokens: [1] }, /tokens\[0\]/],
  [{ authentication: true, verify: "yes" }, /^settings\.gateways\.g\.verify: Expected a function/],
];
test("what is wrong with tokens is told at once, and tells no token", () => {
  for (const [own, says] of wrong) {
    const settings = { gateways: { g: own } } as Settings;
    assert.throws(() => createGateway(settings), { name: "GatewayError", message: says });
  }
});
